"""What a task has used, by its result: rows imported and pixels worked."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from onemanage.contracts.base import CompletedEvent, Event
from onemanage.contracts.imaging.images import (
    GENERATE_BACKGROUND,
    TRANSFORM,
    BackgroundImage,
    StoredImage,
    Transformation,
)
from onemanage.contracts.imports.imports import IMPORT, Import
from onemanage.contracts.previews.tiles import TILE, TilePyramid
from onemanage.contracts.psd.diffs import COMPARE, DocumentDiff
from onemanage.contracts.psd.documents import PARSE_EXPORT, Document
from onemanage.contracts.psd.merges import MERGE_ROWS, MergedRows
from onemanage.contracts.psd.renditions import RENDER, Rendition
from onemanage.contracts.registry import subject_of, task_name_of

ROWS, PIXELS = "rows", "pixels"


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """Of one run of a task."""

    rows: int = 0
    pixels: int = 0


NOTHING = Used()


def used_by(event: Event) -> Used:
    """Nothing but by a task that has completed and is asked for by users."""
    if not isinstance(event, CompletedEvent):
        return NOTHING
    meter = _METERS.get(task_name_of(subject_of(event)))
    return NOTHING if meter is None else meter(event.result)


def kinds_of(task: str) -> frozenset[str]:
    """What it uses: ROWS, PIXELS or neither."""
    return _KINDS.get(task, frozenset())


def _imported(result: Import) -> Used:
    return Used(rows=result.loaded)


def _document(result: Document) -> Used:
    return Used(pixels=result.width * result.height)


def _rendition(result: Rendition) -> Used:
    return Used(pixels=result.pixels)


def _merged(result: MergedRows) -> Used:
    return Used(pixels=result.pixels)


def _diff(result: DocumentDiff) -> Used:
    found = result.heat_map
    return NOTHING if found is None else Used(pixels=found.width * found.height)


def _transformation(result: Transformation) -> Used:
    """What had been made before was not made again."""
    return NOTHING if result.reused_from else _images(result.variants)


def _background(result: BackgroundImage) -> Used:
    return _images(result.images)


def _tiles(result: TilePyramid) -> Used:
    return Used(pixels=result.width * result.height)


def _images(images: Iterable[StoredImage]) -> Used:
    return Used(pixels=sum(each.width * each.height * each.frames for each in images))


_METERS: dict[str, Callable[[Any], Used]] = {
    IMPORT.name: _imported,
    PARSE_EXPORT.name: _document,
    RENDER.name: _rendition,
    COMPARE.name: _diff,
    MERGE_ROWS.name: _merged,
    TRANSFORM.name: _transformation,
    GENERATE_BACKGROUND.name: _background,
    TILE.name: _tiles,
}
_KINDS = {
    name: frozenset({ROWS if name == IMPORT.name else PIXELS}) for name in _METERS
}
