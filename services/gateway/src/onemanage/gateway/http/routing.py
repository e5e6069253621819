"""Which routes a request is held against."""

from typing import Any

from fastapi import APIRouter
from starlette.routing import Match
from starlette.types import Scope

type _Matched = tuple[Match, Scope]


def only_below(router: APIRouter) -> APIRouter:
    """The router, whose routes are looked at only where the path begins as its prefix.

    FastAPI holds each request against the routes of all routers, one by one: with a
    hundred of them that took longer than everything else about a short answer.
    """
    begins = router.prefix.partition("{")[0]
    matches: Any = type(router).matches

    def matches_below(scope: Scope) -> _Matched:
        if not scope["path"].startswith(begins):
            return Match.NONE, {}
        found: _Matched = matches(router, scope)
        return found

    router.matches = matches_below  # type: ignore[method-assign]  # of this one alone
    return router
