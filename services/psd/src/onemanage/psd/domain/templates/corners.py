"""Where a picture goes: the corners of a smart object, or the box of a pixel layer."""

import math
from dataclasses import dataclass, replace
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from psd_tools.constants import Tag
from psd_tools.psd.descriptor import Descriptor, List, ObjectArray, UnitFloats

from onemanage.psd.domain.boxes import is_empty
from onemanage.psd.domain.details.reading import code, number
from onemanage.psd.domain.layers import Node
from onemanage.psd.domain.templates.subject import Subject

type Points = NDArray[np.float64]

_FLAT = 0.5
"""Pixels of the content that a mesh may deviate from a plain quad."""
_LEAST_AREA = 0.25
"""Square pixels."""
_SHOWN = 5
"""Smart filters that a warning names."""


@dataclass(frozen=True)
class Corners:
    """``quad``: (4, 2) on the canvas, clockwise from the content's left top corner."""

    quad: Points
    width: float
    """Of the content, in its own pixels."""
    height: float
    warnings: tuple[str, ...] = ()
    """What of it is not followed, as sentences without their beginning and end."""

    @property
    def matrix(self) -> NDArray[np.float64]:
        """From the content's pixels to the canvas, (3, 3)."""
        return _homography(_rectangle(0, 0, self.width, self.height), self.quad)


def corners_of(subject: Subject, node: Node) -> Corners | None:
    """None where the layer holds no pictures, or is nowhere."""
    if node.kind == "smartobject":
        found = _of_smart_object(subject, node)
        if found is not None:
            return found
    if node.kind not in ("smartobject", "pixel") or is_empty(node.stored_box):
        return None
    left, top, right, bottom = node.stored_box
    quad = _rectangle(left, top, right, bottom)
    return Corners(quad, float(right - left), float(bottom - top))


def _of_smart_object(subject: Subject, node: Node) -> Corners | None:
    found = subject.smart_object(node)
    data = _data(node)
    quad = _quad(data.get(b"nonAffineTransform")) if data is not None else None
    if quad is None and found is not None and len(found.transform) == 8:
        quad = _checked(np.array(found.transform, np.float64).reshape(4, 2))
    if quad is None:
        return None
    width = (found.width if found else None) or _side(quad, 0, 1, 3, 2)
    height = (found.height if found else None) or _side(quad, 0, 3, 1, 2)
    if not (width > 0 and height > 0):
        return None
    corners = Corners(quad, float(width), float(height))
    if found is not None and found.warped and data is not None:
        corners = _by_mesh(corners, data.get(b"warp"))
    if found is not None and found.filters:
        listed = ", ".join(found.filters[:_SHOWN])
        text = f"has smart filters ({listed}): its picture is shown without them"
        corners = replace(corners, warnings=(*corners.warnings, text))
    return corners


def _data(node: Node) -> Descriptor | None:
    for tag in (Tag.SMART_OBJECT_LAYER_DATA1, Tag.SMART_OBJECT_LAYER_DATA2):
        data = getattr(node.layer.tagged_blocks.get_data(tag), "data", None)
        if isinstance(data, Descriptor):
            return data
    return None


def _by_mesh(corners: Corners, warp: Any) -> Corners:
    """Its mesh where that is a plain quad; else the corners without it, and a warning."""
    points = _mesh_corners(warp)
    if points is None:
        return Corners(
            corners.quad,
            corners.width,
            corners.height,
            ("is warped in a way that is not supported: its picture is placed flat",),
        )
    bent = cv2.perspectiveTransform(points[None], corners.matrix)[0]
    quad = _checked(cast(Points, bent))
    return corners if quad is None else Corners(quad, corners.width, corners.height)


def _mesh_corners(warp: Any) -> Points | None:
    """Of a mesh of 4 x 4 points that lie as on a plain quad, in the content's pixels."""
    if (
        not isinstance(warp, Descriptor)
        or code(warp.get(b"warpStyle")) != b"warpCustom"
    ):
        return None
    mesh = warp.get(b"customEnvelopeWarp")
    points = mesh.get(b"meshPoints") if isinstance(mesh, Descriptor) else None
    if not isinstance(points, ObjectArray):
        return None
    across, down = points.get(b"Hrzn"), points.get(b"Vrtc")
    if not isinstance(across, UnitFloats) or not isinstance(down, UnitFloats):
        return None
    if len(across) != 16 or len(down) != 16:
        return None
    grid = np.array([[number(x), number(y)] for x, y in zip(across, down, strict=True)])
    grid = grid.reshape(4, 4, 2)
    share = np.linspace(0, 1, 4)
    top = grid[0, 0] + share[:, None] * (grid[0, 3] - grid[0, 0])
    bottom = grid[3, 0] + share[:, None] * (grid[3, 3] - grid[3, 0])
    plain = top[None] + share[:, None, None] * (bottom - top)[None]
    if np.abs(plain - grid).max() > _FLAT:
        return None
    return np.array([grid[0, 0], grid[0, 3], grid[3, 3], grid[3, 0]], np.float64)


def _quad(stored: Any) -> Points | None:
    if not isinstance(stored, List) or len(stored) != 8:
        return None
    found = np.array([number(x, math.nan) for x in stored], np.float64).reshape(4, 2)
    return _checked(found)


def _checked(quad: Points) -> Points | None:
    """None of what encloses nothing, or crosses itself."""
    if not np.isfinite(quad).all() or np.abs(quad).max() > 1e6:
        return None
    turns = []
    for place in range(4):
        one = quad[(place + 1) % 4] - quad[place]
        other = quad[(place + 2) % 4] - quad[(place + 1) % 4]
        turns.append(float(one[0] * other[1] - one[1] * other[0]))
    is_convex = all(x > 0 for x in turns) or all(x < 0 for x in turns)
    return quad if is_convex and min(map(abs, turns)) > _LEAST_AREA else None


def _rectangle(left: float, top: float, right: float, bottom: float) -> Points:
    return np.array(
        [[left, top], [right, top], [right, bottom], [left, bottom]], np.float64
    )


def _side(quad: Points, a: int, b: int, c: int, d: int) -> float:
    """The mean length of two opposite sides."""
    lengths = np.linalg.norm(quad[b] - quad[a]), np.linalg.norm(quad[d] - quad[c])
    return float(sum(lengths)) / 2


def _homography(source: Points, target: Points) -> NDArray[np.float64]:
    found = cv2.getPerspectiveTransform(
        source.astype(np.float32), target.astype(np.float32)
    )
    return cast(NDArray[np.float64], found)
