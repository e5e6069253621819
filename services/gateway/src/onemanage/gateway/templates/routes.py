"""Templates: parsed documents with slots that values are put into."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from starlette.responses import Response

from onemanage.contracts.base import ListPlace, derived_id, new_id
from onemanage.contracts.psd.templates import (
    DEFINE_TEMPLATE,
    ListTemplates,
    TemplatePage,
)
from onemanage.gateway.gateway import Caller, Gateway, GatewayDep, Reads, Writes
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.ids import OfDocument, TemplateId
from onemanage.gateway.http.preconditions import IfMatch
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.psd.known import known_document
from onemanage.gateway.tasks.ordering import Orders
from onemanage.gateway.tasks.orders import Order
from onemanage.gateway.tasks.schemas import TaskOut
from onemanage.gateway.templates import answers as template_answers
from onemanage.gateway.templates.known import known_template
from onemanage.gateway.templates.pictures import check_prepare
from onemanage.gateway.templates.schemas import (
    MOST_CHANGES,
    SlotChangeBody,
    TemplateChange,
    TemplateList,
    TemplateOut,
    TemplateRequest,
)
from onemanage.platform.messaging.queries import ask

router = APIRouter(prefix="/v1/templates", tags=["templates"])


@router.post("", response_model=TaskOut)
async def create_template(
    body: TemplateRequest, gateway: GatewayDep, caller: Writes, ordering: Orders
) -> Response:
    """Find the slots of a parsed document: tags in names and texts, and Photoshop's own
    variables.

    200 with the result when it is done within ``Prefer: wait=N`` (two seconds where
    not said), else 202 and the task to follow.
    """
    changes = _changes(body.changes)
    await _check_recipes(gateway, caller, body.changes)

    async def prepare() -> Order:
        document = await known_document(gateway, caller, body.document_id)
        task_id = new_id("tsk")
        template_id = derived_id("tpl", task_id)
        return Order(
            task_id=task_id,
            fields={
                "template_id": template_id,
                "document_id": document.document_id,
                "name": body.name or _stem(document.name),
                "changes": changes,
            },
            file_id=document.file_id,
            resource=f"/v1/templates/{template_id}",
        )

    asked = [body.document_id, body.name, changes]
    return await ordering.answer(DEFINE_TEMPLATE, asked, prepare)


@router.get("", response_model=TemplateList)
async def list_templates(
    gateway: GatewayDep,
    caller: Reads,
    document_id: OfDocument | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """Newest first."""
    query = ListTemplates(
        workspace_id=caller.workspace_id,
        limit=limit,
        place=cursors.read(cursor, ListPlace),
        document_id=document_id,
    )
    found = await ask(gateway.nats, query, TemplatePage)
    return pages.answer(found, template_answers.template, pages.newest("template_id"))


@router.get("/{template_id}", response_model=TemplateOut)
async def get_template(
    gateway: GatewayDep, caller: Reads, template_id: TemplateId
) -> Response:
    """Its slots: where each is, what it shows now, which fonts it lacks."""
    found = await known_template(gateway, caller, template_id)
    return answers.json(template_answers.template(found))


@router.patch("/{template_id}", response_model=TaskOut)
async def change_template(
    body: TemplateChange,
    gateway: GatewayDep,
    caller: Writes,
    template_id: TemplateId,
    if_match: IfMatch,
    ordering: Orders,
) -> Response:
    """Rename it; add, rename, change or remove slots. That is a new revision.

    What was ordered by the revision so far is carried out by that. Of two changes at
    once one is refused: 412 where it came with ``If-Match``, else the task fails with
    ``template.changed_meanwhile``.
    """
    changes = _changes(body.changes)
    await _check_recipes(gateway, caller, body.changes)

    async def prepare() -> Order:
        found = await known_template(gateway, caller, template_id)
        if_match.check(answers.json(template_answers.template(found)))
        whole = [*map(_plain, found.changes), *changes]
        if len(whole) > MOST_CHANGES:
            detail = (
                f"A template keeps {MOST_CHANGES} changes at most, and this would be "
                f"{len(whole)}. Make a new template with the slots as they are to be."
            )
            raise Problem(422, "template.too_many_changes", detail)
        return Order(
            task_id=new_id("tsk"),
            fields={
                "template_id": template_id,
                "document_id": found.document_id,
                "name": body.name or found.name,
                "changes": whole,
                "revision": found.revision + 1,
            },
            file_id=found.file_id,
            resource=f"/v1/templates/{template_id}",
        )

    asked = [template_id, body.name, changes]
    return await ordering.answer(DEFINE_TEMPLATE, asked, prepare)


async def _check_recipes(
    gateway: Gateway, caller: Caller, changes: list[SlotChangeBody]
) -> None:
    """Raises a 422 Problem where pictures cannot be prepared so."""
    for number, change in enumerate(changes):
        if change.rules is not None and change.rules.prepare is not None:
            at = f"/changes/{number}/rules/prepare"
            await check_prepare(gateway, caller, change.rules.prepare, at)


def _changes(given: list[SlotChangeBody]) -> list[dict[str, Any]]:
    return [one.model_dump(exclude_unset=True) for one in given]


def _plain(change: Any) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.to_builtins(change)
    return made


def _stem(name: str) -> str:
    """``poster`` of ``poster.psd``."""
    stem, _, ending = name.rpartition(".")
    return stem if stem and ending.lower() in ("psd", "psb") else name
