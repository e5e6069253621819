"""Names that have no Unicode form: of layers, saved paths and channels.

psd-tools reads them as Mac Roman, in which each byte is a character, so that the bytes
can be had again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psd_tools import PSDImage
from psd_tools.constants import Resource, Tag

from onemanage.psd.domain.code_pages import Guess, decoded, guess

_READ_AS = "mac_roman"
_MOST_KNOWN = 200


@dataclass(frozen=True, slots=True)
class NamesRead:
    """How they were read. ``count`` is without those in plain ASCII."""

    encoding: Guess
    count: int
    is_chosen: bool

    @property
    def warning(self) -> str | None:
        """None where the caller has chosen."""
        if self.is_chosen:
            return None
        return (
            f"{self.count} of its names have no Unicode form and are read as "
            f"{self.encoding.name} ({self.encoding.in_words}): name_encoding chooses "
            "another encoding"
        )


def read_old_names(document: PSDImage, chosen: str | None) -> NamesRead | None:
    """Put each name in place as it is in the encoding that was chosen, or is guessed.

    ``chosen`` is one of ``code_pages.CHOSEN``. None where all names are in Unicode or
    in ASCII.
    """
    holders = list(_holders(document))
    found = [_bytes(one.name) for one in holders]
    alpha = _alpha_names(document)
    found += [_bytes(str(name)) for name in alpha]
    count = sum(not name.isascii() for name in found)
    if not count:
        return None
    told = Guess(chosen, 1.0) if chosen else guess(found, list(_known(document)))
    for one in holders:
        one.name = decoded(_bytes(one.name), told.name)
    for place, name in enumerate(alpha):
        alpha[place] = decoded(_bytes(str(name)), told.name)
    return NamesRead(told, count, chosen is not None)


def _bytes(name: str) -> bytes:
    """What is no Mac Roman was never read from bytes of one character each."""
    return name.encode(_READ_AS, "replace")


def _holders(document: PSDImage) -> Iterator[Any]:
    """What has a ``name``: records of layers, and resources that are saved paths."""
    for record, _ in document._record._iter_layers():
        if record.tagged_blocks.get_data(Tag.UNICODE_LAYER_NAME) is None:
            yield record
    for key, resource in document.image_resources.items():
        if Resource.is_path_info(int(key)):
            yield resource


def _alpha_names(document: PSDImage) -> Any:
    """A list that can be changed, empty where the names are in Unicode as well."""
    resources = document.image_resources
    found = resources.get_data(Resource.ALPHA_NAMES_PASCAL)
    has_unicode = resources.get_data(Resource.ALPHA_NAMES_UNICODE)
    return [] if found is None or isinstance(found, bytes) or has_unicode else found


def _known(document: PSDImage) -> Iterator[tuple[bytes, str]]:
    """Names of layers in both forms, where they tell anything."""
    left = _MOST_KNOWN
    for record, _ in document._record._iter_layers():
        text = record.tagged_blocks.get_data(Tag.UNICODE_LAYER_NAME)
        stored = _bytes(record.name)
        if isinstance(text, str) and left and not stored.isascii():
            left -= 1
            yield stored, text
