"""What a type layer says of its text."""

from pathlib import Path

import pytest
from psd_tools import PSDImage
from psd_tools.api.layers import PixelLayer, TypeLayer

from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.read import open_document
from onemanage.psd.domain.typesetting.reading import read_styled
from onemanage.psd.domain.typesetting.styled import StyledText

from .samples import CORPUS, noise
from .test_domain_details import written


def read(tmp_path: Path, text: str, sizes: list[tuple[int, float]]) -> StyledText:
    document = PSDImage.new("RGB", (40, 30))
    layer = document.create_pixel_layer_from_array(noise(9, 9, 3), "text")
    assert isinstance(layer, PixelLayer)
    written(text, sizes, 2.0)(layer)
    document.save(tmp_path / "a.psd")
    (found,) = open_document(tmp_path / "a.psd", Limits())
    assert isinstance(found, TypeLayer)
    return read_styled(found)


def test_runs_are_cut_by_characters_though_stored_by_units(tmp_path: Path) -> None:
    found = read(tmp_path, "a🤣b\rc", [(3, 10.0), (3, 20.0)])
    assert [(x.text, x.style.size) for x in found.runs] == [("a🤣", 10), ("b\nc", 20)]
    assert [x.style.color for x in found.runs] == [(0, 0, 0), (255, 0, 0)]
    assert [x.style.bold for x in found.runs] == [False, True]
    assert found.fonts == ["Some-Bold"]


def test_a_text_knows_where_it_stands_and_what_it_is_not_drawn_as(
    tmp_path: Path,
) -> None:
    found = read(tmp_path, "ab", [(3, 10.0)])
    assert found.transform == (2, 0, 0, 2, 10, 20)
    assert (found.orientation, found.warp, found.box) == ("vertical", "arc", None)
    assert found.warnings == ("It is warped (arc): it is set flat",)
    assert found.canvas == (40, 30)
    assert [x.align for x in found.paragraphs] == ["center"]


def test_a_text_without_runs_has_one_style(tmp_path: Path) -> None:
    found = read(tmp_path, "", [])
    assert found.text == "" and len(found.runs) == 1


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no ../shared/corpus")
def test_a_box_of_photoshop_is_read_with_all_that_stands_in_it() -> None:
    layer = next(
        x
        for x in open_document(
            CORPUS / "adjustment-fillers.psd", Limits()
        ).descendants()
        if isinstance(x, TypeLayer)
    )
    found = read_styled(layer)
    style = found.runs[0].style
    assert found.box == (0, 0, 149.75, 103.25)
    assert (style.font, style.size, style.tracking) == ("ArialMT", 43.75, 75)
    assert (style.leading, style.baseline_shift) == (74.0201, -4.2978)
    assert (found.paragraphs[0].align, found.ppi) == ("center", 150)
    assert "、" in found.no_line_start and "「" in found.no_line_end
