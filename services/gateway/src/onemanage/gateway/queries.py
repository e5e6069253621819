"""Questions about what the gateway owns, from other services."""

from onemanage.contracts.compute import GetWaiting, Waiting
from onemanage.contracts.psd.merge_pictures import (
    FindPictures,
    FoundPicture,
    FoundPictures,
    NamedPicture,
    cut_out_of,
)
from onemanage.contracts.psd.templates import REMOVE_BACKGROUND
from onemanage.gateway.handlers import Deps
from onemanage.gateway.images.addresses.planning import Planner
from onemanage.gateway.merges import pictures
from onemanage.gateway.tasks.waiting import waiting


async def get_waiting(_query: GetWaiting, deps: Deps) -> Waiting:
    """How much waits for the workers of every service."""
    return Waiting(services=await waiting(deps.tasks.pool))


async def find_pictures(query: FindPictures, deps: Deps) -> FoundPictures:
    """What they are in the workspace; what is another's is not there."""
    planner = deps.planner
    assert planner is not None  # the consumer's process has one
    found = []
    for one in query.pictures:
        if one.prepare == REMOVE_BACKGROUND:
            found.append(await _cut_out(query, one.name, deps, planner))
        else:
            found.append(await pictures.found(planner, query.workspace_id, one))
    return FoundPictures(items=found)


async def _cut_out(
    query: FindPictures, name: str, deps: Deps, planner: Planner
) -> FoundPicture:
    """What has become of it before the merge had chunks."""
    own = query.workspace_id
    task_id = cut_out_of(query.merge_task_id, name)
    row = await deps.tasks.get(own, task_id)
    if row is None:
        return await _not_cut_out(planner, own, name)
    if row.state == "completed":
        made = NamedPicture(task_id.replace("tsk_", "bgd_", 1))
        return await pictures.found(planner, own, made)
    error = row.error or {}
    return FoundPicture(
        code=error.get("code", "merge.cancelled"),
        message=error.get("message", "Taking its background away was cancelled."),
    )


async def _not_cut_out(planner: Planner, workspace_id: str, name: str) -> FoundPicture:
    """Why there was nothing to take a background from."""
    try:
        await pictures.named(planner, workspace_id, name)
    except pictures.NoPicture as none:
        return FoundPicture(code=none.code, message=none.message)
    text = (
        "This picture was not there when the merge began to take backgrounds away. "
        "Order the merge once more."
    )
    return FoundPicture(code=pictures.NO_PICTURE, message=text)


QUERIES = (get_waiting, find_pictures)
