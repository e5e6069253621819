"""What a file says of itself: the blocks of it, as one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from PIL import Image

from onemanage.contracts.imaging.metadata import Description, Place, Shot
from onemanage.imaging.domain.headers import HEAD, sniff
from onemanage.imaging.domain.metadata import exif, iptc, xmp
from onemanage.imaging.domain.metadata.blocks import (
    READ,
    UNREADABLE,
    Blocks,
    blocks_of,
)

_MOST = 100
"""Of a list of texts."""
_LONGEST = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What can be used of it, and what of it is damaged."""

    shot: Shot | None = None
    description: Description | None = None
    place: Place | None = None
    exif: Image.Exif | None = None
    warnings: tuple[str, ...] = ()


def told_of(path: Path) -> Told:
    """Of a file of any kind; of a video and of drawings nothing."""
    with path.open("rb") as file:
        kind = sniff(file.read(HEAD))
    if kind not in READ:
        return Told()
    return told(blocks_of(path.read_bytes(), kind))


def told(blocks: Blocks) -> Told:
    """Never raises: what cannot be read is left out, with a warning."""
    warnings = list(blocks.warnings)
    found, shot, place = _of_exif(blocks.exif, warnings)
    packet = _of_xmp(blocks.xmp, warnings)
    texts = iptc.datasets(blocks.iptc)
    return Told(
        shot=shot,
        description=_description(packet, texts, found),
        place=_place(place, packet, texts),
        exif=found,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _of_exif(
    data: bytes, warnings: list[str]
) -> tuple[Image.Exif, Shot | None, Place | None]:
    try:
        found = exif.loaded(data)
        return found, exif.shot_of(found), exif.place_of(found)
    except MemoryError:
        raise
    except Exception:  # Pillow raises anything for directories that are damaged
        warnings.append(UNREADABLE)
        return Image.Exif(), None, None


def _of_xmp(packet: bytes, warnings: list[str]) -> xmp.Properties:
    if not packet:
        return xmp.Properties()
    try:
        return xmp.read(packet)
    except xmp.BadPacket:
        warnings.append(UNREADABLE)
        return xmp.Properties()


def _description(
    packet: xmp.Properties, texts: dict[int, list[str]], found: Image.Exif
) -> Description | None:
    """XMP before IPTC before EXIF, as the Metadata Working Group reads them (2010)."""

    def one(name: str, number: int = 0, tag: int = 0) -> str:
        said = packet.first(name) or next(iter(texts.get(number, ())), "")
        return _clean(said or exif.text_of(found.get(tag)))

    def many(name: str, number: int, tag: int = 0) -> list[str]:
        listed: Sequence[str] = packet.texts.get(name) or texts.get(number) or ()
        if not listed and tag:
            listed = exif.text_of(found.get(tag)).split(";")
        return [text for text in map(_clean, listed[:_MOST]) if text]

    made = Description(
        title=one("dc:title", 5),
        headline=one("photoshop:Headline", 105),
        description=one("dc:description", 120, exif.Base.ImageDescription),
        keywords=many("dc:subject", 25),
        creators=many("dc:creator", 80, exif.Base.Artist),
        credit=one("photoshop:Credit", 110),
        rights=one("dc:rights", 116, exif.Base.Copyright),
        usage_terms=one("xmpRights:UsageTerms"),
        web_statement=one("xmpRights:WebStatement"),
        rating=_rating(packet.first("xmp:Rating")),
    )
    return None if made == Description() else made


def _place(
    place: Place | None, packet: xmp.Properties, texts: dict[int, list[str]]
) -> Place | None:
    def one(name: str, number: int) -> str:
        return _clean(packet.first(name) or next(iter(texts.get(number, ())), ""))

    made = msgspec.structs.replace(
        place or Place(),
        city=one("photoshop:City", 90),
        region=one("photoshop:State", 95),
        country=one("photoshop:Country", 101),
    )
    return None if made == Place() else made


def _rating(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if -1 <= found <= 5 else None


def _clean(text: Any) -> str:
    """A text that JSON and PostgreSQL hold."""
    plain = "".join(c for c in str(text) if c >= " " or c in "\t\n\r")
    return plain.encode("utf-8", "replace").decode("utf-8").strip()[:_LONGEST]
