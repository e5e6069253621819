"""How the installation stands, for those who run it."""

from fastapi import APIRouter
from starlette.responses import Response

from onemanage.gateway.gateway import GatewayDep, Operates
from onemanage.gateway.http import answers
from onemanage.gateway.system.looking import look
from onemanage.gateway.system.schemas import SystemOut

router = APIRouter(prefix="/v1/system", tags=["operations"])


@router.get("", response_model=SystemOut)
async def get_system(gateway: GatewayDep, _: Operates) -> Response:
    """Servers, workers, what waits for them, streams and handlers, at this moment."""
    return answers.json((await look(gateway)).model_dump())
