"""What is kept of a picture and what is not, as somebody sees it who cuts it out."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from onemanage.contracts.imaging.backgrounds import (
    BackgroundSpec,
    BlurredOriginal,
    ContactShadow,
    Gradient,
    Solid,
    StudioSweep,
)
from onemanage.imaging.domain.arrays import Pixels, Values
from onemanage.imaging.domain.background.band import SIDE, Band
from onemanage.imaging.domain.background.compose import generate_background
from onemanage.imaging.domain.background.make import make_background
from onemanage.imaging.domain.background.matting import soften
from onemanage.imaging.domain.background.network import U2NetP, installed_weights
from onemanage.imaging.domain.background.remove import remove_background

WALL = (206, 209, 214)
BRIGHT = ((176, 32, 40), (30, 90, 170), (24, 120, 60), (190, 120, 20), (110, 40, 130))


@pytest.fixture(scope="module")
def network() -> U2NetP:
    weights = installed_weights()
    assert weights is not None, "scripts/weights.sh installs them"
    return U2NetP(weights)


def wall(width: int = 640, height: int = 480) -> Pixels:
    """Even, a little darker to the right, with the noise of a camera."""
    slope = np.linspace(0, -14, width)[None, :, None]
    noise = np.random.default_rng(3).normal(0, 1.5, (height, width, 3))
    made = np.array(WALL, float) + slope + noise
    return np.clip(made, 0, 255).astype(np.uint8)


def things(count: int) -> tuple[Pixels, list[tuple[int, int]]]:
    """So many balls of different colours and sizes, and their middles."""
    image, middles = wall(), []
    for number in range(count):
        x, y = int((number + 0.5) / count * 640), 240 + (-1) ** number * 40
        radius = int(150 / count * (1.0 if number % 2 else 0.7))
        cv2.circle(image, (x, y), radius, BRIGHT[number], -1, cv2.LINE_AA)
        lighter = tuple(min(one + 50, 255) for one in BRIGHT[number])
        at = (x - radius // 3, y - radius // 3)
        cv2.circle(image, at, radius // 3, lighter, -1, cv2.LINE_AA)
        middles.append((x, y))
    return image, middles


def mug() -> Pixels:
    image = wall()
    cv2.ellipse(image, (395, 240), (70, 85), 0, 0, 360, BRIGHT[0], 22, cv2.LINE_AA)
    cv2.rectangle(image, (220, 130), (390, 360), BRIGHT[0], -1, cv2.LINE_AA)
    cv2.ellipse(image, (305, 130), (85, 18), 0, 0, 360, (120, 18, 26), -1, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("count", [1, 2, 5])
def test_all_of_several_things_are_kept(count: int, network: U2NetP) -> None:
    image, middles = things(count)
    alpha = remove_background(image, network).alpha
    assert [round(float(alpha[y, x])) for x, y in middles] == [1] * count
    assert alpha[5, 5] == alpha[-5, -5] == 0


def test_the_wall_is_seen_through_the_handle_of_a_mug(network: U2NetP) -> None:
    alpha = remove_background(mug(), network).alpha
    assert alpha[240, 300] == 1
    assert alpha[240, 462] > 0.9, "the handle itself is kept"
    assert alpha[235:245, 415:430].max() < 0.1


def test_single_hairs_are_neither_cut_off_nor_made_solid(network: U2NetP) -> None:
    image = cv2.resize(wall(), (1280, 960))
    ball = (640, 520)
    chance = np.random.default_rng(5)
    for turn in chance.uniform(0, 2 * np.pi, 500):
        out = np.array([np.cos(turn), np.sin(turn)])
        start, end = ball + out * 180, ball + out * chance.uniform(215, 245)
        points = tuple(map(int, start)), tuple(map(int, end))
        cv2.line(image, *points, (52, 32, 20), 1, cv2.LINE_AA)
    cv2.circle(image, ball, 200, (52, 32, 20), -1, cv2.LINE_AA)
    alpha = remove_background(np.asarray(image, np.uint8), network).alpha
    y, x = np.mgrid[:960, :1280]
    away = np.hypot(x - ball[0], y - ball[1])
    fringe = alpha[(away > 206) & (away < 214)]
    assert 0.1 < fringe.mean() < 0.95
    assert np.unique(np.round(fringe, 2)).size > 30
    assert alpha[away > 290].max() < 0.05


def test_a_flag_at_the_border_does_not_hang_on_who_stands_before_it(
    network: U2NetP,
) -> None:
    image = wall()
    for number in range(5):
        rows = slice(number * 60, number * 60 + 30)
        image[rows, 0:230] = (150, 40, 60)
    cv2.ellipse(image, (330, 420), (150, 150), 0, 180, 360, (30, 60, 110), -1)
    image[420:, 180:480] = (30, 60, 110)
    cv2.circle(image, (330, 210), 75, (198, 150, 120), -1, cv2.LINE_AA)
    alpha = remove_background(image, network).alpha
    assert alpha[210, 330] == alpha[440, 330] == 1
    assert alpha[:200, :200].mean() < 0.05


def test_a_thing_of_the_walls_own_colour_is_doubted(network: U2NetP) -> None:
    image = wall()
    plain = tuple(value - 6 for value in WALL)
    cv2.circle(image, (320, 240), 110, plain, -1, cv2.LINE_AA)
    found = remove_background(image, network)
    assert found.confidence < 0.5


def test_a_thing_that_stands_out_is_not_doubted(network: U2NetP) -> None:
    for count in (1, 2):
        assert remove_background(things(count)[0], network).confidence > 0.5
    assert remove_background(mug(), network).confidence > 0.5


def test_the_same_picture_gives_the_same_cut_by_the_network(network: U2NetP) -> None:
    image, _ = things(2)
    first = remove_background(image, network)
    cv2.setRNGSeed(77)
    again = remove_background(image, network)
    assert np.array_equal(first.alpha, again.alpha)
    assert first.confidence == again.confidence


def test_a_large_picture_is_cut_along_its_own_pixels() -> None:
    """What was found small must not be wider or coarser than the picture's edge."""
    width, height = 4 * SIDE, 2 * SIDE
    y, x = np.mgrid[:height, :width].astype(np.float32)
    away = np.hypot(x - width / 2, y - height / 2)
    true = np.clip(600 - away + 0.5, 0, 1)[..., None]
    image = np.round(np.array((20, 30, 40)) * true + 220 * (1 - true)).astype(np.uint8)
    rough = cv2.resize(np.ascontiguousarray(true[..., 0]), (544, 272))
    alpha = soften(image, np.asarray(rough, np.float32))
    assert alpha.shape == (height, width)
    assert np.abs(alpha - true[..., 0]).mean() < 0.001
    assert alpha[away < 590].min() > 0.99 and alpha[away > 610].max() < 0.01


