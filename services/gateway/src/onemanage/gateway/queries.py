"""Questions about what the gateway owns, from other services."""

from onemanage.contracts.compute import GetWaiting, Waiting
from onemanage.contracts.imaging.layer_checks import address_fault
from onemanage.contracts.psd.merges import (
    FindPictures,
    FoundPicture,
    FoundPictures,
    NamedPicture,
    cut_out_of,
)
from onemanage.contracts.psd.templates import REMOVE_BACKGROUND
from onemanage.gateway.handlers import Deps
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.tasks.waiting import waiting
from onemanage.gateway.templates.preparing import asked, recipe_of, source_of
from onemanage.platform.messaging.queries import QueryFailed

_ADDRESSES = ("http://", "https://")
_NO_PICTURE = "merge.no_picture"


async def get_waiting(_query: GetWaiting, deps: Deps) -> Waiting:
    """How much waits for the workers of every service."""
    return Waiting(services=await waiting(deps.tasks.pool))


async def find_pictures(query: FindPictures, deps: Deps) -> FoundPictures:
    """What they are in the workspace; what is another's is not there."""
    found = []
    for one in query.pictures:
        if one.prepare == REMOVE_BACKGROUND:
            found.append(await _cut_out(query, one.name, deps))
        else:
            found.append(await _picture(query.workspace_id, one, deps))
    return FoundPictures(items=found)


async def _cut_out(query: FindPictures, file_id: str, deps: Deps) -> FoundPicture:
    """What has become of the file before the merge had chunks."""
    task_id = cut_out_of(query.merge_task_id, file_id)
    row = await deps.tasks.get(query.workspace_id, task_id)
    if row is None:
        text = f"There was no file {file_id} in this workspace."
        return FoundPicture(code=_NO_PICTURE, message=text)
    if row.state == "completed":
        made = NamedPicture(task_id.replace("tsk_", "bgd_", 1))
        return await _picture(query.workspace_id, made, deps)
    error = row.error or {}
    return FoundPicture(
        code=error.get("code", "merge.cancelled"),
        message=error.get("message", "Taking its background away was cancelled."),
    )


async def _picture(
    workspace_id: str, picture: NamedPicture, deps: Deps
) -> FoundPicture:
    name = picture.name
    is_address = name.lower().startswith(_ADDRESSES)
    if is_address and (fault := address_fault(name)):
        text = f"The address {fault}."  # and is not repeated: it may hold a secret
        return FoundPicture(code="image.bad_address", message=text)
    try:
        recipe = recipe_of(picture.prepare, is_address)
        return await _found(
            workspace_id, source_of(name) if is_address else name, recipe, deps
        )
    except Problem as problem:
        places = "; ".join(one["detail"] for one in problem.errors or [])
        code = _NO_PICTURE if problem.status == 404 else problem.code
        return FoundPicture(code=code, message=places or problem.detail)
    except QueryFailed as failed:
        if failed.code != "not_found":
            raise
        text = f"There is no picture {name} in this workspace."
        return FoundPicture(code=_NO_PICTURE, message=text)


async def _found(
    workspace_id: str, source: str, recipe: str, deps: Deps
) -> FoundPicture:
    planner = deps.planner
    assert planner is not None  # the consumer's process has one
    found = await planner.sources.find(workspace_id, source)
    if not recipe:
        return FoundPicture(source=found.quick)
    plan = await planner.planned(workspace_id, found, asked(source, recipe))
    return FoundPicture(make=await planner.question(workspace_id, found, plan))


QUERIES = (get_waiting, find_pictures)
