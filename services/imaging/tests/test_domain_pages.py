"""Pages of documents: as wide as is asked, with their forms."""

from pathlib import Path

import pytest

from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.inputs import read_header, read_picture
from onemanage.imaging.errors import InvalidImage

from . import samples


@pytest.mark.parametrize("width", [1, 333, 978, 1001])
def test_a_page_is_exactly_as_wide_as_is_asked(tmp_path: Path, width: int) -> None:
    path = samples.pdf(tmp_path / "a", [(595.28, 841.89), (612, 792)])
    for page in (1, 2):
        reading = Reading(page=page, width=width)
        found = read_header(path, reading)
        pixels = read_picture(path, reading).first
        assert pixels.shape[:2] == (found.height, found.width)
        assert found.width == width


def test_a_page_larger_than_may_be_drawn_is_drawn_at_the_size_that_is_wanted(
    tmp_path: Path,
) -> None:
    """Of 56 inches, which are 8,400 pixels each way."""
    path = samples.pdf(tmp_path / "a", [(56 * 72, 56 * 72)])
    with pytest.raises(InvalidImage) as caught:
        read_picture(path)
    assert caught.value.code == "imaging.too_large"
    result = samples.run(path, [{"op": "resize", "width": 300}])
    assert (result.width, result.height) == (300, 300)


def test_a_small_page_that_is_made_larger_is_drawn_larger(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(form(b"Ada"))
    large = {"op": "resize", "width": 1600, "enlarge": True}
    pixels = samples.made_of(path, large)[:, :, 0]
    edges = ((pixels > 24) & (pixels < 232)).sum() / (pixels < 128).sum()
    assert pixels.shape == (798, 1600) and edges < 0.2


def form(value: bytes) -> bytes:
    """A page with a field of text that has a value and no appearance of its own."""
    font = b"/DA(/Helv 20 Tf 0 g)"
    bodies = (
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]/NeedAppearances true"
        b"/DR<</Font<</Helv 4 0 R>>>>" + font + b">>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Annots[5 0 R]>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(" + value + b")"
        b"/Rect[20 40 180 70]/F 4/P 3 0 R" + font + b">>",
    )
    made = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(len(made))
        made += b"%d 0 obj" % number + body + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(made)
    return made + b"xref\n0 6\n0000000000 65535 f \n" + table + end


def test_what_is_filled_into_a_form_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(form(b"Ada Lovelace"))
    pixels = read_picture(tmp_path / "a").first[:, :, 0]
    inside = pixels[208 - 70 * 208 // 100 : 208 - 40 * 208 // 100, 42:375]
    assert int((inside < 128).sum()) > 400
    assert int(pixels[:50].min()) == 255
    (tmp_path / "a").write_bytes(form(b""))
    assert int(read_picture(tmp_path / "a").first.min()) > 200
