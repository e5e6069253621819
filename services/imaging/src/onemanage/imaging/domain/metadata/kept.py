"""What of a source's metadata goes on into a file, and what is said anew."""

import msgspec

from onemanage.contracts.imaging.metadata import Description, Place
from onemanage.contracts.imaging.outputs import Output
from onemanage.imaging.domain.metadata import exif, xmp
from onemanage.imaging.domain.metadata.saying import Saying
from onemanage.imaging.domain.metadata.told import Told

_PROPERTIES = {
    "title": "dc:title",
    "headline": "photoshop:Headline",
    "description": "dc:description",
    "keywords": "dc:subject",
    "creators": "dc:creator",
    "credit": "photoshop:Credit",
    "rights": "dc:rights",
    "usage_terms": "xmpRights:UsageTerms",
    "web_statement": "xmpRights:WebStatement",
    "rating": "xmp:Rating",
}
_RIGHTS = ("creators", "credit", "rights", "usage_terms", "web_statement")


def saying(output: Output, told: Told | None, size: tuple[int, int]) -> Saying:
    """What an image of this width and height says, where its source has told so much.

    IPTC goes on as XMP, which says the same.
    """
    source = told or Told()
    described = _described(output, source.description or Description())
    place = source.place if output.metadata == "all" and output.location else None
    texts: dict[int, str] = {
        exif.Base.Artist: "; ".join(described.creators),
        exif.Base.Copyright: described.rights,
    }
    kept = source.exif if output.metadata == "all" else None
    made = exif.written(texts, size, output.dpi, kept, output.location)
    return Saying(exif=made, xmp=_packet(described, place), dpi=output.dpi)


def wants_source(output: Output) -> bool:
    """Whether anything of the source's metadata may go on into it."""
    return output.metadata != "none"


def _described(output: Output, found: Description) -> Description:
    if output.metadata == "none":
        found = Description()
    elif output.metadata == "copyright":
        found = Description(**{name: getattr(found, name) for name in _RIGHTS})
    said = {
        "rights": output.copyright,
        "creators": None if output.artist is None else [output.artist],
        "credit": output.credit,
    }
    given = {name: value for name, value in said.items() if value is not None}
    return msgspec.structs.replace(found, **given)


def _packet(described: Description, place: Place | None) -> bytes:
    texts: dict[str, list[str]] = {}
    for name, prefixed in _PROPERTIES.items():
        value = getattr(described, name)
        if value is not None:
            texts[prefixed] = value if isinstance(value, list) else [f"{value}"]
    if place is not None:
        texts |= {
            "photoshop:City": [place.city],
            "photoshop:State": [place.region],
            "photoshop:Country": [place.country],
        }
    return xmp.written(texts)
