"""Opens a document: refuses what is none, is broken or asks for too much.

The header and the lengths of the five sections are checked by hand before psd-tools
parses anything, so that a refusal can say what is wrong and where. What psd-tools does
not read is read in parts, as far as there is an image or a layer to show.
"""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from psd_tools import PSDImage
from psd_tools.api.layers import Group
from psd_tools.compression import PSDDecompressionWarning
from psd_tools.constants import CompatibilityMode, Resource, Tag
from psd_tools.psd.parse_limits import ParseLimitError
from psd_tools.psd.tagged_blocks import TaggedBlock

from onemanage.contracts.steps import step
from onemanage.psd.domain.blocks import Parsing
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.lazy import open_lazily, parsing_of
from onemanage.psd.domain.notes import Notes, keep_notes, notes_of
from onemanage.psd.domain.old_names import read_old_names
from onemanage.psd.domain.places import StoredFile
from onemanage.psd.domain.sections import (
    HEADER,
    Sections,
    found_sections,
    holds_image,
    is_whole,
    layers_add_up,
    sections,
)
from onemanage.psd.domain.tolerant import read_in_parts
from onemanage.psd.errors import InvalidDocument

_SIDE = {1: 30_000, 2: 300_000}
_FORMAT = {1: "PSD", 2: "PSB"}
_MOST_CHANNELS = 57
"""Adobe's specification says 56; Photoshop writes one more, an alpha beside them."""
_DEPTHS = (1, 8, 16, 32)
_COLOR_MODES = (0, 1, 2, 3, 4, 7, 8, 9)


@step("read")
def open_document(
    path: Path, limits: Limits, name_encoding: str | None = None
) -> PSDImage:
    """Parse the document; layers stay compressed until they are asked for.

    ``name_encoding`` is that of names without a Unicode form, one of
    ``code_pages.CHOSEN``; it is guessed where it is None.

    Raises InvalidDocument, or OSError when the file cannot be read at all.
    """
    with path.open("rb") as file:
        where = _checked(file, limits)
        try:
            document = _opened(path, file, where, limits)
            _name_modes_of_nested(document)
            _clip_groups_of_others(document)
            notes_of(document).names = read_old_names(document, name_encoding)
            return document
        except ParseLimitError as error:
            raise _too_complex(error, f"byte {file.tell()}") from error
        except (MemoryError, InvalidDocument):
            raise
        except Exception as error:  # on damaged files psd-tools raises anything
            raise _unreadable(error, file.tell()) from error


def _opened(path: Path, file: BinaryIO, where: Sections, limits: Limits) -> PSDImage:
    """By psd-tools; in parts where it refuses, or where a length was wrong."""
    notes = Notes()
    reason, position = None, 0
    if where.are_stated:
        try:
            document = open_lazily(path, file)
            if layers_add_up(file, where):
                return document
        except (ParseLimitError, MemoryError):
            raise
        except Exception as error:  # on damaged files psd-tools raises anything
            reason, position = error, file.tell()

    with Parsing().of_psd_tools():
        stored = StoredFile(path)
        document = read_in_parts(file, stored, where, notes, limits.max_layers)
    if where.layers == where.layers_end and not where.are_stated:
        notes.document.append("It has no section of layers, as of Photoshop 2.5")
    elif not where.are_stated:
        notes.document.insert(0, "The lengths of the document's sections are wrong")
    elif not notes.damaged:
        told = describe(reason) if reason else "the lengths of its layers are wrong"
        notes.document.append(f"The document is damaged: {told}")
    if reason and not len(document) and not _shows_itself(document, file, where):
        raise _unreadable(reason, position)
    keep_notes(document, notes)
    return document


def _shows_itself(document: PSDImage, file: BinaryIO, where: Sections) -> bool:
    """Whether there is a merged image, by what it takes and by what the writer says."""
    info = document.image_resources.get_data(Resource.VERSION_INFO)
    return holds_image(file, where.merged) and (info is None or info.has_composite)


def _unreadable(error: Exception, position: int) -> InvalidDocument:
    return InvalidDocument(
        "psd.damaged",
        "The document is damaged and cannot be read. Open it in Photoshop "
        f"and save it again. Reason: {describe(error)}.",
        f"byte {position}",
    )


def refuse_too_complex(document: PSDImage) -> None:
    """Raises InvalidDocument where what was asked for of it so far is too deep, or too
    much: that shows when it is parsed, which is later than the document is opened."""
    parsing = parsing_of(document)
    if parsing is not None and parsing.budget.error is not None:
        raise _too_complex(parsing.budget.error)


def _too_complex(error: ParseLimitError, where: str | None = None) -> InvalidDocument:
    text = f"The document is too complex to read: {error}. Split it."
    return InvalidDocument("psd.too_large", text, where)


