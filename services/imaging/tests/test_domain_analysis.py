"""What is known of an image, from pictures drawn here."""

import math

import cv2
import numpy as np
import pytest

from onemanage.contracts.imaging.analysis import PerceptualHash
from onemanage.imaging.domain.analysis.analyse import Source, analyse
from onemanage.imaging.domain.analysis.blurhash import DIGITS, blurhash
from onemanage.imaging.domain.analysis.duplicates import (
    asked_keys,
    compare,
    near,
    stored_keys,
)
from onemanage.imaging.domain.analysis.faces import faces
from onemanage.imaging.domain.analysis.palette import average, palette
from onemanage.imaging.domain.analysis.pdq import dihedral, perceptual_hash
from onemanage.imaging.domain.analysis.sharpness import sharpness
from onemanage.imaging.domain.analysis.thumbhash import thumbhash
from onemanage.imaging.domain.arrays import Pixels, Values

SOURCE = Source(format="png", media_type="image/png", size=1234)


def flat(color: tuple[int, ...], width: int = 60, height: int = 40) -> Pixels:
    return np.full((height, width, len(color)), color, np.uint8)


def scene(seed: int, width: int = 400, height: int = 300) -> Pixels:
    """Soft shapes of many sizes: no two seeds look alike."""
    chance = np.random.default_rng(seed)
    image = flat((120, 130, 140), width, height)
    for _ in range(40):
        color = [int(v) for v in chance.integers(0, 256, 3)]
        at = (int(chance.integers(0, width)), int(chance.integers(0, height)))
        cv2.circle(image, at, int(chance.integers(8, 70)), color, -1, cv2.LINE_AA)
    return image


def hashed(image: Pixels) -> PerceptualHash:
    return perceptual_hash(image)


def test_an_analysis_tells_size_format_and_colours() -> None:
    image = flat((255, 0, 0), 90, 60)
    image[:, 60:] = (0, 0, 255)
    found = analyse(image, SOURCE)
    assert (found.width, found.height, found.format) == (90, 60, "png")
    assert [one.color for one in found.palette] == ["#ff0000", "#0000ff"]
    assert found.palette[0].share == pytest.approx(2 / 3, abs=0.01)
    assert not found.has_alpha and not found.grayscale


def test_an_image_of_one_pixel_is_analysed() -> None:
    found = analyse(flat((10, 20, 30), 1, 1), SOURCE)
    assert found.average == "#0a141e"
    assert found.faces == []


def test_a_wholly_transparent_image_has_no_palette() -> None:
    found = analyse(flat((255, 0, 0, 0)), SOURCE)
    assert found.palette == []
    assert found.has_alpha and found.transparent == 1.0


def test_an_opaque_alpha_channel_is_no_transparency() -> None:
    assert not analyse(flat((1, 2, 3, 255)), SOURCE).has_alpha


def test_what_is_transparent_is_not_in_the_palette() -> None:
    image = flat((0, 200, 0, 255))
    image[:, 30:] = (255, 0, 255, 0)
    assert [one.color for one in palette(image)] == ["#00c800"]
    assert average(image) == "#00c800"


def test_the_palette_of_an_image_is_always_the_same() -> None:
    cv2.setRNGSeed(7)
    first = palette(scene(3))
    cv2.setRNGSeed(99)
    assert palette(scene(3)) == first


def test_greys_are_known_from_colours() -> None:
    ramp = np.tile(np.arange(60, dtype=np.uint8)[:, None] * 4, (40, 1, 3))
    assert analyse(ramp.reshape(40, 60, 3), SOURCE).grayscale
    assert not analyse(scene(1), SOURCE).grayscale


def test_a_blurred_image_is_told_from_a_sharp_one() -> None:
    sharp = scene(5)
    soft = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 6), np.uint8)
    assert sharpness(sharp)[1] < 0.5
    assert sharpness(soft)[1] > 0.6


def test_a_sharp_subject_before_a_soft_background_is_sharp() -> None:
    sharp = scene(5)
    soft = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 8), np.uint8)
    soft[90:210, 120:280] = sharp[90:210, 120:280]
    assert sharpness(soft)[1] < 0.6


def test_an_empty_image_is_not_called_blurred() -> None:
    assert sharpness(flat((255, 255, 255)))[1] == 0.0


def test_there_is_no_face_in_an_empty_picture() -> None:
    assert faces(flat((200, 180, 160), 300, 200)) == []


@pytest.mark.parametrize(
    ("color", "expected"),
    [
        ((0, 0, 0), "000000"),
        ((255, 255, 255), "00TSUA"),
        ((255, 0, 0), "00TI:j"),
    ],
)
def test_one_colour_has_the_known_blurhash(
    color: tuple[int, int, int], expected: str
) -> None:
    assert blurhash(flat(color), 1, 1) == expected


def test_a_blurhash_gives_the_picture_back_roughly() -> None:
    image = halves()
    shown = from_blurhash(blurhash(image, 4, 3), 4, 3, 60, 40)
    assert np.abs(shown[:, :15] - [0.9, 0.4, 0.1]).mean() < 0.1
    assert np.abs(shown[:, -15:] - [0.1, 0.3, 0.8]).mean() < 0.1


def test_a_thumbhash_tells_the_shape_and_the_mean() -> None:
    data = thumbhash(flat((255, 255, 255), 100, 50))
    # White is all lightness: 63, with both colour differences in the middle.
    assert int.from_bytes(data[:3], "little") == 63 | 32 << 6 | 32 << 12
    assert int.from_bytes(data[3:5], "little") == 4 | 1 << 15


