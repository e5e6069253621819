"""Text in lines: where it is broken, where it stands, and in which font."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onemanage.imaging.domain.fonts import INSTALLED
from onemanage.imaging.domain.lines import Style, pieces_of, set_in_lines
from onemanage.imaging.domain.picture import Pixels
from onemanage.imaging.errors import InvalidImage

from . import lettering, samples
from .lettering import TEXT, box, inked, run, written
from .samples import near


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return lettering.page(tmp_path / "page")


@pytest.fixture
def squares(tmp_path: Path) -> Path:
    path = tmp_path / "squares.ttf"
    path.write_bytes(lettering.font("ABC "))
    return path


def rows_of(pixels: Pixels) -> int:
    """Rows of letters."""
    dark = inked(pixels).any(axis=1)
    return int((np.diff(dark.astype(int)) == 1).sum() + dark[0])


def lines(text: str, width: float, **options: Any) -> list[str]:
    made = set_in_lines(text, Style(fonts=INSTALLED, **options), 20, width, 1e6)
    return [line.text for line in made.lines]


def wide(text: str) -> float:
    return INSTALLED.font_for(text, 20).getlength(text)


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("one two three", ["one two", "three"]),
        ("one\ntwo\r\nthree", ["one", "two", "three"]),
        ("one\n\ntwo", ["one", "", "two"]),
        ("well-known", ["well-", "known"]),
        ("a\u00a0b\u00a0c d", ["a\u00a0b\u00a0c", "d"]),
        ("over\u00adlong", ["over-", "long"]),
        ("o\u00advr", ["ovr"]),
        ("日本「語」です。", ["日本「語」", "です。"]),
        ("one two three ", ["one two", "three"]),
    ],
)
def test_lines_are_broken_where_unicode_allows_it(text: str, broken: list[str]) -> None:
    room = max(wide(line) for line in broken if line) + 1
    assert lines(text, room) == broken


def test_a_word_that_is_too_long_is_broken_between_its_letters() -> None:
    word = "e\u0301" * 12
    broken = lines(f"a {word}", wide("e\u0301" * 5) + 1)
    assert "".join(broken).replace(" ", "") == f"a{word}"
    assert len(broken) > 2 and not any(line.startswith("\u0301") for line in broken)


def test_what_has_no_room_at_all_is_one_letter_a_line() -> None:
    assert lines("abc", 1) == ["a", "b", "c"]


def test_lines_that_are_left_out_end_in_an_ellipsis() -> None:
    style = Style(fonts=INSTALLED, max_lines=2)
    made = set_in_lines("one two three four five", style, 20, wide("one two") + 4, 1e6)
    assert made.left_out == 1 and len(made.lines) == 2
    assert made.lines[1].text.endswith("…")
    assert made.lines[1].width <= wide("one two") + 4
    plain = set_in_lines(
        "one two three",
        Style(fonts=INSTALLED, max_lines=1, ellipsis=""),
        20,
        wide("one two"),
        1e6,
    )
    assert plain.lines[0].text == "one two"


def test_lines_stand_where_their_alignment_says(page: Path, squares: Path) -> None:
    at = {"text": "AAA\nA", "size": 20, "width": 100, "line_height": 1.5}
    places = {}
    for align in ("left", "centre", "right", "start"):
        found = inked(written(page, squares, align=align, **at))
        begins = [np.flatnonzero(row)[0] for row in found if row.any()]
        places[align] = begins[0] - 70, begins[-1] - 70
    assert places == {
        "left": (0, 0),
        "centre": (32, 44),
        "right": (64, 88),
        "start": (0, 0),
    }


def test_a_justified_line_reaches_both_sides_but_for_the_last(
    page: Path, squares: Path
) -> None:
    at = {"text": "AA AA AA AA", "size": 20, "width": 120, "align": "justify"}
    found = inked(written(page, squares, **at))
    rows = [np.flatnonzero(row) - 60 for row in found if row.any()]
    assert (rows[0][0], rows[0][-1]) in [(0, 117), (0, 118)]
    assert rows[-1][-1] < 60


def test_lines_are_as_far_apart_as_was_asked_for(page: Path, squares: Path) -> None:
    for height in (1.0, 2.0):
        found = written(page, squares, text="A\nA", size=20, line_height=height)
        dark = np.flatnonzero(inked(found).any(axis=1))
        assert dark[-1] - dark[0] + 1 == 10 + 20 * height


def test_letters_are_as_far_apart_as_was_asked_for(page: Path, squares: Path) -> None:
    for spacing, extent in ((0, 34), (0.5, 54), (-0.1, 30)):
        found = written(page, squares, text="ABC", size=20, letter_spacing=spacing)
        left, _, right, _ = box(found)
        assert right - left == extent


def test_joined_letters_are_not_torn_apart() -> None:
    try:
        style = Style(fonts=INSTALLED, spacing=1.0)
        made = set_in_lines("مرحبا بالعالم", style, 20, 1e6, 1e6)
    except InvalidImage:
        pytest.skip("no font with Arabic letters is at hand")
    pieces = [piece.text for piece in pieces_of(made, style, made.lines[0].width)]
    assert [piece for piece in pieces if piece.strip()] == ["بالعالم", "مرحبا"]


def test_parts_of_both_directions_stand_in_their_order() -> None:
    style = Style(fonts=INSTALLED, align="justify")
    try:
        made = set_in_lines("שלום this is עולם\n.", style, 20, 1e6, 1e6)
    except InvalidImage:
        pytest.skip("no font with Hebrew letters is at hand")
    pieces = [piece.text.strip() for piece in pieces_of(made, style, 300)]
    assert [one for one in pieces if one][:2] != ["שלום", "this"]
    spread = Style(fonts=INSTALLED, align="left", spacing=0.01)
    told = "".join(piece.text for piece in pieces_of(made, spread, 300))
    assert told.replace(" ", "") == "םלועthisisםולש."


def test_a_paragraph_that_goes_left_begins_at_the_right() -> None:
    style = Style(fonts=INSTALLED)
    try:
        made = set_in_lines("שלום\nabc", style, 20, 1e6, 1e6)
    except InvalidImage:
        pytest.skip("no font with Hebrew letters is at hand")
    first, second = pieces_of(made, style, 400)
    assert first.x > 300 and second.x == 0


def test_the_largest_size_that_fits_is_taken(page: Path, squares: Path) -> None:
    result = run(page, squares, text="AAAA", size=None, width=96, height=100)
    left, top, right, bottom = box(samples.pixels_of(page, result))
    assert 90 <= right - left <= 94 and 18 <= bottom - top <= 21  # 40 pixels: 20 and 94
    tall = run(page, squares, text="A", size=None, width=200, height=50)
    _, top, _, bottom = box(samples.pixels_of(page, tall))
    assert bottom - top == 20  # a line of 50 pixels is one of 40


def test_text_is_made_smaller_where_it_may_be(page: Path, squares: Path) -> None:
    at = {"text": "AAAA AAAA AAAA", "size": 60, "width": 100, "height": 60}
    cut = run(page, squares, **at)
    assert any("left out" in text for text in cut.warnings)
    made = run(page, squares, shrink=True, **at)
    assert any("made smaller" in text for text in made.warnings)
    found = samples.pixels_of(page, made)
    assert not any("left out" in text for text in made.warnings)
    assert 2 <= rows_of(found) <= 3
    left, _, right, _ = box(found)
    assert right - left <= 100


def test_a_panel_lies_below_and_around(page: Path, squares: Path) -> None:
    panel = {"color": "#ff0000", "padding": 10, "radius": 8}
    found = written(page, squares, text="A", size=20, width=40, panel=panel)
    red = near_red(found)
    columns, rows = np.flatnonzero(red.any(axis=0)), np.flatnonzero(red.any(axis=1))
    assert columns[-1] - columns[0] + 1 == 60 and rows[-1] - rows[0] + 1 == 45
    assert not red[rows[0], columns[0]] and red[rows[0] + 8, columns[0] + 8]


def near_red(pixels: Pixels) -> Any:
    return (np.abs(pixels[:, :, :3].astype(int) - (255, 0, 0)) < 40).all(axis=2)


def test_outline_and_shadow_lie_below_the_letters(page: Path, squares: Path) -> None:
    at = {"text": "AB", "size": 40}
    plain = inked(written(page, squares, **at))
    outlined = written(page, squares, outline=3, outline_color="#ff0000", **at)
    assert np.array_equal(inked(outlined), plain)
    assert near_red(outlined).sum() > 200
    shadow = {"dx": 30, "dy": 20, "blur": 0, "color": "#ff0000", "opacity": 1}
    shaded = written(page, squares, shadow=shadow, **at)
    assert np.array_equal(inked(shaded), plain)
    left, top, _, _ = box(np.where(near_red(shaded)[:, :, None], 0, 255))
    assert top >= box(written(page, squares, **at))[1] + 19 and left > 0


def test_text_lies_where_it_was_asked_for(page: Path, squares: Path) -> None:
    at = {"text": "A", "size": 20, "line_height": 1.0}
    corner = box(written(page, squares, position="north_west", margin=7, **at))
    assert corner[0] == 7
    moved = {"offset": {"x": 5, "y": 9}}
    found = box(written(page, squares, position="north_west", margin=7, **at, **moved))
    assert (found[0], found[1]) == (corner[0] + 5, corner[1] + 9)
    east = box(written(page, squares, position="south_east", **at))
    assert east[2] == 240 - 2  # its square ends two pixels before its width
    gone = run(page, squares, offset={"x": 4000}, **at)
    assert not inked(samples.pixels_of(page, gone)).any()
    upright = box(
        written(page, squares, angle=90, position="north_west", text="AAA", size=20)
    )
    assert upright[3] - upright[1] == 34


def test_text_lies_on_what_is_clear_and_on_every_frame(tmp_path: Path) -> None:
    clear = samples.saved(tmp_path / "a", np.zeros((60, 90, 4), np.uint8), "PNG")
    found = samples.made_of(clear, TEXT | {"text": "Hi", "opacity": 0.5})
    assert int(found[:, :, 3].max()) in (127, 128) and found[0, 0, 3] == 0
    moving = samples.animation(tmp_path / "b", "GIF", [(250, 0, 0), (0, 250, 0)], 40)
    output = {"format": "webp", "lossless": True}
    result = samples.run(moving, [TEXT | {"text": "Hi"}], output)
    assert result.frames == 2


@pytest.mark.parametrize(
    "options",
    [
        {"text": "A long text " * 40},
        {"text": "x" * 5000, "size": 4},
        {"text": "\n" * 900, "size": 2000},
        {"text": "a\tb\x00\x1bc\u2028d\u200b\ufeffe"},
        {"text": "שלום 123 (abc)", "align": "justify", "letter_spacing": 5},
        {"text": "A", "size": 2000, "outline": 50, "angle": 33},
        {"text": "A", "size": None, "panel": {"padding": 2000, "radius": 2000}},
        {"text": "A", "shadow": {"dx": 500, "dy": -500, "blur": 100}},
    ],
)
def test_any_text_can_be_written_on_a_single_pixel(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    if options["text"].strip() == "":
        options = options | {"text": options["text"] + "."}
    path = samples.saved(tmp_path / "a", np.full((1, 1, 3), 9, np.uint8), "PNG")
    assert samples.run(path, [TEXT | options]).width == 1


def test_the_text_in_the_middle_is_in_the_middle(page: Path, squares: Path) -> None:
    found = written(page, squares, text="ABCABC", size=24)
    left, _, right, _ = box(found)
    assert abs((left + right) / 2 - 120) <= 2
    assert near(found[0, 0], 255, 0)


def test_what_projects_of_a_turned_text_is_cut_off_and_nothing_else(
    page: Path, squares: Path, tmp_path: Path
) -> None:
    pixels = np.full((320, 440, 3), 255, np.uint8)
    large = samples.saved(tmp_path / "large", pixels, "PNG")
    shadow = {"dx": 5, "dy": 9, "blur": 2}
    at = {"text": "ABCABC", "size": 50, "width": 200, "angle": 33, "shadow": shadow}
    moved = {"offset": {"x": 90, "y": 30}}
    found = written(page, squares, **at, **moved).astype(int)
    whole = written(large, squares, **at, **moved)[100:220, 100:340]
    assert (found < 128).any() and np.abs(found - whole).max() <= 40
    assert np.abs(found - whole).mean() < 0.5
