"""Fonts of a workspace: which are read, and what becomes of those that are not."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onemanage.imaging.domain.fonts import PACKAGE
from onemanage.imaging.errors import InvalidImage

from . import lettering, samples
from .lettering import TEXT, box, inked, run, written


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return lettering.page(tmp_path / "page")


@pytest.fixture
def squares(tmp_path: Path) -> Path:
    path = tmp_path / "squares.ttf"
    path.write_bytes(lettering.font("ABC "))
    return path


@pytest.mark.parametrize("pack", [lambda plain: plain, lettering.woff2])
def test_a_workspace_s_own_font_is_used(page: Path, tmp_path: Path, pack: Any) -> None:
    path = tmp_path / "own"
    path.write_bytes(pack(lettering.font("ABC", square=400)))
    found = written(page, path, text="A", size=50)
    left, top, right, bottom = box(found)
    assert (right - left, bottom - top) == (20, 20)
    assert inked(found).sum() == 400


def test_a_face_of_a_collection_is_used(page: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.ttc"
    path.write_bytes(
        lettering.collection([lettering.font("A"), lettering.font("A", square=200)])
    )
    sizes = [
        box(written(page, path, text="A", size=50, font={"face": face}))
        for face in (0, 1)
    ]
    assert [right - left for left, _, right, _ in sizes] == [25, 10]


def test_a_watermark_is_written_in_it_too(page: Path, squares: Path) -> None:
    mark = {"op": "text_watermark", "text": "AA", "size": 40, "color": "#000000"}
    result = samples.run(
        page,
        [mark | {"opacity": 1, "font": {"file_id": "fil_f"}}],
        watermarks={"fil_f": squares},
    )
    assert inked(samples.pixels_of(page, result)).sum() == 2 * 400


def test_letters_that_it_lacks_are_written_in_another_and_named(
    page: Path, squares: Path
) -> None:
    result = run(page, squares, text="AéA", size=40)
    (warning,) = result.warnings
    assert (
        "/operations/0/font" in warning
        and "é" in warning
        and "A" not in warning.split("lacks")[1].split(";")[0]
    )
    found = inked(samples.pixels_of(page, result))
    alone = inked(written(page, None, text="é", size=40))
    assert found.sum() == pytest.approx(2 * 400 + alone.sum(), rel=0.05)


def test_letters_that_no_font_has_are_refused(page: Path, squares: Path) -> None:
    for font in (squares, None):
        with pytest.raises(InvalidImage) as caught:
            run(page, font, text="A\u0378")
        assert caught.value.code == "imaging.no_font"
        assert caught.value.where == "/operations/0/text"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no font at all",
        b"\x89PNG\r\n\x1a\n",
        lettering.font("A")[:200],
        lettering.woff2(lettering.font("A"))[:120],
        b"OTTO" + bytes(4000),
    ],
)
def test_what_is_no_font_is_refused(page: Path, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "own"
    path.write_bytes(data)
    with pytest.raises(InvalidImage) as caught:
        run(page, path, text="A")
    assert caught.value.code == "imaging.bad_font"
    assert caught.value.where == "/operations/0/font/file_id"


def test_a_font_that_is_too_large_or_has_no_such_face_is_refused(
    page: Path, squares: Path
) -> None:
    with pytest.raises(InvalidImage, match="face 9"):
        run(page, squares, text="A", font={"face": 9})
    with squares.open("r+b") as file:
        file.truncate(33 << 20)
    with pytest.raises(InvalidImage, match="33554432 are allowed"):
        run(page, squares, text="A")


def test_a_font_that_is_not_there_is_pointed_at(page: Path) -> None:
    with pytest.raises(InvalidImage) as caught:
        samples.run(page, [TEXT | {"text": "A", "font": {"file_id": "fil_gone"}}])
    assert caught.value.where == "/operations/0/font/file_id"


def test_a_font_of_absurd_letters_is_cut_or_refused(page: Path, tmp_path: Path) -> None:
    path = tmp_path / "own"
    path.write_bytes(lettering.font("A", width=32000, square=32000))
    for size in (4, 2000):
        try:
            assert run(page, path, text="A A A", size=size).width == 240
        except InvalidImage as error:
            assert error.code == "imaging.bad_font"


def test_a_variable_font_has_the_weight_that_was_asked_for(
    page: Path, squares: Path
) -> None:
    (variable,) = PACKAGE.glob("*.ttc")
    thin, bold = (
        inked(written(page, variable, text="HHH", size=60, font={"weight": weight}))
        for weight in (100, 900)
    )
    assert bold.sum() > 2 * thin.sum()
    installed = written(page, None, text="HHH", size=60, font={"weight": 900})
    assert np.array_equal(inked(installed), bold)
    result = run(page, squares, text="A", font={"weight": 900})
    assert any("one weight" in text for text in result.warnings)
