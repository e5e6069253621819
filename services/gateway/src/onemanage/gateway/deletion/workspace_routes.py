"""Deleting a workspace, with all that it has."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from loguru import logger
from starlette.responses import Response

from onemanage.contracts.deletion import WORKSPACE, Thing
from onemanage.gateway.access.callers import wrong_key
from onemanage.gateway.deletion.kinds import BEFORE_A_WORKSPACE, IMAGING
from onemanage.gateway.deletion.steps import in_turn
from onemanage.gateway.deletion.store import NotThere, Ordered, Refused, Request
from onemanage.gateway.gateway import Administers, Caller, Gateway, GatewayDep
from onemanage.gateway.http.ids import WorkspaceId
from onemanage.gateway.http.preferences import Wait
from onemanage.gateway.http.problems import Problem, not_found
from onemanage.gateway.http.schemas import ProblemOut
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.gateway.tasks import queues
from onemanage.gateway.tasks.answers import ended_or_accepted
from onemanage.gateway.tasks.orders import Asked, followed
from onemanage.gateway.tasks.schemas import TaskOut
from onemanage.platform.process.telemetry import TRACEPARENT, trace_headers

router = APIRouter(prefix="/v1/workspaces", tags=["access"])

_REFUSED: dict[int | str, dict[str, Any]] = {
    409: {
        "model": ProblemOut,
        "description": "not_confirmed, or installation_workspace.",
    }
}


@router.delete("/{workspace_id}", response_model=TaskOut, responses=_REFUSED)
async def delete_workspace(
    gateway: GatewayDep,
    caller: Administers,
    wait: Wait,
    workspace_id: WorkspaceId,
    confirm: Annotated[
        str | None, Query(description="The workspace's name, to confirm.")
    ] = None,
) -> Response:
    """Close it at once, and take everything: files, tables, keys, members, tasks.

    For its owners, and for operators. The task stands in the operator's workspace. It
    begins once what was ordered in the other one has stopped, and ends with counts.
    """
    await _check(gateway, caller, workspace_id, confirm)
    asked = Asked(name="delete", what=[WORKSPACE, workspace_id])
    tasks = _tasks(workspace_id)
    own = workspace_id == caller.workspace_id
    request = Request(
        key_hash=caller.key_hash,
        workspace_id=OWNER_WORKSPACE if own else caller.workspace_id,
        things=(),
        tasks=tasks,
        needles=(),
        idempotency_key=None,
        fingerprint=asked.fingerprint,
        traceparent=trace_headers().get(TRACEPARENT),
    )
    try:
        row, _ = await gateway.workspace_deletions.close(request, workspace_id)
    except NotThere:
        raise not_found("workspace", workspace_id) from None
    except Refused:
        raise wrong_key() from None
    gateway.callers.forget(caller.key_hash)
    logger.info("Workspace {} is closed, {} deletes it", workspace_id, row.id)
    return ended_or_accepted(await followed(gateway, row, wait.seconds), wait)


async def _check(
    gateway: Gateway, caller: Caller, workspace_id: str, confirm: str | None
) -> None:
    if workspace_id != caller.workspace_id and not caller.is_operator:
        raise not_found("workspace", workspace_id)
    found = await gateway.people.workspace(workspace_id)
    if found is None:
        raise not_found("workspace", workspace_id)
    if workspace_id == OWNER_WORKSPACE:
        detail = "This is the installation's own workspace. It cannot be deleted."
        raise Problem(409, "installation_workspace", detail)
    if confirm != found.name:
        detail = (
            "This deletes all that the workspace has, for good. Repeat its name as "
            "?confirm=…, as GET /v1/workspaces shows it."
        )
        raise Problem(409, "not_confirmed", detail)


def _tasks(workspace_id: str) -> list[Ordered]:
    """The last, which the others are waited for, and those: all are held until the
    workspace's own tasks have ended."""
    thing = Thing(kind=WORKSPACE, id=workspace_id)
    command = {
        "things": [msgspec.to_builtins(thing)],
        "cascade": True,
        "closes": workspace_id,
    }
    return in_turn(
        IMAGING,
        BEFORE_A_WORKSPACE,
        command,
        lambda name: queues.asked_for(name, 1),
        held=True,
    )
