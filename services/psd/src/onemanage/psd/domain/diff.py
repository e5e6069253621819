"""Two versions of a document: which layers changed and how, and where pixels differ."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.psd.domain.boxes import Box
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.comparison import LayerChange

_STRIP = 1 << 20
"""Pixels compared at a time."""
_TOLERANCE = 2
"""Differences up to this, of 255, are rounding."""
_MAX_BLOCKS = 1 << 22
"""Into so many blocks an image is divided to find the regions."""
_MAX_REGIONS = 1_000
"""More are joined with their neighbours before they are merged."""
_REACH = 8
"""Pixels; changes nearer than twice as many are one region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A layer in one of the two versions."""

    layer_id: int
    path: tuple[str, ...]
    """Names of the groups around it, the outermost first, and its own."""
    kind: str
    box: Box
    parent_id: int | None = None
    """``layer_id`` of its group; paths may repeat, this does not."""
    blend_mode: str = "normal"
    opacity: float = 1.0
    visible: bool = True
    text: str | None = None
    details: str = ""
    """``details.details_digest`` of what else it holds."""
    pixels: str | None = None
    """SHA-256 of its pixels, None without any."""
    psd_id: int | None = None
    """Photoshop's own id (lyid)."""


def diff_layers(before: Sequence[Side], after: Sequence[Side]) -> list[LayerChange]:
    """What differs, in the order of the newer version; what was removed comes last.

    Both are in the order of ``layers.tree``. Layers are matched by Photoshop's id and
    kind, then by path, then by pixels, then by name; where several could be meant,
    equal pixels and then the order decide. Takes O(n log n).
    """
    pairs = _matched(before, after)
    moved = _reordered(before, after, pairs)
    parents = {before[old].layer_id: after[new].layer_id for new, old in pairs.items()}
    found = []
    for index, side in enumerate(after):
        if index not in pairs:
            found.append(_added(side))
            continue
        older = before[pairs[index]]
        changes = _changes(older, side, parents, index in moved)
        if changes:
            found.append(_changed(older, side, changes))
    kept = set(pairs.values())
    removed = (side for index, side in enumerate(before) if index not in kept)
    return found + [_removed(side) for side in removed]


type _Key = Callable[[Side], Hashable | None]


def _keys() -> Iterator[tuple[_Key, bool]]:
    """What layers are matched by, the surest first, and whether it must be unique.

    What is equal in all else goes before an id of another name: some writers count
    their ids anew each time.
    """
    yield lambda x: x.psd_id and (x.psd_id, x.kind, x.path[-1:]), True
    yield lambda x: (x.path, x.kind, x.pixels, x.text, x.box), False
    yield lambda x: x.psd_id and (x.psd_id, x.kind), True
    yield lambda x: (x.path, x.kind, x.pixels) if x.pixels else None, False
    yield lambda x: (x.path, x.kind), False
    yield lambda x: (x.path[-1:], x.kind, x.pixels) if x.pixels else None, False
    yield lambda x: (x.pixels, x.kind) if x.pixels else None, False
    yield lambda x: (x.path[-1:], x.kind), False
    yield lambda x: x.path, True


def _matched(before: Sequence[Side], after: Sequence[Side]) -> dict[int, int]:
    """Index in ``after`` to index in ``before``."""
    pairs: dict[int, int] = {}
    left = list(range(len(before)))
    right = list(range(len(after)))
    for key, is_unique in _keys():
        olds, news = _grouped(before, left, key), _grouped(after, right, key)
        for value, indices in news.items():
            candidates = olds.get(value, [])
            if is_unique and (len(indices) > 1 or len(candidates) > 1):
                continue
            pairs |= dict(zip(indices, candidates, strict=False))
        taken = set(pairs.values())
        left = [index for index in left if index not in taken]
        right = [index for index in right if index not in pairs]
    return pairs


def _grouped(
    sides: Sequence[Side], indices: Iterable[int], key: _Key
) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for index in indices:
        value = key(sides[index])
        if value is not None:
            groups[value].append(index)
    return groups


