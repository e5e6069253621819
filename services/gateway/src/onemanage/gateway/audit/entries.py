"""What one request leaves in the audit: who, from where, what, to which object.

A request that changes something has its entry in the database before it changes it, or
by the same statement; so whoever is killed half-way leaves one that tells of no end.
"""

from contextvars import ContextVar
from typing import TYPE_CHECKING

import msgspec
from starlette.datastructures import Headers
from starlette.types import Scope

from onemanage.contracts.base import new_id
from onemanage.gateway.access.addresses import ADDRESS
from onemanage.gateway.access.callers import CALLER, Caller
from onemanage.gateway.audit.targets import is_by_statement, shortened, target_of
from onemanage.platform.process.telemetry import current_trace_id

if TYPE_CHECKING:
    from onemanage.gateway.gateway import Gateway

_current: ContextVar["Entry | None"] = ContextVar("audit_entry", default=None)


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the audit, but for its workspace, its time and how it ended."""

    id: str
    actor_id: str | None
    actor_name: str | None
    session_id: str | None
    address: str | None
    user_agent: str | None
    action: str
    objects: list[str]
    trace_id: str | None


def current() -> "Entry | None":
    """Of the request that this code works for; None where it changes nothing."""
    return _current.get()


def names(*made: str) -> None:
    """The ids of what the request has made, where its ``Location`` does not end in it."""
    entry = _current.get()
    if entry is not None:
        entry.made += made


class Entry:
    """Of one request. What is known of it comes bit by bit: the caller, the route."""

    def __init__(self, scope: Scope) -> None:
        self._scope, self.id = scope, new_id("aud")
        self.is_kept = self.is_ended = False
        self.email: str | None = None
        """Of whoever tries to log in."""
        self.made: list[str] = []
        """Ids, as they come to be known."""

    def __enter__(self) -> "Entry":
        self._token = _current.set(self)
        return self

    def __exit__(self, *raised: object) -> None:
        _current.reset(self._token)

    @property
    def gateway(self) -> "Gateway":
        """Of the process that answers the request."""
        found: Gateway = self._scope["app"].state.gateway
        return found

    @property
    def workspace_id(self) -> str | None:
        """The caller's; None where nobody was recognised."""
        caller = self._scope.get(CALLER)
        return None if caller is None else caller.workspace_id

    def fact(
        self, *made: str, who: tuple[str | None, str | None, str | None] | None = None
    ) -> Fact:
        """As it stands. ``made`` are the ids of what the request makes; ``who`` is user,
        name and session of one who is no caller yet."""
        actor_id, actor_name, session_id = who or self._who()
        target = target_of(self._scope)
        assert target is not None  # nothing is told of what there is no route for
        address = self._scope.get(ADDRESS)
        agent = Headers(scope=self._scope).get("user-agent")
        return Fact(
            id=self.id,
            actor_id=actor_id,
            actor_name=actor_name,
            session_id=session_id,
            address=None if address is None else str(address),
            user_agent=shortened(agent) if agent else None,
            action=target.action,
            objects=list(dict.fromkeys([*target.objects, *made])),
            trace_id=current_trace_id(),
        )

    async def begin(self) -> None:
        """Write it before anything is changed. Once; and not where a statement will.

        What it raises ends the request, which has changed nothing then.
        """
        if self.is_kept or self.workspace_id is None:
            return
        await self.gateway.audit.begin(self.fact(), self.workspace_id)
        self.is_kept = True

    async def begin_unless_by_statement(self) -> None:
        """``begin``, where the route does not write it with what it changes."""
        if not is_by_statement(self._scope["route"]):
            await self.begin()

    def in_this_statement(self, *made: str) -> Fact | None:
        """For a statement that changes something, to be written by it; None where it
        was written before."""
        return None if self.is_kept else self.fact(*made)

    def of_a_login(
        self, user: tuple[str, str], session_id: str | None, *made: str
    ) -> Fact | None:
        """As ``in_this_statement``, of a user (id and e-mail address) who has shown who
        they are just now, and the session that begins, where one does."""
        if session_id is not None:
            made = *made, session_id
        return None if self.is_kept else self.fact(*made, who=(*user, session_id))

    def committed(self, *made: str) -> None:
        """That statement has; where it wrote the entry, too, all is told."""
        self.made += made
        self.is_ended = self.is_ended or not self.is_kept
        self.is_kept = True

    def _who(self) -> tuple[str | None, str | None, str | None]:
        caller: Caller | None = self._scope.get(CALLER)
        if caller is None:
            return None, None, None
        if caller.user_id is None:
            return caller.id, caller.name, None
        return caller.user_id, caller.name, caller.id
