"""Ids as addresses and bodies name them: one place says how each kind looks.

What does not look like one is refused (422) before anything is asked about it.
"""

from typing import Annotated

from fastapi import Path, Query
from pydantic import Field
from starlette.types import ASGIApp, Receive, Scope, Send

from onemanage.contracts.base import example_id
from onemanage.gateway.http.problems import Problem

MAX_INT4 = 2**31 - 1
MAX_INT8 = 2**63 - 1
_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"


class PlainAddresses:
    """Middleware: no address or header holds a NUL, which no database can look for.
    Raises a 422 Problem.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _has_nul(scope):
            detail = (
                "The address or a header holds a NUL character (%00). Leave it out."
            )
            raise Problem(422, "invalid_request", detail)
        await self._app(scope, receive, send)


def _has_nul(scope: Scope) -> bool:
    held = "\0" in scope["path"] or b"%00" in scope["query_string"]
    return held or any(b"\0" in value for _, value in scope["headers"])


def pattern(kind: str) -> str:
    """Of a typed id, as in ``tsk_5b0c…``: its kind and 32 hex digits."""
    return rf"^{kind}_[0-9a-f]{{32}}$"


def _in_path(kind: str) -> object:
    return Path(pattern=pattern(kind), examples=[example_id(kind)])


def _in_query(kind: str) -> object:
    return Query(pattern=pattern(kind), examples=[example_id(kind)])


def _in_body(kind: str) -> object:
    return Field(pattern=pattern(kind), examples=[example_id(kind)])


FileId = Annotated[str, _in_path("fil")]
UploadId = Annotated[str, _in_path("upl")]
TaskId = Annotated[str, _in_path("tsk")]
DocumentId = Annotated[str, _in_path("doc")]
RenditionId = Annotated[str, _in_path("rnd")]
DiffId = Annotated[str, _in_path("dif")]
TemplateId = Annotated[str, _in_path("tpl")]
RenderId = Annotated[str, _in_path("rdr")]
FontId = Annotated[str, _in_path("fnt")]
TransformationId = Annotated[str, _in_path("tsf")]
BackgroundId = Annotated[str, _in_path("bgd")]
BatchId = Annotated[str, _in_path("bat")]
MergeId = Annotated[str, _in_path("mrg")]
PlanId = Annotated[str, _in_path("pln")]
ImportId = Annotated[str, _in_path("imp")]
DatasetId = Annotated[str, _in_path("dst")]
ExportId = Annotated[str, _in_path("exp")]
PreviewId = Annotated[str, _in_path("prv")]
SessionId = Annotated[str, _in_path("ses")]
UserId = Annotated[str, _in_path("usr")]
InvitationId = Annotated[str, _in_path("inv")]
WorkspaceId = Annotated[str, _in_path("wsp")]
KeyId = Annotated[str, _in_path("key")]
SigningKeyId = Annotated[str, _in_path("isk")]
WebhookId = Annotated[str, _in_path("whk")]
DeliveryId = Annotated[str, _in_path("dlv")]
LayerId = Annotated[int, Path(ge=1, le=MAX_INT4, examples=[7])]
LetterId = Annotated[int, Path(ge=1, le=MAX_INT8, examples=[7])]
ImageName = Annotated[str, Path(pattern=_NAME, examples=["large"])]
"""Of a variant, or of a file that a document embeds."""

OfFile = Annotated[str, _in_query("fil")]
OfDocument = Annotated[str, _in_query("doc")]
OfDataset = Annotated[str, _in_query("dst")]
OfTask = Annotated[str, _in_query("tsk")]

NamedFile = Annotated[str, _in_body("fil")]
NamedDocument = Annotated[str, _in_body("doc")]
NamedDataset = Annotated[str, _in_body("dst")]
NamedPlan = Annotated[str, _in_body("pln")]
