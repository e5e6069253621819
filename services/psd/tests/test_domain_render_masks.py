"""Vector masks of fills and shapes that have a density or a feather."""

import math

import pytest
from psd_tools import PSDImage
from psd_tools.psd.layer_and_mask import MaskData, MaskFlags, MaskParameters

from onemanage.psd.domain.render import render

from .effect_samples import color, ground, shape


def softened(psd: PSDImage, **stated: float) -> None:
    """A white square of 8 x 8 at (8, 8), as stored and by its path."""
    layer = shape(psd, None)
    parameters = MaskParameters(**stated)  # type: ignore[arg-type]  # by their names
    flags = MaskFlags(user_mask_from_render=True, parameters_applied=True)
    layer._record.mask_data = MaskData(flags=flags, parameters=parameters)


def test_a_fill_shows_everywhere_by_what_its_vector_mask_lacks_in_density() -> None:
    """Its stored pixels end at the path; Photoshop draws the fill beyond it too."""
    psd = ground((0, 0, 0))
    softened(psd, vector_mask_density=204)
    assert color(psd, 12, 12)[:3] == [255, 255, 255]
    assert color(psd, 2, 2)[:3] == pytest.approx([51, 51, 51], abs=1)


def test_the_feather_of_a_vector_mask_is_the_width_of_a_gaussian() -> None:
    psd = ground((0, 0, 0))
    softened(psd, vector_mask_feather=2.0)
    row = render(psd).planes[12, :, 0].astype(float)

    def covered(x: float) -> float:
        return (math.erf((16 - x) / 8**0.5) - math.erf((8 - x) / 8**0.5)) / 2

    across = covered(12)  # the same falls off along the other axis
    expected = [255 * across * covered(x + 0.5) for x in range(24)]
    assert row.tolist() == pytest.approx(expected, abs=4)
