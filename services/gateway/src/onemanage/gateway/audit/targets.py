"""What a request is for, and which routes write their entry with what they change."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
from starlette.routing import Match
from starlette.types import Scope

_MOST = 200
"""Characters of what a client has written."""
_by_statement: set[Callable[..., Any]] = set()
_found: dict[Callable[..., Any], bool] = {}


class Target(msgspec.Struct, frozen=True):
    """The operation's id, and what the address names."""

    action: str
    objects: list[str]


def target_of(scope: Scope) -> Target | None:
    """None where there is no such route. Who is refused at the door never got to it."""
    route, given = scope.get("route"), scope.get("path_params", {})
    if route is None:
        for each in _routes(scope["app"].routes):
            match, found = each.matches(scope)
            if match is Match.FULL:
                route, given = each, found["path_params"]
                break
        else:
            return None
    return Target(str(route.name), [shortened(str(one)) for one in given.values()])


def shortened(text: str) -> str:
    """As the database can hold it: nobody stays unseen by a NUL."""
    return text[:_MOST].replace("\0", "\N{REPLACEMENT CHARACTER}")


def _routes(routes: Iterable[Any]) -> Iterator[Any]:
    """Those that FastAPI has included lie within what it leaves in their place."""
    for each in routes:
        included = getattr(each, "original_router", None)
        if included is None:
            yield each
        else:
            yield from _routes(included.routes)


def with_its_statement[F: Callable[..., Any]](dependency: F) -> F:
    """Marks a dependency of routes that change nothing but by a statement which writes
    the entry, too, or that begin it themselves where they change anything: they are
    spared one that only says that they have begun."""
    _by_statement.add(dependency)
    return dependency


def is_by_statement(route: Any) -> bool:
    """Whether ``with_its_statement`` marks one of its dependencies; found once."""
    known = _found.get(route.endpoint)
    if known is None:
        known = _found[route.endpoint] = _has_one(route.dependant)
    return known


def _has_one(dependant: Any) -> bool:
    return any(
        each.call in _by_statement or _has_one(each) for each in dependant.dependencies
    )
