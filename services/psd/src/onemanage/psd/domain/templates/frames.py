"""Pictures in the frames of their layers, in the document's own colours."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path

import cv2
import numpy as np

from onemanage.contracts.psd.templates import Slot
from onemanage.psd.domain.boxes import Box, grow
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.layers import Node
from onemanage.psd.domain.render import effects
from onemanage.psd.domain.render.canvas import Canvas
from onemanage.psd.domain.templates.corners import Corners, corners_of
from onemanage.psd.domain.templates.own_colors import FromSrgb
from onemanage.psd.domain.templates.pictures import picture
from onemanage.psd.domain.templates.placing import placed
from onemanage.psd.domain.templates.subject import Subject

_KEPT = 64 << 20
"""Bytes of placed pictures that are kept, for rows that show them again."""


class Frames:
    """Of one document."""

    def __init__(self, subject: Subject, from_srgb: FromSrgb) -> None:
        self._subject, self._from_srgb = subject, from_srgb
        self._corners: dict[int, Corners | None] = {}
        self._kept = _Kept()

    def file(
        self, path: Path, slot: Slot, node: Node, warnings: list[str]
    ) -> Canvas | None:
        """None where nothing of it lies on the canvas. Raises UnreadablePicture."""
        corners = self._of(node, warnings)
        if corners is None:
            return None

        def made() -> Canvas | None:
            quad = corners.quad
            size = np.ceil(quad.max(axis=0) - quad.min(axis=0)).astype(int)
            wanted = max(1, int(size[0])), max(1, int(size[1]))
            found = picture(path, self._subject.limits, wanted)
            return self._placed(found, slot, node, corners)

        return self._kept.get(self.source(path, slot, node), made)

    def source(self, path: Path, slot: Slot, node: Node) -> Hashable:
        """What ``file`` comes from: the same gives the same."""
        stat = path.stat()
        return path, stat.st_mtime_ns, stat.st_size, slot.rules, node.layer_id

    def pixels(
        self, rgba: Pixels, slot: Slot, node: Node, warnings: list[str]
    ) -> Canvas | None:
        """What the layer's own document shows, (height, width, 4)."""
        corners = self._of(node, warnings)
        if corners is None:
            return None
        whole = Corners(corners.quad, rgba.shape[1], rgba.shape[0])
        return self._placed(rgba, slot, node, whole, fit="conform")

    def _of(self, node: Node, warnings: list[str]) -> Corners | None:
        if node.layer_id not in self._corners:
            self._corners[node.layer_id] = corners_of(self._subject, node)
        found = self._corners[node.layer_id]
        name = f"Layer {self._subject.name(node)!r}"
        if found is None:
            warnings.append(f"{name} is nowhere on the canvas: it shows no picture.")
        else:
            warnings += [f"{name} {one}." for one in found.warnings]
        return found

    def _placed(
        self,
        rgba: Pixels,
        slot: Slot,
        node: Node,
        corners: Corners,
        fit: str | None = None,
    ) -> Canvas | None:
        document = self._subject.document
        canvas: Box = (0, 0, document.width, document.height)
        found = placed(
            rgba,
            corners,
            fit=fit or slot.rules.fit or "fill",
            align=slot.rules.align,
            clip=slot.rules.clip,
            within=grow(canvas, effects.margin(node.layer)),
        )
        if found is None:
            return None
        alpha = np.asarray(cv2.extractChannel(found.rgba, 3), np.uint8)
        return Canvas(found.box, self._from_srgb(found.rgba), alpha)


class _Kept:
    """Those used last."""

    def __init__(self) -> None:
        self._size = 0
        self._found: OrderedDict[object, Canvas | None] = OrderedDict()

    def get(self, key: object, make: Callable[[], Canvas | None]) -> Canvas | None:
        if key in self._found:
            self._found.move_to_end(key)
            return self._found[key]
        made = self._found[key] = make()
        self._size += _bytes(made)
        while self._size > _KEPT and self._found:
            _, old = self._found.popitem(last=False)
            self._size -= _bytes(old)
        return made


def _bytes(canvas: Canvas | None) -> int:
    return 0 if canvas is None else canvas.color.nbytes + canvas.alpha.nbytes
