"""One image, made at once for whoever waits for it, and promised to nobody.

Asked by the gateway, answered by imaging's workers. There is no row and no event of it:
what is lost is asked for again, and made again.
"""

import msgspec

from onemanage.contracts.base import QuickQuestion
from onemanage.contracts.imaging.images import NamedFile
from onemanage.contracts.imaging.recipes import Recipe
from onemanage.contracts.public import shows

INLINE_BYTES = 1 << 20
"""A larger image is stored first, and answered by its key."""


class QuickSource(msgspec.Struct, frozen=True, kw_only=True):
    """What the image is made of: an object that is there, or what an address has."""

    name: str
    """For messages about it."""
    object_key: str | None = None
    sha256: str | None = None
    """Of the object, in hex; one that has other bytes by now is not used."""
    size: int | None = None
    """Bytes."""
    url: str | None = None
    """Instead of an object; as it may be shown: without user, query and fragment."""
    sealed_url: str | None = None
    """The same whole, encrypted by the gateway for imaging, where it has a query."""


class MakeImage(QuickQuestion, frozen=True, kw_only=True):
    """Carry out a recipe of one variant, whose output is negotiated already."""

    source: QuickSource
    recipe: Recipe
    store_key: str
    """Where the image is kept, with its hash in the metadata: ``images/<workspace>/…``.
    The same for the same bytes alone."""
    watermarks: list[NamedFile] = []
    is_kept: bool = False
    """Stored before it is answered, and answered without its bytes: another service is
    to read it."""


@shows("media_type", "width", "height", "size", "sha256", "warnings")
class MadeImage(msgspec.Struct, frozen=True, kw_only=True):
    """The image, as ``data`` or, where that is over ``INLINE_BYTES``, as an object."""

    media_type: str
    width: int
    height: int
    size: int
    """Bytes."""
    sha256: str
    frames: int = 1
    warnings: list[str] = []
    seconds: float = 0.0
    """That making it took in its child; 0 where nobody has measured."""
    data: bytes | None = None
    object_key: str | None = None


IMAGES = "images/"
"""Where all kept images are."""


def images_prefix(workspace_id: str, source: str = "") -> str:
    """Where the kept images of a workspace are, or those of one source in it.

    ``source`` is the id of the file, document, transformation or background; of an
    address something that follows from it.
    """
    prefix = f"{IMAGES}{workspace_id}/"
    return f"{prefix}{source}/" if source else prefix
