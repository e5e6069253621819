"""Bodies and answers on workspaces, people and sessions."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from onemanage.contracts.base import example_id
from onemanage.gateway.access.code_store import CodeRow
from onemanage.gateway.access.passwords import LONGEST, SHORTEST
from onemanage.gateway.access.people_store import (
    InvitationRow,
    MemberRow,
    WorkspaceRow,
)
from onemanage.gateway.access.roles import Role
from onemanage.gateway.access.scopes import Scope
from onemanage.gateway.access.session_store import SessionRow
from onemanage.gateway.http.ids import pattern
from onemanage.gateway.http.shown import Answer, list_of

NAME = r"^[^\x00-\x1f\x7f]+$"
"""Of what people name: anything that is written on one line."""
_TOKEN = "om_invt_" + "A" * 43 + "_00000000"
_CODE = "om_code_" + "A" * 43 + "_00000000"
_EMAIL = r"^[^@\s\x00]{1,64}@[^@\s\x00]{1,190}$"

Email = Annotated[
    str,
    Field(pattern=_EMAIL, examples=["ada@example.com"]),
    AfterValidator(str.lower),
]
Name = Annotated[
    str, Field(min_length=1, max_length=200, pattern=NAME, examples=["Ada"])
]
_PASSWORD = "correct horse battery staple"


def _of_characters[S: str | SecretStr](given: S) -> S:
    """JSON can write halves of a character, which nothing can hash or store."""
    text = given if isinstance(given, str) else given.get_secret_value()
    if any("\ud800" <= each <= "\udfff" for each in text):
        raise ValueError("This holds half a character (\\ud800 to \\udfff).")
    return given


GivenPassword = Annotated[
    SecretStr,
    AfterValidator(_of_characters),
    Field(max_length=LONGEST, examples=[_PASSWORD]),
]
NewPassword = Annotated[
    SecretStr,
    AfterValidator(_of_characters),
    Field(
        min_length=SHORTEST,
        max_length=LONGEST,
        description=f"{SHORTEST} to {LONGEST} characters, of any kind.",
        examples=[_PASSWORD],
    ),
]
NamedWorkspace = Annotated[
    str, Field(pattern=pattern("wsp"), examples=[example_id("wsp")])
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LoginRequest(_Body):
    """Who somebody is, and the workspace to work in: the first one where none is said."""

    email: Email
    password: GivenPassword
    workspace_id: NamedWorkspace | None = None


class PasswordRequest(_Body):
    """A password in place of another."""

    old: GivenPassword
    new: NewPassword


class CurrentWorkspaceRequest(_Body):
    """The workspace that the session works in from here on."""

    workspace_id: NamedWorkspace


class InvitationRequest(_Body):
    """Whom to invite."""

    email: Email
    role: Role = "member"


class AcceptRequest(_Body):
    """An invitation's token; name and password of the new account, or the password of
    the one that there is."""

    token: Annotated[str, AfterValidator(_of_characters)] = Field(
        max_length=200, examples=[_TOKEN]
    )
    name: Name
    password: NewPassword


class CodeRequest(_Body):
    """A code that signs in."""

    code: Annotated[str, AfterValidator(_of_characters)] = Field(
        max_length=200, examples=[_CODE]
    )


class RoleRequest(_Body):
    """What a member may do from here on."""

    role: Role


class WorkspaceRequest(_Body):
    """A workspace's name."""

    name: Name


class NewWorkspaceRequest(WorkspaceRequest):
    """A workspace, and who is invited to own it."""

    owner_email: Email


class SessionOut(Answer, of=SessionRow):
    is_current: bool = Field(description="It is the one that asks.")


class NewSessionOut(Answer, of=SessionRow):
    """The only answer that has the token itself, to be sent as Bearer; browsers have it
    as a cookie."""

    token: str = Field(examples=["om_sess_" + "A" * 43 + "_00000000"])


class NewCodeOut(Answer, of=CodeRow):
    """The only answer that has the code itself."""

    code: str = Field(examples=[_CODE])


class MemberOut(Answer, of=MemberRow): ...


class InvitationOut(Answer, of=InvitationRow): ...


class NewInvitationOut(InvitationOut):
    """The only answer that has the token itself."""

    token: str = Field(examples=[_TOKEN])


class WorkspaceOut(Answer, of=WorkspaceRow): ...


class NewWorkspaceOut(WorkspaceOut):
    """With the invitation of its owner."""

    invitation: NewInvitationOut


class MeOut(BaseModel):
    """Who asks."""

    workspace_id: str = Field(examples=[example_id("wsp")])
    scopes: list[Scope]
    user_id: str | None = Field(
        description="null: it is an API key that asks.", examples=[example_id("usr")]
    )
    session_id: str | None = Field(
        description="Of the session that asks; null: it is an API key.",
        examples=[example_id("ses")],
    )
    name: str | None = Field(examples=["Ada"])
    email: str | None = Field(examples=["ada@example.com"])


MemberList = list_of(MemberOut)
InvitationList = list_of(InvitationOut)
SessionList = list_of(SessionOut)
WorkspaceList = list_of(WorkspaceOut)
