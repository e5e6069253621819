"""A subject put before another background.

Everything is mixed in sRGB, not in linear light: alpha was found by how colours mix in
the picture as it is stored, so only the same mixing gives hair and glass back as they
were. Gradients and blurs, which are light, are made in linear light.
"""

import cv2
import numpy as np

from onemanage.contracts.imaging.backgrounds import BackgroundSpec
from onemanage.imaging.domain.arrays import Pixels, Values
from onemanage.imaging.domain.background.decontaminate import own_colors
from onemanage.imaging.domain.background.fills import filled, plain
from onemanage.imaging.domain.background.ground import contact_shadow, reflection
from onemanage.imaging.domain.background.place import Layout, bounds, layout

FAINT = 0.04
"""Alpha below which a pixel does not count as part of the subject's box."""


def generate_background(
    image: Pixels, alpha: Values, spec: BackgroundSpec, picture: Pixels | None = None
) -> Pixels:
    """The subject of ``image`` (H x W x 3 or x 4) before the background of ``spec``.

    ``alpha`` is what ``remove_background`` found; ``picture`` that of a Picture fill,
    else MissingPicture is raised. H x W x 4 where the fill is transparent, x 3
    otherwise; of the size that the placement asks for.
    """
    own = spec.decontaminate
    colors = own_colors(image, alpha) if own else np.array(image[..., :3])
    size = (alpha.shape[1], alpha.shape[0])
    subject = bounds(alpha > FAINT)
    place = layout(subject, size, spec.placement)
    behind = filled(spec.fill, (place.width, place.height), image, alpha, picture)
    colors, cover = _placed(colors, alpha, subject, place)
    canvas = Canvas(place, behind)
    solid = bounds(cover > 0.5)  # what is fainter does not stand on the ground
    if spec.reflection:
        canvas.lay(*reflection(colors, cover, solid, spec.reflection))
    if spec.shadow:
        shade = contact_shadow(cover, solid, spec.shadow)
        canvas.lay(plain(spec.shadow.color, (place.width, place.height)), shade)
    canvas.lay(colors, cover)
    return canvas.pixels()


class Canvas:
    """Layers over each other; opaque where there is a background."""

    def __init__(self, place: Layout, behind: Pixels | None) -> None:
        self._opaque = behind is not None
        self._shape = (place.height, place.width)
        self._colors = behind
        self._alpha: Values | None = None

    def lay(self, colors: Pixels, alpha: Values) -> None:
        """Over what is there: H x W x 3 of sRGB, and H x W of cover, 0 to 1.

        Porter and Duff, "Compositing digital images", SIGGRAPH 1984: what is there
        counts as far as it covers and is not covered; the colour is the mean of both.
        """
        alpha = np.ascontiguousarray(alpha, np.float32)
        if self._colors is None:
            self._colors, self._alpha = colors, alpha
            return
        rest = 1 - alpha if self._alpha is None else self._alpha * (1 - alpha)
        mixed = cv2.blendLinear(colors, self._colors, alpha, rest)
        self._colors = np.asarray(mixed, np.uint8)
        if not self._opaque:
            self._alpha = alpha + rest

    def pixels(self) -> Pixels:
        """(height, width, 3 or 4) bytes of sRGB, alpha not multiplied in."""
        if self._opaque or self._colors is None or self._alpha is None:
            assert self._colors is not None
            return self._colors
        levels = np.round(self._alpha * 255).astype(np.uint8)
        shown = cv2.bitwise_and(self._colors, self._colors, mask=levels)
        return np.asarray(cv2.merge([*cv2.split(shown), levels]), np.uint8)


def _placed(
    colors: Pixels, alpha: Values, subject: tuple[int, int, int, int], place: Layout
) -> tuple[Pixels, Values]:
    """Colours and alpha moved and scaled to where the layout has them."""
    if place.box == subject and alpha.shape == (place.height, place.width):
        return colors, alpha
    left, top, width, height = subject
    rows, columns = slice(top, top + height), slice(left, left + width)
    cover = np.asarray(alpha[rows, columns], np.float32)
    own = np.asarray(colors[rows, columns], np.float32) * cover[..., None]
    x, y, wide, high = place.box
    how = cv2.INTER_AREA if wide < width else cv2.INTER_CUBIC
    cut = cv2.resize(np.dstack([own, cover]), (wide, high), interpolation=how)
    cut = np.asarray(cut, np.float32).reshape(high, wide, 4)
    cover = np.clip(cut[..., 3], 0, 1)
    own = np.clip(cut[..., :3] / np.maximum(cover, 1e-4)[..., None], 0, 255)
    moved = np.zeros((place.height, place.width, 3), np.uint8)
    moved[y : y + high, x : x + wide] = np.round(own).astype(np.uint8)
    over = np.zeros((place.height, place.width), np.float32)
    over[y : y + high, x : x + wide] = cover
    return moved, over
