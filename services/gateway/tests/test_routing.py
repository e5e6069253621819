"""Which routes a request is held against."""

import httpx
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from onemanage.gateway.http.routing import only_below


async def test_a_request_is_held_against_the_routes_below_its_prefix_alone() -> None:
    looked_at: list[str] = []

    class Route(APIRoute):
        def matches(self, scope: Scope) -> tuple[Match, Scope]:
            looked_at.append(self.path)
            return super().matches(scope)

    async def answer() -> str:
        return "here"

    app = FastAPI()
    prefixes = ("/v1/files", "/v1/sets/{set_id}/exports", "/v1/sets", "")
    for prefix in prefixes:
        router = APIRouter(prefix=prefix, route_class=Route)
        router.add_api_route("/one", answer)
        for _ in range(2):  # as apps are made again and again of one router
            only_below(router)
        app.include_router(router)

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answers = [
            (await client.request(method, path)).status_code
            for method, path in (
                ("GET", "/v1/sets/one"),
                ("GET", "/v1/sets/7/exports/one"),
                ("GET", "/one"),
                ("POST", "/v1/sets/one"),
                ("GET", "/v1/sets/two"),
            )
        ]

    assert answers == [200, 200, 200, 405, 404]
    assert set(looked_at) == {"/v1/sets/{set_id}/exports/one", "/v1/sets/one", "/one"}
