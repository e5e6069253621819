"""What both routes of images by address take, and how they answer."""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Annotated, Literal

from fastapi import Header, Query
from starlette.responses import Response
from starlette.types import Scope

from onemanage.contracts.imaging.accepting import format_accepted
from onemanage.gateway.gateway import Gateway
from onemanage.gateway.http.downloads import Conditions
from onemanage.gateway.http.media import bytes_of
from onemanage.gateway.http.problems import Problem, of_query
from onemanage.gateway.images.addresses import answers as image_answers
from onemanage.gateway.images.addresses.answers import Public
from onemanage.gateway.images.addresses.serving import Shown
from onemanage.platform.messaging.queries import QueryFailed

ANY_IMAGE = bytes_of(
    "The image.",
    *("image/avif", "image/webp", "image/jpeg", "image/png", "image/gif"),
    *("image/jxl", "image/tiff", "image/svg+xml"),
)
WORDS = r"^[^\x00-\x1f\x7f]*$"
"""Of parts of an address: what they mean is checked by what reads them."""
accepted = lru_cache(2_000)(format_accepted)

Accept = Annotated[str, Header()]
Download = Annotated[
    Literal["1"] | None, Query(description="1: to be saved, and not shown.")
]
Errors = Annotated[
    Literal["image"] | None,
    Query(description="image: 404, 410, 415 and 422 are told by a small picture."),
]


async def answer(
    gateway: Gateway,
    show: Callable[[], Awaitable[tuple[Shown, Public | None]]],
    conditions: Conditions,
    download: str | None,
    errors: str | None,
) -> Response:
    """What ``show`` finds. Raises as it does, where no picture tells it."""
    kind: Literal["inline", "attachment"] = "attachment" if download else "inline"
    try:
        shown, public = await show()
        return await image_answers.image(
            gateway.storage, shown, conditions, public, kind
        )
    except (Problem, QueryFailed) as error:
        problem = of_query(error) if isinstance(error, QueryFailed) else error
        drawn = image_answers.drawn(problem) if errors else None
        if drawn is None:
            raise
        return drawn


def written(scope: Scope, prefix: str) -> str:
    """What follows the prefix, as the client wrote it: signed, and with its escapes."""
    raw: bytes = scope["raw_path"]
    return raw.decode("latin-1").removeprefix(f"{prefix}/")
