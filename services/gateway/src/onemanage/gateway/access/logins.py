"""Logging in, invitations and passwords: who somebody is is checked here."""

from onemanage.contracts.base import new_id
from onemanage.gateway.access.passwords import Passwords
from onemanage.gateway.access.people_store import (
    InvitationRow,
    PeopleStore,
    UserRow,
    WorkspaceRow,
)
from onemanage.gateway.access.secrets import Kind, hash_secret
from onemanage.gateway.access.session_store import SessionStore
from onemanage.gateway.audit import entries
from onemanage.gateway.http.problems import Problem


class Logins:
    """Every attempt is counted, by account and by address."""

    def __init__(
        self, people: PeopleStore, sessions: SessionStore, passwords: Passwords
    ) -> None:
        self._people, self._sessions = people, sessions
        self._passwords = passwords

    async def user(self, email: str, password: str, address: str | None) -> UserRow:
        """Whose password this is. Raises a 401 Problem, the same whatever is wrong, or
        429 after too many."""
        email = email.lower()
        entry = entries.current()
        if entry is not None:
            entry.email = email
        wait = await self._sessions.attempt(email, address)
        if wait:
            seconds = int(wait) + 1
            detail = f"Too many wrong passwords. Try again in {seconds} seconds."
            again = {"Retry-After": str(seconds)}
            raise Problem(429, "too_many_logins", detail, headers=again)
        user = await self._people.user(email)
        hashed = user.password_hash if user else None
        if not await self._passwords.is_right(password, hashed) or user is None:
            detail = "This e-mail address and this password do not belong together."
            raise Problem(401, "wrong_login", detail)
        await self._sessions.succeeded(email, address)
        return user

    async def workspace(self, user: UserRow, wanted: str | None) -> WorkspaceRow:
        """The one that is wanted, or the first of those that let the user in. Raises a
        403 or 404 Problem."""
        for each in await self._people.workspaces_of(user.id):
            if wanted in (None, each.id) and each.suspended_at is None:
                return each
        if wanted is not None:
            detail = f"You are in no workspace {wanted}, or it is suspended."
            raise Problem(404, "not_found", detail)
        detail = "You are a member of no workspace that is open. Have yourself invited."
        raise Problem(403, "no_workspace", detail)

    async def invitation(self, token: str) -> tuple[InvitationRow, bytes]:
        """What the token invites to, and its hash. Raises a 410 Problem."""
        hashed = hash_secret(Kind.INVITATION, token)
        found = None if hashed is None else await self._people.invitation(hashed)
        if found is None or hashed is None:
            raise _used()
        return found, hashed

    async def accept(
        self, token: str, name: str, password: str, address: str | None
    ) -> tuple[UserRow, str]:
        """User and workspace. Whoever has an account shows its password; who has none
        gets one. Raises a 401, 410 or 429 Problem."""
        invited, hashed = await self.invitation(token)
        known = await self._people.user(invited.email)
        if known is not None:
            # Who was first may have made this account since we read the invitation, and
            # the second is told of the invitation, not of a password that is not theirs.
            await self.invitation(token)
            user = await self.user(invited.email, password, address)
        else:
            user = await self.new_user(invited.email, name, password)
        entry = entries.current()
        audit = (
            entry.of_a_login((user.id, user.email), None, invited.id) if entry else None
        )
        workspace_id = await self._people.join(hashed, user, audit)
        if workspace_id is None:
            raise _used()
        if entry is not None:
            entry.committed()
        return user, workspace_id

    async def new_user(self, email: str, name: str, password: str) -> UserRow:
        """One that is stored nowhere yet."""
        return UserRow(
            id=new_id("usr"),
            email=email.lower(),
            name=name,
            password_hash=await self._passwords.hash(password),
        )

    async def change_password(
        self, user_id: str, old: str, new: str, session_id: str, address: str | None
    ) -> None:
        """All other sessions of the user end. Raises as ``user``."""
        known = await self._people.user_of(user_id)
        user = await self.user(known.email, old, address)
        await self._people.set_password(user.id, await self._passwords.hash(new))
        await self._sessions.end_all(user.id, but=session_id)


def _used() -> Problem:
    detail = (
        "This invitation is used, withdrawn or older than a week. Ask for another one."
    )
    return Problem(410, "invitation_gone", detail)
