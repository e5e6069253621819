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
from onemanage.imaging.domain.background.fills import filled, rgb
from onemanage.imaging.domain.background.ground import contact_shadow, reflection
from onemanage.imaging.domain.background.place import Layout, layout
from onemanage.imaging.domain.background.remove import bounds

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
    if spec.decontaminate:
        colors = own_colors(image, alpha)
    else:
        colors = np.asarray(image[..., :3], np.float32) / 255
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
        canvas.lay(np.broadcast_to(rgb(spec.shadow.color), colors.shape), shade)
    canvas.lay(colors, cover)
    return canvas.pixels()


class Canvas:
    """Layers over each other, premultiplied; opaque where there is a background."""

    def __init__(self, place: Layout, behind: Values | None) -> None:
        self._opaque = behind is not None
        shape = (place.height, place.width)
        self._colors = np.zeros((*shape, 3), np.float32) if behind is None else behind
        self._alpha: Values = np.zeros(shape, np.float32)

    def lay(self, colors: Values, alpha: Values) -> None:
        """Over what is there: H x W x 3 of sRGB, and H x W of cover, 0 to 1."""
        over = alpha[..., None]
        self._colors = colors * over + self._colors * (1 - over)
        if not self._opaque:
            self._alpha = alpha + self._alpha * (1 - alpha)

    def pixels(self) -> Pixels:
        """(height, width, 3 or 4) bytes of sRGB, alpha not multiplied in."""
        if self._opaque:
            return _bytes(self._colors)
        colors = self._colors / np.maximum(self._alpha, 1e-4)[..., None]
        return _bytes(np.dstack([colors, self._alpha]))


def _placed(
    colors: Values, alpha: Values, subject: tuple[int, int, int, int], place: Layout
) -> tuple[Values, Values]:
    """Colours and alpha moved and scaled to where the layout has them."""
    if place.box == subject and alpha.shape == (place.height, place.width):
        return colors, alpha
    left, top, width, height = subject
    rows, columns = slice(top, top + height), slice(left, left + width)
    cut = np.dstack([colors[rows, columns], alpha[rows, columns]])
    cut[..., :3] *= cut[..., 3:]
    x, y, wide, high = place.box
    how = cv2.INTER_AREA if wide < width else cv2.INTER_CUBIC
    scaled = np.clip(cv2.resize(cut, (wide, high), interpolation=how), 0, 1)
    moved = np.zeros((place.height, place.width, 4), np.float32)
    moved[y : y + high, x : x + wide] = scaled.reshape(high, wide, 4)
    cover = np.ascontiguousarray(moved[..., 3])
    own = moved[..., :3] / np.maximum(cover, 1e-4)[..., None]
    return np.clip(own, 0, 1), cover


def _bytes(values: Values) -> Pixels:
    return np.round(np.clip(values, 0, 1) * 255).astype(np.uint8)
