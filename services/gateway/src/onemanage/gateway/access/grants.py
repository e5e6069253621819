"""What a key or a session stands for."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from onemanage.gateway.access.scopes import Scope
from onemanage.gateway.limits.limits import Standing


class Grant(msgspec.Struct, kw_only=True):
    """Of one that is good now, or was once."""

    id: str
    name: str
    """Of the key, or the user's e-mail address."""
    workspace_id: str
    scopes: Sequence[Scope]
    is_operator: bool
    is_suspended: bool
    ends_at: datetime | None
    is_over: bool
    """It is good no more, by the clock of the database."""
    networks: Sequence[str] = ()
    standing: Standing = Standing()
    user_id: str | None = None
    """Of a session; None: it is a key."""
