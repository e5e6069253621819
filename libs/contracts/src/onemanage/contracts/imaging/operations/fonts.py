"""Which font text is written in."""

from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.public import shows_all


@shows_all
class TextFont(msgspec.Struct, frozen=True, kw_only=True):
    """A font of the workspace's own, or a weight of those that are installed.

    Letters that it lacks are written in installed fonts, with a warning that names them.
    """

    file_id: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    """An uploaded TrueType or OpenType font, a collection of them, WOFF or WOFF2, of up
    to 32 MiB; None for those that are installed."""
    face: Annotated[int, Meta(ge=0, le=255)] = 0
    """Of a collection, counted from 0."""
    weight: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    """Of a variable font, 400 being regular and 700 bold; None for 500. Others have the
    one weight that they have, with a warning."""

    def files(self) -> tuple[str, ...]:
        """Ids of uploaded files that it needs."""
        return () if self.file_id is None else (self.file_id,)
