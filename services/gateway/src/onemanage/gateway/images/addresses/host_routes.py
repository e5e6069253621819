"""The hosts whose images addresses of a workspace may name."""

from fastapi import APIRouter
from starlette.responses import Response

from onemanage.gateway.gateway import Administers, Caller, Gateway, GatewayDep
from onemanage.gateway.http import answers
from onemanage.gateway.http.ids import WorkspaceId
from onemanage.gateway.http.preconditions import IfMatch
from onemanage.gateway.http.problems import not_found
from onemanage.gateway.images.addresses.schemas import HostsOut, HostsRequest

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/image-hosts", tags=["images"])


@router.get("", response_model=HostsOut)
async def get_image_hosts(
    gateway: GatewayDep, caller: Administers, workspace_id: WorkspaceId
) -> Response:
    """Whose images addresses of this workspace may name: nobody's, to begin with."""
    _check(caller, workspace_id)
    return await _hosts(gateway, workspace_id)


@router.put("", response_model=HostsOut)
async def set_image_hosts(
    body: HostsRequest,
    gateway: GatewayDep,
    caller: Administers,
    workspace_id: WorkspaceId,
    if_match: IfMatch,
) -> Response:
    """In place of those before, within a minute everywhere.

    A host that sends on to another one is trusted with that.
    """
    _check(caller, workspace_id)
    async with if_match.holds(
        lambda: gateway.images.keys.lock(workspace_id),
        lambda: _hosts(gateway, workspace_id),
    ):
        await gateway.images.keys.set_hosts(workspace_id, body.hosts)
    return await _hosts(gateway, workspace_id)


def _check(caller: Caller, workspace_id: str) -> None:
    if workspace_id != caller.workspace_id:
        raise not_found("workspace", workspace_id)


async def _hosts(gateway: Gateway, workspace_id: str) -> Response:
    return answers.json({"hosts": await gateway.images.keys.hosts(workspace_id)})