def test_a_band_reads_what_enlarging_would_give() -> None:
    field = np.random.default_rng(1).random((30, 40, 3)).astype(np.float32)
    mask = np.random.default_rng(2).random((120, 160)) < 0.3
    band = Band.of(mask, mask.shape)
    wanted = cv2.resize(field, (160, 120), interpolation=cv2.INTER_LINEAR)
    assert len(band) == mask.sum()
    assert np.abs(band.read(field) - np.asarray(wanted)[mask]).max() < 1e-3
    assert Band.of(np.zeros((3, 3), np.bool_), (9, 9)).read(field).shape == (0, 3)


@pytest.mark.parametrize(
    "spec",
    [
        BackgroundSpec(),
        BackgroundSpec(shadow=ContactShadow()),
        BackgroundSpec(fill=Solid(color="#ff00ff"), shadow=ContactShadow()),
        BackgroundSpec(fill=Gradient(colors=["#ff0000", "#0000ff"])),
        BackgroundSpec(fill=StudioSweep()),
        BackgroundSpec(fill=BlurredOriginal()),
    ],
)
def test_a_large_picture_looks_as_the_same_one_small(spec: BackgroundSpec) -> None:
    image, _ = things(2)
    alpha: Values = np.zeros(image.shape[:2], np.float32)
    cv2.circle(alpha, (160, 280), 52, 1, -1, cv2.LINE_AA)
    large = cv2.resize(image, (2560, 1920), interpolation=cv2.INTER_CUBIC)
    cover: Values = np.asarray(cv2.resize(alpha, (2560, 1920)), np.float32)
    small = generate_background(image, alpha, spec)
    made = generate_background(np.asarray(large, np.uint8), cover, spec)
    again = cv2.resize(made, (640, 480), interpolation=cv2.INTER_AREA)
    shown = [
        np.asarray(one, float)[..., :3]
        * (one[..., 3:] / 255 if one.shape[2] > 3 else 1)
        for one in (small, np.asarray(again))
    ]
    assert np.abs(shown[0] - shown[1]).mean() < 1.5


def test_of_an_animation_the_first_frame_is_cut_out(tmp_path: Path) -> None:
    first, second = Image.fromarray(things(1)[0]), Image.fromarray(things(5)[0])
    path = tmp_path / "moves.gif"
    first.save(path, save_all=True, append_images=[second], duration=80)
    made = make_background(path, BackgroundSpec(), {}, tmp_path)
    with Image.open(tmp_path / made.images[0].path) as image:
        assert image.mode == "RGBA" and image.size == (640, 480)
        cut = np.asarray(image)[..., 3]
    assert getattr(image, "n_frames", 1) == 1
    assert cut[280, 320] == 255 and cut[200, 64] == 0