def _reordered(
    before: Sequence[Side], after: Sequence[Side], pairs: Mapping[int, int]
) -> set[int]:
    """The fewest layers that must move for their groups to have the newer order.

    Those that are not in the longest increasing run of older positions.
    """
    siblings: dict[tuple[int | None, int | None], list[int]] = defaultdict(list)
    for new, old in sorted(pairs.items()):
        siblings[before[old].parent_id, after[new].parent_id].append(new)
    moved = set()
    for news in siblings.values():
        kept = _longest_rise([pairs[new] for new in news])
        moved |= {new for place, new in enumerate(news) if place not in kept}
    return moved


def _longest_rise(values: Sequence[int]) -> set[int]:
    """Places of a longest increasing subsequence, by patience sorting."""
    ends: list[int] = []
    places: list[int] = []
    previous: list[int] = []
    for place, value in enumerate(values):
        pile = bisect_left(ends, value)
        previous.append(places[pile - 1] if pile else -1)
        ends[pile : pile + 1] = [value]
        places[pile : pile + 1] = [place]
    kept = set()
    place = places[-1] if places else -1
    while place >= 0:
        kept.add(place)
        place = previous[place]
    return kept


def _changes(
    old: Side, new: Side, parents: Mapping[int, int], is_reordered: bool
) -> tuple[str, ...]:
    has_box = new.kind != "group"  # a group's box follows from its layers
    group = None if old.parent_id is None else parents.get(old.parent_id, -1)
    asked = {
        "pixels": old.pixels != new.pixels,
        "moved": has_box and old.box[:2] != new.box[:2],
        "resized": has_box and _size(old.box) != _size(new.box),
        "reordered": is_reordered,
        "renamed": old.path[-1:] != new.path[-1:],
        "group": group != new.parent_id,
        "kind": old.kind != new.kind,
        "text": old.text != new.text,
        "style": old.details != new.details,
        "opacity": old.opacity != new.opacity,
        "blend_mode": old.blend_mode != new.blend_mode,
        "visibility": old.visible != new.visible,
    }
    return tuple(change for change, is_so in asked.items() if is_so)


def _changed(old: Side, new: Side, changes: tuple[str, ...]) -> LayerChange:
    is_moved = "moved" in changes
    return LayerChange(
        kind="changed",
        before=old.layer_id,
        after=new.layer_id,
        name=new.path[-1] if new.path else "",
        changes=changes,
        dx=new.box[0] - old.box[0] if is_moved else 0,
        dy=new.box[1] - old.box[1] if is_moved else 0,
        box_before=old.box,
        box_after=new.box,
    )


def _added(side: Side) -> LayerChange:
    name = side.path[-1] if side.path else ""
    return LayerChange(
        kind="added", before=None, after=side.layer_id, name=name, box_after=side.box
    )


def _removed(side: Side) -> LayerChange:
    name = side.path[-1] if side.path else ""
    return LayerChange(
        kind="removed", before=side.layer_id, after=None, name=name, box_before=side.box
    )


def _size(box: Box) -> tuple[int, int]:
    left, top, right, bottom = box
    return right - left, bottom - top


