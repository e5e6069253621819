"""Colour tables of .cube files, and what they make of pixels."""

import random
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from onemanage.imaging.domain.cubes import MOST_BYTES, InvalidCube, read_cube
from onemanage.imaging.domain.picture import Pixels
from onemanage.imaging.errors import InvalidImage

from .samples import near, photo, treated
from .test_domain_tones import with_holes

type Map = Callable[[float, float, float], tuple[float, float, float]]


def table(size: int, change: Map, head: str = "", top: float = 1.0) -> str:
    """A .cube of three dimensions over the range from 0 to ``top``."""
    steps = np.linspace(0, top, size)
    rows = [change(red, green, blue) for blue, green, red in product(steps, repeat=3)]
    lines = [" ".join(f"{value:.6f}" for value in row) for row in rows]
    return "\n".join([head, f"LUT_3D_SIZE {size}", *lines])


def same(red: float, green: float, blue: float) -> tuple[float, float, float]:
    return red, green, blue


@pytest.fixture
def graded(tmp_path: Path) -> Callable[..., Pixels]:
    def grade(pixels: Pixels, text: str, amount: float = 1.0) -> Pixels:
        path = tmp_path / "a"
        path.write_text(text, encoding="utf-8")
        operation = {"op": "lut", "file_id": "f", "amount": amount}
        made: Pixels = treated(pixels, operation, watermarks={"f": path})
        return made

    return grade


@pytest.mark.parametrize("size", [2, 9, 33])
def test_a_table_that_says_nothing_changes_nothing(
    graded: Callable[..., Pixels], size: int
) -> None:
    for pixels in (photo(50, 40), with_holes(photo(50, 40))):
        assert np.array_equal(graded(pixels, table(size, same)), pixels)


def test_red_runs_fastest_in_the_file(graded: Callable[..., Pixels]) -> None:
    turned = table(5, lambda red, green, blue: (green, blue, red))
    pixels = photo(20, 10)
    assert near(graded(pixels, turned), pixels[:, :, [1, 2, 0]], 0)


def test_colours_between_points_are_those_of_the_tetrahedron(
    graded: Callable[..., Pixels],
) -> None:
    """Of the largest channel down to the least: the red way, then green, then blue."""

    def corners(red: float, green: float, blue: float) -> tuple[float, float, float]:
        lit = red + 2 * green + 4 * blue
        return {0: 0.0, 1: 0.3, 3: 0.4, 7: 1.0}.get(int(lit), 0.9), 0.0, 0.0

    pixels = np.array([[[204, 102, 51]]], np.uint8)
    found = graded(pixels, table(2, corners))
    expected = 0.2 * 0 + (0.8 - 0.4) * 0.3 + (0.4 - 0.2) * 0.4 + 0.2 * 1
    assert found[0, 0, 0] == round(expected * 255)


def test_gray_stays_gray_where_the_table_keeps_it(
    graded: Callable[..., Pixels],
) -> None:
    """What lies between two grays of the table is between them alone."""

    def vivid(red: float, green: float, blue: float) -> tuple[float, float, float]:
        mean = (red + green + blue) / 3
        return tuple(  # type: ignore[return-value]  # it has three values
            min(1.0, max(0.0, mean + 3 * (value - mean)))
            for value in (red, green, blue)
        )

    ramp = np.tile(np.arange(256, dtype=np.uint8)[None, :, None], (1, 1, 3))
    assert near(graded(ramp, table(4, vivid)), ramp, 0)


def test_a_domain_is_where_the_table_lies(graded: Callable[..., Pixels]) -> None:
    pixels = np.array([[[51, 102, 204]]], np.uint8)
    half = "DOMAIN_MAX 0.5 0.5 0.5\nDOMAIN_MIN 0 0 0"
    found = graded(pixels, table(3, same, half, top=0.5))
    assert tuple(found[0, 0]) == (51, 102, 128)
    by_range = table(3, same, "LUT_3D_INPUT_RANGE 0.0 0.5", top=0.5)
    assert np.array_equal(graded(pixels, by_range), found)


