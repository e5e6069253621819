"""Backgrounds taken away and made, from pictures drawn here."""

from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest

from onemanage.contracts.imaging.backgrounds import (
    BackgroundSpec,
    BlurredOriginal,
    ContactShadow,
    Gradient,
    Picture,
    Placement,
    Reflection,
    Solid,
    StudioSweep,
)
from onemanage.imaging.domain.arrays import Pixels, Values
from onemanage.imaging.domain.background.compose import generate_background
from onemanage.imaging.domain.background.decontaminate import own_colors
from onemanage.imaging.domain.background.fills import MissingPicture
from onemanage.imaging.domain.background.network import (
    U2NetP,
    WrongWeights,
    installed_weights,
)
from onemanage.imaging.domain.background.place import layout
from onemanage.imaging.domain.background.remove import remove_background

RED = (200, 30, 40)
GROUND = (90, 140, 190)


def disc(
    width: int = 240, height: int = 180, radius: int = 45
) -> tuple[Values, Values]:
    """Colours before a background with a slope, and alpha, of a red disc."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    away = np.hypot(x - width / 2, y - height / 2)
    alpha = np.clip(radius - away + 0.5, 0, 1)
    ground = np.array(GROUND, np.float32) + (y / height * 20)[..., None]
    over = alpha[..., None]
    return np.array(RED, np.float32) * over + ground * (1 - over), alpha


def picture() -> tuple[Pixels, Values]:
    colors, alpha = disc()
    noise = np.random.default_rng(0).normal(0, 2, colors.shape)
    return np.clip(colors + noise, 0, 255).astype(np.uint8), alpha


def overlap(one: Values, other: Values) -> float:
    a, b = one > 0.5, other > 0.5
    return float((a & b).sum() / (a | b).sum())


def network() -> U2NetP:
    weights = installed_weights()
    assert weights is not None, "scripts/weights.sh installs them"
    return U2NetP(weights)


def test_the_network_cuts_the_subject_out() -> None:
    image, alpha = picture()
    found = remove_background(image, network())
    assert found.method == "network"
    assert overlap(found.alpha, alpha) > 0.95
    assert found.confidence > 0.5


def test_without_weights_the_colours_decide_and_the_result_says_so() -> None:
    image, alpha = picture()
    found = remove_background(image, None)
    assert found.method == "color"
    assert overlap(found.alpha, alpha) > 0.95


def test_the_edge_of_the_subject_is_soft() -> None:
    image, alpha = picture()
    found = remove_background(image, network()).alpha
    assert np.unique(found[(alpha > 0.1) & (alpha < 0.9)]).size > 10


def test_the_same_picture_gives_the_same_alpha() -> None:
    image, _ = picture()
    first = remove_background(image, None).alpha
    cv2.setRNGSeed(77)
    assert np.array_equal(remove_background(image, None).alpha, first)


def test_of_an_empty_picture_everything_is_kept() -> None:
    empty = np.full((60, 80, 3), 255, np.uint8)
    found = remove_background(empty, None)
    assert found.method == "none" and found.confidence == 0
    assert found.alpha.min() == 1


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (3, 2), (17, 900)])
def test_no_size_is_too_small(size: tuple[int, int]) -> None:
    image = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
    for one in (network(), None):
        found = remove_background(image, one)
        assert found.alpha.shape == size
        assert np.isfinite(found.alpha).all()
        made = generate_background(
            image, found.alpha, BackgroundSpec(shadow=ContactShadow())
        )
        assert made.shape == (*size, 4)


def test_a_picture_with_transparency_keeps_its_own_cut() -> None:
    image, alpha = picture()
    cut = np.dstack([image, np.round(alpha * 255).astype(np.uint8)])
    found = remove_background(cut, None)
    assert found.method == "alpha"
    assert np.abs(found.alpha - alpha).max() < 0.01
    assert remove_background(cut, None, use_alpha=False).method == "color"


def test_a_box_tells_where_the_subject_is() -> None:
    image, _ = picture()
    left, top, width, height = remove_background(image, None).box
    assert abs(left - 75) <= 3 and abs(top - 45) <= 3
    assert abs(width - 90) <= 6 and abs(height - 90) <= 6


def test_foreign_weights_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "u2netp.onnx"
    other.write_bytes(b"not the weights")
    with pytest.raises(WrongWeights, match="SHA-256"):
        U2NetP(other)


def test_cut_out_pixels_are_put_back_as_they_were() -> None:
    image, alpha = picture()
    made = generate_background(image, alpha, BackgroundSpec())
    assert made.shape == (*alpha.shape, 4)
    inside = alpha == 1
    assert np.array_equal(made[inside][:, :3], image[inside])
    assert made[alpha == 0][:, 3].max() == 0


def test_a_solid_background_has_exactly_its_colour() -> None:
    image, alpha = picture()
    spec = BackgroundSpec(fill=Solid(color="#12ab90"))
    made = generate_background(image, alpha, spec)
    assert made.shape[2] == 3
    assert (made[alpha == 0] == (0x12, 0xAB, 0x90)).all()


def test_the_old_background_does_not_shine_through_the_edge() -> None:
    image, alpha = picture()
    soft = np.asarray(cv2.GaussianBlur(alpha, (0, 0), 3), np.float32)
    ground = np.array(GROUND) * (1 - soft[..., None])
    blue = np.clip(np.array(RED) * soft[..., None] + ground, 0, 255).astype(np.uint8)
    edge = (soft > 0.3) & (soft < 0.7)
    before = np.abs(blue[edge] - np.array(RED)).mean()
    after = np.abs(own_colors(blue, soft)[edge] - np.array(RED, float)).mean()
    assert after < before / 2.5


def test_a_gradient_goes_from_its_first_colour_to_its_last() -> None:
    image, alpha = picture()
    fill = Gradient(colors=["#ff0000", "#0000ff"])
    made = generate_background(image, alpha, BackgroundSpec(fill=fill))
    assert made[0, 0, 0] > 240 and made[0, 0, 2] < 40
    assert made[-1, 0, 0] < 40 and made[-1, 0, 2] > 240


def test_a_blurred_background_has_nothing_of_the_subject() -> None:
    image, alpha = picture()
    fill = BlurredOriginal(radius=0.05)
    made = generate_background(image, alpha, BackgroundSpec(fill=fill))
    beside = made[90, 60].astype(int)
    assert np.abs(beside - (np.array(GROUND) + 10)).max() < 12


def test_another_picture_covers_the_canvas() -> None:
    image, alpha = picture()
    other = np.full((50, 500, 3), (1, 2, 3), np.uint8)
    spec = BackgroundSpec(fill=Picture(file_id="fil_1"))
    made = generate_background(image, alpha, spec, other)
    assert (made[alpha == 0] == (1, 2, 3)).all()
    with pytest.raises(MissingPicture, match="fil_1"):
        generate_background(image, alpha, spec)


def test_a_studio_sweep_is_brightest_where_its_lamp_is() -> None:
    image, alpha = picture()
    made = generate_background(image, alpha, BackgroundSpec(fill=StudioSweep()))
    corner, middle = made[:8, :8].mean(), made[8:16, 112:128].mean()
    assert corner < middle <= 255


def test_a_shadow_darkens_below_the_foot_and_not_above_the_head() -> None:
    image, alpha = picture()
    plain = BackgroundSpec(fill=Solid())
    shaded = msgspec.structs.replace(plain, shadow=ContactShadow())
    without = generate_background(image, alpha, plain).astype(int)
    made = generate_background(image, alpha, shaded).astype(int)
    assert (without - made)[136:139, 115:125].mean() > 30
    assert (without == made)[:40].all()


def test_a_shadow_on_nothing_is_part_of_the_alpha() -> None:
    image, alpha = picture()
    made = generate_background(image, alpha, BackgroundSpec(shadow=ContactShadow()))
    assert made[137, 120, 3] > 20
    assert made[137, 120, :3].max() < 60


def test_a_reflection_fades_below_the_subject() -> None:
    image, alpha = picture()
    spec = BackgroundSpec(fill=Solid(), reflection=Reflection(opacity=0.5))
    made = generate_background(image, alpha, spec).astype(int)
    near, far = made[137, 120], made[155, 120]
    assert near[1] < far[1] < 255
    assert near[0] > near[1]


@pytest.mark.parametrize(
    ("placement", "size"),
    [
        (Placement(), (240, 180)),
        (Placement(aspect="1:1"), (100, 100)),
        (Placement(width=500, height=400), (500, 400)),
        (Placement(aspect="4:5", width=400), (400, 500)),
        (Placement(height=90), (120, 90)),
        (Placement(margin=0.1), (240, 180)),
    ],
)
def test_a_placement_decides_the_size(
    placement: Placement, size: tuple[int, int]
) -> None:
    found = layout((75, 45, 90, 90), (240, 180), placement)
    assert (found.width, found.height) == size


def test_a_square_with_five_percent_margin_is_filled_by_the_subject() -> None:
    image, alpha = picture()
    place = Placement(aspect="1:1", width=400, margin=0.05, upscale=8)
    made = generate_background(image, alpha, BackgroundSpec(placement=place))
    assert made.shape == (400, 400, 4)
    rows = np.flatnonzero((made[..., 3] > 127).any(axis=1))
    assert abs(rows[0] - 20) <= 3 and abs(rows[-1] - 379) <= 3


def test_a_small_subject_is_not_blown_up_without_end() -> None:
    place = Placement(width=1000, height=1000, upscale=2)
    found = layout((0, 0, 50, 40), (200, 200), place)
    assert found.box == (450, 460, 100, 80)


def test_a_subject_can_stand_at_the_bottom() -> None:
    place = Placement(aspect="1:1", width=200, margin=0.1, vertical="bottom")
    _, top, _, height = layout((0, 0, 100, 50), (200, 100), place).box
    assert top + height == 180


@pytest.mark.parametrize(
    "wrong",
    [
        {"fill": {"type": "solid", "color": "red"}},
        {"fill": {"type": "gradient", "colors": ["#ffffff"]}},
        {"fill": {"type": "blur", "radius": 5}},
        {"placement": {"aspect": "wide"}},
        {"placement": {"margin": 0.5}},
        {"shadow": {"opacity": 2}},
    ],
)
def test_a_wrong_parameter_is_refused_by_name(wrong: dict[str, object]) -> None:
    (field,) = wrong
    with pytest.raises(msgspec.ValidationError, match=field):
        msgspec.convert(wrong, BackgroundSpec)
