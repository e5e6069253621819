"""The Python client of OneManage: ``OneManage``, and ``AsyncOneManage`` with ``await``.

::

    from onemanage.client import OneManage

    with OneManage() as client:  # ONEMANAGE_API_KEY, ONEMANAGE_URL
        client.psd.export("poster.psd", to="layers/")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from onemanage.client.errors import (
    Conflict,
    ConnectionFailed,
    InvalidInput,
    InvalidSettings,
    NotAllowed,
    NotFound,
    OneManageError,
    Problem,
    RateLimited,
    Rejected,
    ServerFault,
    TaskFailed,
    Timeout,
    Unauthenticated,
    UnexpectedAnswer,
)

if TYPE_CHECKING:
    from onemanage.client import types as types
    from onemanage.client._async.client import AsyncOneManage
    from onemanage.client._async.many import async_many
    from onemanage.client._async.merged import AsyncMerged
    from onemanage.client._sync.client import OneManage
    from onemanage.client._sync.many import many
    from onemanage.client._sync.merged import Merged
    from onemanage.client.events import Event
    from onemanage.client.outcomes import Outcome
    from onemanage.client.pictures import Picture, SigningKey

__version__ = "0.1.0"
__all__ = [
    "AsyncMerged",
    "AsyncOneManage",
    "Conflict",
    "ConnectionFailed",
    "Event",
    "InvalidInput",
    "InvalidSettings",
    "Merged",
    "NotAllowed",
    "NotFound",
    "OneManage",
    "OneManageError",
    "Outcome",
    "Picture",
    "Problem",
    "RateLimited",
    "Rejected",
    "ServerFault",
    "SigningKey",
    "TaskFailed",
    "Timeout",
    "Unauthenticated",
    "UnexpectedAnswer",
    "__version__",
    "async_many",
    "many",
]

_LATER = {
    "AsyncMerged": "onemanage.client._async.merged",
    "AsyncOneManage": "onemanage.client._async.client",
    "Merged": "onemanage.client._sync.merged",
    "OneManage": "onemanage.client._sync.client",
    "Event": "onemanage.client.events",
    "Outcome": "onemanage.client.outcomes",
    "Picture": "onemanage.client.pictures",
    "SigningKey": "onemanage.client.pictures",
    "async_many": "onemanage.client._async.many",
    "many": "onemanage.client._sync.many",
}
"""Who uses the one need not load the other; the errors alone cost nothing."""

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_LATER[name]), name)