def test_a_thumbhash_gives_the_picture_back_roughly() -> None:
    shown = from_thumbhash(thumbhash(halves()), 60, 40)
    assert np.abs(shown[:, 4:15] - [0.9, 0.4, 0.1]).mean() < 0.1
    assert np.abs(shown[:, -15:-4] - [0.1, 0.3, 0.8]).mean() < 0.1


def test_a_thumbhash_with_transparency_says_so() -> None:
    image = flat((255, 0, 0, 255))
    image[:, :30, 3] = 0
    data = thumbhash(image)
    assert data[2] >> 7 == 1
    assert thumbhash(flat((255, 0, 0, 255)))[2] >> 7 == 0


def test_a_smaller_darker_and_compressed_copy_has_nearly_the_same_hash() -> None:
    image = scene(11)
    small = cv2.resize(image, (190, 140), interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", (small * 0.85).astype(np.uint8))
    copy = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    assert near(hashed(image).pdq, hashed(copy).pdq) <= 20


def test_another_picture_has_another_hash() -> None:
    one, other = hashed(scene(11)), hashed(scene(12))
    assert near(one.pdq, other.pdq) > 90
    assert compare(one, other) is None


@pytest.mark.parametrize("seed", [21, 22, 23, 24])
def test_a_picture_that_was_cut_is_found_as_a_crop(seed: int) -> None:
    image = scene(seed)
    match = compare(hashed(image), hashed(image[12:, 25:]))
    assert match is not None
    assert match[1] == "crop" or match[0] <= 31


def test_an_empty_picture_is_nobodys_duplicate() -> None:
    white = hashed(flat((255, 255, 255)))
    assert white.quality < 50
    assert compare(white, white) is None


def test_a_turned_or_mirrored_picture_is_among_the_eight_hashes() -> None:
    image = scene(31, 512, 512)
    eight = dihedral(image)
    assert eight[0] == hashed(image).pdq
    for changed in (
        np.rot90(image),
        np.rot90(image, 2),
        np.rot90(image, 3),
        image[:, ::-1],
        image[::-1],
        image.transpose(1, 0, 2),
    ):
        own = hashed(np.ascontiguousarray(changed)).pdq
        assert min(near(own, one) for one in eight) <= 20


def test_hashes_31_bits_apart_share_a_key() -> None:
    chance = np.random.default_rng(4)
    for _ in range(50):
        bits = int.from_bytes(chance.bytes(32))
        other = bits
        # Two flips in each chunk but the last, which has one: the hardest case.
        for chunk in range(16):
            for bit in chance.choice(16, 1 if chunk == 15 else 2, replace=False):
                other ^= 1 << (chunk * 16 + int(bit))
        asked = PerceptualHash(pdq=f"{bits:064x}", quality=100)
        assert near(f"{bits:064x}", f"{other:064x}") == 31
        assert set(asked_keys(asked)) & set(stored_keys(f"{other:064x}"))


def halves() -> Pixels:
    image = flat((230, 102, 26))
    image[:, 30:] = (26, 77, 204)
    return image


def from_blurhash(text: str, across: int, down: int, width: int, height: int) -> Values:
    """The decoder of the format, H x W x 3 of 0 to 1."""

    def number(part: str) -> int:
        value = 0
        for digit in part:
            value = value * 83 + DIGITS.index(digit)
        return value

    largest = (number(text[1]) + 1) / 166
    mean = number(text[2:6])
    srgb = np.array([mean >> 16, mean >> 8 & 255, mean & 255]) / 255
    colors = [((srgb + 0.055) / 1.055) ** 2.4]
    for place in range(6, len(text), 2):
        value = number(text[place : place + 2])
        parts = np.array([value // 361, value // 19 % 19, value % 19]) - 9
        colors.append(np.sign(parts) * (parts / 9) ** 2 * largest)
    x = np.cos(np.pi * np.arange(across)[:, None] * np.arange(width) / width)
    y = np.cos(np.pi * np.arange(down)[:, None] * np.arange(height) / height)
    grid = np.array(colors).reshape(down, across, 3)
    light = np.clip(np.einsum("jic,jy,ix->yxc", grid, y, x), 0, 1)
    return np.asarray(1.055 * light ** (1 / 2.4) - 0.055, np.float32)


def from_thumbhash(data: bytes, width: int, height: int) -> Values:
    """The decoder of the format, of opaque landscapes; H x W x 3 of 0 to 1."""
    first, second = (
        int.from_bytes(data[:3], "little"),
        int.from_bytes(data[3:5], "little"),
    )
    means = (
        (first & 63) / 63,
        (first >> 6 & 63) / 31.5 - 1,
        (first >> 12 & 63) / 31.5 - 1,
    )
    scales = (
        (first >> 18 & 31) / 31,
        (second >> 3 & 63) / 63,
        (second >> 9 & 63) / 63,
    )
    nibbles = [half for byte in data[5:] for half in (byte & 15, byte >> 4)]
    planes = []
    for mean, scale, (nx, ny) in zip(
        means, scales, ((7, max(second & 7, 3)), (3, 3), (3, 3)), strict=True
    ):
        plane = np.full((height, width), mean)
        for cy in range(ny):
            for cx in range(math.ceil(nx * (ny - cy) / ny)):
                if cx or cy:
                    value = (nibbles.pop(0) / 7.5 - 1) * scale
                    fx = np.cos(np.pi / width * (np.arange(width) + 0.5) * cx)
                    fy = np.cos(np.pi / height * (np.arange(height) + 0.5) * cy)
                    double = (2 if cx else 1) * (2 if cy else 1)
                    plane = plane + value * double * np.outer(fy, fx)
        planes.append(plane)
    lightness, yellow, redness = planes
    blue = lightness - 2 / 3 * yellow
    red = (3 * lightness - blue + redness) / 2
    colors = np.dstack([red, red - redness, blue])
    return np.asarray(np.clip(colors, 0, 1), np.float32)
