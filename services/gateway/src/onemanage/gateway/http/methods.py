"""Which methods an address has."""

from collections.abc import Iterable

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send


class OwnMethods:
    """Middleware: an address that a route writes out in full has the methods that are
    written there, and is no id to another: ``GET /v1/imports/plans`` does not look for
    an import of that name. Raises a 405 HTTPException.
    """

    def __init__(self, app: ASGIApp, routers: Iterable[APIRouter]) -> None:
        self._app = app
        self._methods: dict[str, set[str]] = {}
        for router in routers:
            for route in router.routes:
                if isinstance(route, APIRoute) and "{" not in route.path:
                    own = self._methods.setdefault(route.path, set())
                    own.update(route.methods or ())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            own = self._methods.get(scope["path"])
            if own is not None and scope["method"] not in own:
                raise HTTPException(405, headers={"Allow": ", ".join(sorted(own))})
        await self._app(scope, receive, send)