def test_a_table_of_one_dimension_is_a_curve_for_each_channel(
    graded: Callable[..., Pixels],
) -> None:
    text = "LUT_1D_SIZE 3\n0 1 0\n0.25 0.5 0\n1 0 1\n"
    pixels = np.array([[[51, 51, 153], [255, 255, 255]]], np.uint8)
    found = graded(pixels, text)
    assert near(found[0, 0], (26, 204, 51), 1)
    assert tuple(found[0, 1]) == (255, 0, 255)


def test_titles_comments_and_other_keywords_are_read_over(
    graded: Callable[..., Pixels],
) -> None:
    head = '\ufeff# by nobody\n\nTITLE "A # and 1 2 3"\r\nLUT_IN_VIDEO_RANGE\n'
    pixels = photo(9, 9)
    assert np.array_equal(graded(pixels, table(2, same, head) + "\n\n# end\n"), pixels)


def test_a_part_of_a_grade_is_mixed_in(graded: Callable[..., Pixels]) -> None:
    black = table(2, lambda *_: (0.0, 0.0, 0.0))
    pixels = with_holes(photo(10, 10))
    half = graded(pixels, black, 0.5)
    assert near(half[:, :, :3], pixels[:, :, :3] // 2, 1)
    assert np.array_equal(half[:, :, 3], pixels[:, :, 3])
    assert np.array_equal(graded(pixels, black, 0), pixels)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "neither LUT_1D_SIZE nor"),
        ("LUT_3D_SIZE 2\n0 0 0\n", "1 colours, 8 are needed"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1\n", "line 3: 3 numbers must stand here, not 2"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 x 1\n", "line 3: 'x' is no number"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 nan 1\n", "line 3: 'nan' is out of range"),
        ("LUT_1D_SIZE 2\nnan 0 0\n1 1 1\n", "line 2: 'nan' is out of range"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n2 2 2\n", "line 4: it has more than its 2"),
        ("0 0 0\n", "line 1: a colour stands before the size"),
        ("LUT_3D_SIZE 1\n", "line 1: the size must be a whole number from 2 to 65"),
        ("LUT_3D_SIZE 66\n", "from 2 to 65"),
        ("LUT_3D_SIZE two\n", "line 1: the size must be"),
        ("LUT_1D_SIZE 70000\n", "from 2 to 65536"),
        ("LUT_1D_SIZE 2\nLUT_3D_SIZE 2\n", "line 2: it has a second size"),
        ("LUT_1D_SIZE 2\n0 0 0\nTITLE x\n1 1 1", "line 3: 'TITLE' stands among"),
        ("LUT_1D_SIZE 2\nDOMAIN_MIN 1 1 1\n0 0 0\n1 1 1", "DOMAIN_MIN is not below"),
        ("LUT_1D_SIZE 2\nDOMAIN_MAX 1e-9 1 1\n0 0 0\n1 1 1", "DOMAIN_MIN is not"),
        ("LUT_1D_SIZE 2\nDOMAIN_MIN 1 1\n", "line 2: 3 numbers must stand here"),
        ("\x89PNG\r\n\x1a\n", "line 1: 3 numbers must stand here, not 1"),
        ("LUT_1D_SIZE 2\r\r# " + "x" * 300, "line 3: it has over 250 characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    graded: Callable[..., Pixels], text: str, said: str
) -> None:
    with pytest.raises(InvalidImage) as caught:
        graded(photo(4, 4), text)
    assert caught.value.code == "imaging.invalid_lut"
    assert caught.value.where == "/operations/0/file_id"
    assert said in caught.value.message


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(InvalidCube, match="at most"):
        read_cube(path)


def test_a_table_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidImage) as caught:
        treated(photo(4, 4), {"op": "lut", "file_id": "gone"})
    assert caught.value.code == "imaging.impossible"
    assert "gone" in caught.value.message


def test_a_hurt_file_is_read_or_refused_and_nothing_else(
    graded: Callable[..., Pixels],
) -> None:
    """Every table that is read gives pixels, whatever stands in it."""
    whole = table(3, same, 'TITLE "x"\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 1 1')
    chance = random.Random(5)
    read = 0
    for _ in range(300):
        text = list(whole)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(text))
            text[place] = chance.choice(["", "-", "e9", "\n", " ", "9", "\0", ".", "é"])
        try:
            assert graded(photo(5, 4), "".join(text)).shape == (4, 5, 3)
            read += 1
        except InvalidImage as error:
            assert error.code == "imaging.invalid_lut"
    assert 10 < read < 290
