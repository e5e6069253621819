"""What both routes of images by address take, and how they answer."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import lru_cache
from typing import Annotated, Literal

from fastapi import Header, Query
from starlette.responses import Response
from starlette.types import Scope

from onemanage.contracts.imaging.accepting import Accepted, format_accepted
from onemanage.gateway.gateway import Gateway
from onemanage.gateway.http.downloads import Conditions, image_gone
from onemanage.gateway.http.media import Answers, bytes_of
from onemanage.gateway.http.problems import Problem, of_query
from onemanage.gateway.http.schemas import ProblemOut
from onemanage.gateway.images.addresses import answers
from onemanage.gateway.images.addresses.answers import Public
from onemanage.gateway.images.addresses.serving import Shown
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.storage.storage import ObjectMissing

_DRAWN: Answers = {
    status: {
        "model": ProblemOut,
        "description": "A problem; by ?errors=image a small picture.",
        "content": {"image/svg+xml": {"schema": {"type": "string"}}},
    }
    for status in sorted(answers.DRAWN_FOR)
}
ANY_IMAGE: Answers = {
    **bytes_of(
        "The image.",
        *("image/avif", "image/webp", "image/jpeg", "image/png", "image/gif"),
        *("image/jxl", "image/tiff"),
    ),
    **_DRAWN,
}
WORDS = r"^[^\x00-\x1f\x7f]*$"
"""Of parts of an address: what they mean is checked by what reads them."""
_MOST_KEPT = 300
"""Characters; browsers send a hundred."""
_known = lru_cache(2_000)(format_accepted)

Accept = Annotated[str, Header()]
Download = Annotated[
    Literal["1"] | None, Query(description="1: to be saved, and not shown.")
]
Errors = Annotated[
    Literal["image"] | None,
    Query(description="image: 404, 410, 415 and 422 are told by a small picture."),
]


def accepted(accept: str) -> Accepted:
    """What an Accept header would rather have; of one that is usual, it is known."""
    return _known(accept) if len(accept) <= _MOST_KEPT else format_accepted(accept)


async def answer(
    gateway: Gateway,
    show: Callable[[], Awaitable[tuple[Shown, Public | None]]],
    conditions: Conditions,
    download: str | None,
    errors: str | None,
) -> Response:
    """What ``show`` finds. Raises as it does, where no picture tells it."""
    kind: Literal["inline", "attachment"] = "attachment" if download else "inline"
    storage = gateway.storage
    try:
        shown, public = await show()
        with suppress(ObjectMissing):
            return await answers.image(storage, shown, conditions, public, kind, None)
        gateway.images.results.forget(shown.plan.store_key)  # it is made anew
        shown, public = await show()
        return await answers.image(storage, shown, conditions, public, kind, image_gone)
    except (Problem, QueryFailed) as error:
        problem = of_query(error) if isinstance(error, QueryFailed) else error
        drawn = answers.drawn(problem) if errors else None
        if drawn is not None:
            return drawn
        # Left to themselves, caches keep 404 and 410.
        told = (problem.headers or {}) | {"Cache-Control": "no-store"}
        problem.headers = told
        raise problem from None


def written(scope: Scope, prefix: str) -> str:
    """What follows the prefix, as the client wrote it: signed, and with its escapes."""
    raw: bytes = scope["raw_path"]
    return raw.decode("latin-1").removeprefix(f"{prefix}/")
