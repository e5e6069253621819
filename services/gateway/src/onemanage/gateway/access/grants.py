"""What a key or a session stands for."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from onemanage.gateway.access.scopes import Scope
from onemanage.gateway.limits.limits import Standing


class Grant(msgspec.Struct, kw_only=True):
    """Of one that is good now."""

    id: str
    workspace_id: str
    scopes: Sequence[Scope]
    is_operator: bool
    is_suspended: bool
    ends_at: datetime | None
    networks: Sequence[str] = ()
    standing: Standing = Standing()
    user_id: str | None = None
    """Of a session; None: it is a key."""