def _name_modes_of_nested(document: PSDImage) -> None:
    """Of groups deeper than five Photoshop keeps kind and blend mode in a block of
    another name. psd-tools takes the kind from there, and the mode from the usual one.
    """
    usual, nested = Tag.SECTION_DIVIDER_SETTING, Tag.NESTED_SECTION_DIVIDER_SETTING
    for layer in document.descendants():
        if isinstance(layer, Group) and nested in layer.tagged_blocks:
            setting = layer.tagged_blocks.get_data(nested)
            layer.tagged_blocks[usual] = TaggedBlock(key=usual, data=setting)


def _clip_groups_of_others(document: PSDImage) -> None:
    """Photoshop clips no group, whatever its record says; programs that let a painter
    do so write it there, and their merged images show it."""
    info = document.image_resources.get_data(Resource.VERSION_INFO)
    if info is None or not info.writer.startswith("Adobe"):
        document.compatibility_mode = CompatibilityMode.CLIP_STUDIO_PAINT


_LOGGER = logging.getLogger("psd_tools")
_LOGGER.addHandler(logging.NullHandler())  # or Python has one of its own, which prints


@contextmanager
def quiet() -> Iterator[None]:
    """psd-tools' logs and warnings off, but a channel that it cannot decode raises.

    Otherwise psd-tools would put black in its place. What it logs ends at its own logger:
    a level of that would have every logger forget what it has looked up.
    """
    passes_on = _LOGGER.propagate
    _LOGGER.propagate = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", PSDDecompressionWarning)
            yield
    finally:
        _LOGGER.propagate = passes_on


def describe(error: BaseException) -> str:
    """The error in one line, its type included where the text alone says little."""
    if isinstance(error, MemoryError):
        return "they need more memory than a document may have"
    first = error.args[0] if error.args else ""
    text = " ".join(str(first).split()).rstrip(".")[:200]
    return text if " " in text else f"{type(error).__name__} {text}".strip()


def _checked(file: BinaryIO, limits: Limits) -> Sections:
    size = os.fstat(file.fileno()).st_size
    if not size:
        raise InvalidDocument("psd.empty", "The file is empty. Upload it again.")
    head = file.read(HEADER.size)
    if head[:4] != b"8BPS"[: len(head)]:
        raise InvalidDocument(
            "psd.not_a_psd",
            "Not a Photoshop document: the file does not begin with 8BPS. "
            "Send a PSD or PSB.",
            "byte 0",
        )
    if len(head) < HEADER.size:
        raise _truncated("the header", size, HEADER.size)
    version = _check_header(head, limits)
    try:
        where = sections(file)
    except EOFError as error:
        found = found_sections(file)
        if found is None:
            name, needed = error.args
            raise _truncated(name, size, needed) from None
        where = found
    if where.are_stated and not is_whole(file, where.merged):
        found = found_sections(file)
        if found is not None and found.merged != where.merged:
            where = found
    _check_layer_count(file, version, where, limits)
    return where


def _check_header(head: bytes, limits: Limits) -> int:
    _, version, channels, height, width, depth, mode = HEADER.unpack(head)
    if version not in _SIDE:
        raise _damaged(f"its version is {version}, not 1 or 2", "byte 4")
    side = min(_SIDE[version], limits.max_side)
    if max(width, height) > side:
        raise InvalidDocument(
            "psd.too_large",
            f"The canvas is {width} x {height} pixels; a {_FORMAT[version]} may have "
            f"{side} on a side. Make it smaller.",
            "byte 14",
        )
    if not width or not height:
        raise _damaged(f"its canvas is {width} x {height} pixels", "byte 14")
    if not 1 <= channels <= _MOST_CHANNELS:
        raise _damaged(f"it has {channels} channels", "byte 12")
    if depth not in _DEPTHS:
        raise _damaged(f"it has {depth} bits per channel", "byte 22")
    if mode not in _COLOR_MODES:
        raise _damaged(f"its colour mode {mode} does not exist", "byte 24")
    checked: int = version
    return checked


def _check_layer_count(
    file: BinaryIO, version: int, where: Sections, limits: Limits
) -> None:
    """The count stands before the layers, so it can be refused before parsing.

    Documents of 16 and 32 bits keep their layers elsewhere: theirs is checked later.
    """
    width = 4 if version == 1 else 8
    file.seek(where.layers)
    head = file.read(min(width + 2, where.layers_end - where.layers))
    if len(head) < width + 2 or int.from_bytes(head[:width]) < 2:
        return
    count = abs(int.from_bytes(head[width:], signed=True))
    if count > limits.max_layers:
        raise too_many_layers(count, limits)


def too_many_layers(count: int, limits: Limits) -> InvalidDocument:
    """The error for a document of more layers than are allowed."""
    return InvalidDocument(
        "psd.too_large",
        f"The document has {count} layers; {limits.max_layers} are allowed. Merge some.",
        "the layers",
    )


def _truncated(section: str, size: int, needed: int) -> InvalidDocument:
    return InvalidDocument(
        "psd.truncated",
        f"The file ends too early: it has {size} bytes, and needs {needed} for "
        f"{section}. Upload it again.",
        f"byte {size}",
    )


def _damaged(what: str, where: str) -> InvalidDocument:
    return InvalidDocument(
        "psd.damaged", f"The header of the document is wrong: {what}.", where
    )
