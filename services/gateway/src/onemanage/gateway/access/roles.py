"""What a member of a workspace may do there."""

from typing import Literal

from onemanage.gateway.access.scopes import SCOPES, Scope

type Role = Literal["owner", "member", "viewer"]

SCOPES_OF: dict[Role, tuple[Scope, ...]] = {
    "owner": SCOPES,
    "member": ("read", "write"),
    "viewer": ("read",),
}