def heat_map(
    before: Pixels,
    after: Pixels,
    offset: tuple[int, int] = (0, 0),
    max_boxes: int = 200,
) -> tuple[Pixels, list[Box], float]:
    """Where two sRGB images differ.

    Both have shape (height, width, channels), gray or RGB, with or without straight
    alpha; ``offset`` is where the top left of ``after`` stands in ``before``. Gives an
    RGB image of both together, a faded gray ``after`` under colours from calm (blue) to
    hot (red); the boxes of changed regions in it, the largest first; and the share of
    its pixels that changed. A difference is the largest of any channel, premultiplied.
    Beside the images it takes four bytes a pixel.
    """
    dx, dy = offset
    olds, news = (max(0, -dx), max(0, -dy)), (max(0, dx), max(0, dy))
    width = max(olds[0] + before.shape[1], news[0] + after.shape[1])
    height = max(olds[1] + before.shape[0], news[1] + after.shape[0])
    if not width or not height:
        return np.zeros((height, width, 3), np.uint8), [], 0.0
    difference = np.empty((height, width), np.uint8)
    image = np.empty((height, width, 3), np.uint8)
    colors, weights = _palette()
    for top in range(0, height, step := max(1, _STRIP // width)):
        rows = slice(top, min(height, top + step))
        old = _premultiplied(before, olds, rows, width)
        new = _premultiplied(after, news, rows, width)
        heat = cv2.absdiff(old, new).max(axis=2)
        luma = new[:, :, :3] @ np.array([0.299, 0.587, 0.114], np.float32)
        faded = 165 + (luma + 255 - new[:, :, 3]) * np.float32(0.3)
        weight = weights[heat][:, :, None]
        mixed = faded[:, :, None] * (1 - weight) + colors[heat] * weight
        image[rows] = np.clip(mixed + 0.5, 0, 255)
        difference[rows] = heat
    changed = int(np.count_nonzero(difference > _TOLERANCE))
    boxes = _regions(difference) if changed else []
    return image, boxes[:max_boxes], changed / difference.size


def _premultiplied(
    image: Pixels, place: tuple[int, int], rows: slice, width: int
) -> Pixels:
    """Rows of the whole as RGBA, transparent where the image does not reach."""
    left, top = place
    out = np.zeros((rows.stop - rows.start, width, 4), np.uint8)
    first, last = max(rows.start, top), min(rows.stop, top + image.shape[0])
    if first >= last or not image.shape[1]:
        return out
    part = image[first - top : last - top]
    count = part.shape[2] - (part.shape[2] in (2, 4))
    inner = out[first - rows.start : last - rows.start, left : left + part.shape[1]]
    inner[:, :, :3] = part[:, :, :count]
    inner[:, :, 3] = 255
    if count < part.shape[2]:
        alpha = part[:, :, count:].astype(np.uint16)
        inner[:, :, :3] = (part[:, :, :count] * alpha + 127) // 255
        inner[:, :, 3] = part[:, :, count]
    return out


def _palette() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """For each difference its colour, and how much of it covers the image."""
    levels = np.arange(256)
    stops = (0, 96, 160, 255)
    reds, greens, blues = (50, 90, 255, 215), (110, 200, 190, 20), (220, 120, 0, 20)
    channels = [np.interp(levels, stops, x) for x in (reds, greens, blues)]
    weights = np.where(levels > _TOLERANCE, np.interp(levels, (0, 255), (0.55, 1)), 0)
    return np.stack(channels, axis=1).astype(np.float32), weights.astype(np.float32)


def _regions(difference: Pixels) -> list[Box]:
    """Boxes that do not overlap, by area from the largest."""
    height, width = difference.shape
    side = max(1, int(np.ceil(np.sqrt(height * width / _MAX_BLOCKS))))
    across, down = (np.arange(0, x, side) for x in (width, height))
    blocks = np.empty((len(down), len(across)), np.uint8)
    for row, top in enumerate(down):
        strip = difference[top : top + side].max(axis=0)
        blocks[row] = np.maximum.reduceat(strip, across) > _TOLERANCE
    reach = max(1, _REACH // side)
    while True:
        kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
        grown = cv2.dilate(blocks, kernel)
        count, _, stats, _ = cv2.connectedComponentsWithStats(grown)
        if count - 1 <= _MAX_REGIONS:
            break
        reach *= 2
    boxes = [
        (x * side, y * side, (x + w) * side, (y + h) * side)
        for x, y, w, h, _ in stats[1:].tolist()
    ]
    tight = [_tight(difference, box) for box in _disjoint(boxes)]
    return sorted(tight, key=lambda box: (-_size(box)[0] * _size(box)[1], box))


def _disjoint(boxes: list[Box]) -> list[Box]:
    """Boxes that overlap become one, until none do."""
    kept: list[Box] = []
    for box in boxes:
        while hit := next((x for x in kept if _overlap(x, box)), None):
            kept.remove(hit)
            box = (
                min(box[0], hit[0]),
                min(box[1], hit[1]),
                max(box[2], hit[2]),
                max(box[3], hit[3]),
            )
        kept.append(box)
    return kept


def _overlap(one: Box, other: Box) -> bool:
    return (
        one[0] < other[2]
        and other[0] < one[2]
        and one[1] < other[3]
        and other[1] < one[3]
    )


def _tight(difference: Pixels, box: Box) -> Box:
    """The box of what changed within this one."""
    left, top, right, bottom = box
    changed = difference[top:bottom, left:right] > _TOLERANCE
    rows, columns = (np.flatnonzero(changed.any(axis=x)) for x in (1, 0))
    return (
        left + int(columns[0]),
        top + int(rows[0]),
        left + int(columns[-1]) + 1,
        top + int(rows[-1]) + 1,
    )
