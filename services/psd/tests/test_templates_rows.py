"""Rows of a compiled template show their values, and all else as the document has it."""

import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import BlendMode, Tag

from onemanage.contracts.psd.templates import SlotChange, SlotRules, SlotValue
from onemanage.local.sample_layers import (
    add_smart_object,
    add_type,
    drop_shadow,
    embed,
    with_effects,
)
from onemanage.psd.domain.templates.compiled import compile_template
from onemanage.psd.domain.templates.define import define
from onemanage.psd.domain.templates.rows import RowRejected

from . import template_samples as samples
from .effect_samples import adjustment
from .template_samples import (
    BLUE,
    GREEN,
    ID,
    RED,
    Pixels,
    compiled,
    file_of,
    flat,
    rendered,
    text,
    words,
    written,
)

_QUAD = ((10.0, 10.0), (50.0, 10.0), (50.0, 40.0), (10.0, 40.0))


def difference(one: Pixels, other: Pixels) -> int:
    return int(np.abs(one.astype(int) - other).max())


def rejected(path: Path, **values: SlotValue) -> RowRejected:
    with pytest.raises(RowRejected) as raised:
        compiled(path).row(values, {})
    return raised.value


def with_photo(path: Path, **more: object) -> Path:
    psd = samples.document()
    content = Image.new("RGB", (40, 30), RED)
    layer = add_smart_object(psd, "{{photo}}", content, _QUAD, ID)
    for name, value in more.items():
        setattr(layer, name, value)
    embed(psd, ID, "a.png", samples.png((40, 30)))
    return written(psd, path)


def test_a_row_without_values_is_the_documents_own_render(tmp_path: Path) -> None:
    path = samples.everything(tmp_path / "a.psd")
    made = compiled(path)
    assert difference(made.row({}, {}).pixels, rendered(path)) == 0


def test_a_row_leaves_nothing_behind_for_the_next(tmp_path: Path) -> None:
    path = samples.everything(tmp_path / "a.psd")
    made = compiled(path)
    photo = file_of(GREEN, tmp_path / "a.png", (400, 300))
    values = {
        "title": text("Longer than before"),
        "badge": text("sale"),
        "seal": SlotValue(shown=False),
    }
    filled = made.row(values, {"photo": photo}).pixels.copy()
    assert difference(filled, rendered(path)) > 50
    assert difference(made.row({}, {}).pixels, rendered(path)) == 0
    assert difference(made.row(values, {"photo": photo}).pixels, filled) == 0


@pytest.mark.parametrize("mode", list(BlendMode))
def test_a_slot_below_any_blend_mode_stays_the_same(
    tmp_path: Path, mode: BlendMode
) -> None:
    if mode is BlendMode.PASS_THROUGH:
        pytest.skip("of groups alone")
    psd = samples.document()
    psd.create_pixel_layer_from_array(
        flat(50, 40, *GREEN, 200), "{{photo}}", left=20, top=20
    )
    for number in range(3):
        above = psd.create_pixel_layer_from_array(
            flat(40, 30, 90, 40 * number, 250, 140),
            "above",
            left=10 * number,
            top=15 * number,
        )
        above.blend_mode = mode
    path = written(psd, tmp_path / "a.psd")
    assert difference(compiled(path).row({}, {}).pixels, rendered(path)) == 0


def test_adjustments_above_a_slot_change_what_it_shows(tmp_path: Path) -> None:
    psd = samples.document()
    psd.create_pixel_layer_from_array(flat(50, 40, *RED, 255), "{{photo}}", left=20)
    adjustment(psd, Tag.INVERT, b"")
    path = written(psd, tmp_path / "a.psd")
    made = compiled(path)
    assert difference(made.row({}, {}).pixels, rendered(path)) == 0
    photo = file_of(GREEN, tmp_path / "a.png", (50, 40))
    found = made.row({}, {"photo": photo}).pixels[20, 40, :3]
    assert found.tolist() == [255 - x for x in GREEN]


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_pictures_come_in_the_documents_colours(tmp_path: Path, mode: str) -> None:
    psd = samples.document(mode)
    channels = {"L": 2, "RGB": 4, "CMYK": 5}[mode]
    own = np.full((40, 50, channels), 255, np.uint8)
    psd.create_pixel_layer_from_array(own, "{{photo}}", left=20, top=20)
    made = compiled(written(psd, tmp_path / "a.psd"))
    gray = file_of((128, 128, 128), tmp_path / "a.png", (50, 40))
    found = made.row({}, {"photo": gray}).pixels[40, 40, :-1]
    assert np.abs(found.astype(int) - 128).max() <= 24


def test_a_mask_and_the_opacity_of_a_layer_stay(tmp_path: Path) -> None:
    psd = samples.document()
    layer = psd.create_pixel_layer_from_array(
        flat(40, 30, *RED, 255), "{{photo}}", left=10, top=10, opacity=128
    )
    mask = np.zeros((30, 40), np.uint8)
    mask[:, 20:] = 255
    layer.create_mask(Image.fromarray(mask))
    path = written(psd, tmp_path / "a.psd")
    before = rendered(path)
    green = file_of(GREEN, tmp_path / "a.png", (40, 30))
    found = compiled(path).row({}, {"photo": green}).pixels
    assert difference(found[:, :30], before[:, :30]) == 0
    ground = rendered(written(samples.document(), tmp_path / "ground.psd"))
    expected = (ground[20, 40, :3].astype(int) * 127 + np.array(GREEN) * 128) // 255
    assert np.abs(found[20, 40, :3] - expected).max() <= 1


def test_effects_go_around_the_new_picture(tmp_path: Path) -> None:
    psd = PSDImage.new("RGB", (120, 90))
    psd.create_pixel_layer_from_array(flat(120, 90, 255, 255, 255), "ground")
    layer = psd.create_pixel_layer_from_array(
        flat(40, 30, *RED, 255), "{{photo}}", left=40, top=30
    )
    with_effects(layer, DrSh=drop_shadow(size=0, distance=10, opacity=100))
    rules = SlotChange(name="photo", rules=SlotRules(fit="fit"))
    path = written(psd, tmp_path / "a.psd")
    slots = define(path, [rules], []).slots
    tall = file_of(GREEN, tmp_path / "a.png", (10, 30))
    found = compile_template(path, slots, []).row({}, {"photo": tall}).pixels
    assert found[45, 60, :3].tolist() == list(GREEN)
    assert found[45, 42, :3].tolist() == [255, 255, 255]
    assert found[62, 66, :3].tolist() == [0, 0, 0]
    assert found[62, 78, :3].tolist() == [255, 255, 255]


def test_all_layers_of_a_smart_object_take_the_picture(tmp_path: Path) -> None:
    psd = samples.document()
    content = Image.new("RGB", (20, 20), RED)
    for left in (5.0, 60.0):
        corners = ((left, 5.0), (left + 20, 5.0), (left + 20, 25.0), (left, 25.0))
        add_smart_object(psd, "{{photo}}" if left == 5 else "x", content, corners, ID)
    embed(psd, ID, "a.png", samples.png((20, 20)))
    made = compiled(written(psd, tmp_path / "a.psd"))
    green = file_of(GREEN, tmp_path / "a.png", (20, 20))
    found = made.row({}, {"photo": green}).pixels
    assert found[15, 15, :3].tolist() == found[15, 70, :3].tolist() == list(GREEN)


def test_a_value_with_nothing_hides_its_layer(tmp_path: Path) -> None:
    path = with_photo(tmp_path / "a.psd")
    ground = rendered(written(samples.document(), tmp_path / "ground.psd"))
    found = compiled(path).row({"photo": SlotValue()}, {}).pixels
    assert difference(found, ground) == 0


def test_a_choice_shows_one_child_and_names_all_where_it_is_none(
    tmp_path: Path,
) -> None:
    path = samples.everything(tmp_path / "a.psd")
    before = rendered(path)
    found = compiled(path).row({"badge": text("Sale")}, {}).pixels
    assert found[10, 105, 0] > before[10, 105, 0] + 40
    error = rejected(path, badge=text("none such"))
    assert (error.slot, error.code) == ("badge", "template.no_such_choice")
    assert "new, sale" in error.message


def test_tags_in_a_text_are_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    psd = samples.document()
    add_type(psd, "line", words("now {{price}}!", (4, 40), 14))
    other = samples.document()
    add_type(other, "line", words("now $5!", (4, 40), 14))
    path = written(psd, tmp_path / "a.psd")
    expected = rendered(written(other, tmp_path / "b.psd"))
    found = compiled(path).row({"price": text("$5")}, {}).pixels
    assert difference(found, expected) == 0


def test_a_text_that_does_not_fit_rejects_its_row(tmp_path: Path) -> None:
    psd = samples.document()
    add_type(psd, "{{title}}", words("Hi", (4, 4), 16, box=(60, 24)))
    path = written(psd, tmp_path / "a.psd")
    error = rejected(path, title=text("Far too long a text for such a box " * 9))
    assert (error.slot, error.code) == ("title", "template.does_not_fit")
    assert rejected(path, title=text("x" * 10_001)).code == "template.text_too_long"
    assert rejected(path, title=SlotValue(shown=True)).code == "template.wrong_value"
    assert "title" in rejected(path, titel=text("x")).message


def test_text_takes_a_colour(tmp_path: Path) -> None:
    psd = PSDImage.new("RGB", (120, 90))
    psd.create_pixel_layer_from_array(flat(120, 90, 255, 255, 255), "ground")
    add_type(psd, "{{title}} {{ink:color}}", words("HHH", (4, 60), 60))
    made = compiled(written(psd, tmp_path / "a.psd"))
    found = made.row({"ink": text("#1ec83c")}, {}).pixels[:, :, :3].reshape(-1, 3)
    assert (found == GREEN).all(axis=1).sum() > 500
    assert not (found == BLUE).all(axis=1).any()
    path = tmp_path / "a.psd"
    assert rejected(path, ink=text("green")).code == "template.wrong_value"


def test_pixels_take_a_colour_by_their_coverage(tmp_path: Path) -> None:
    psd = samples.document()
    psd.create_pixel_layer_from_array(flat(20, 20, *RED, 255), "{{dot:color}}", left=5)
    found = compiled(written(psd, tmp_path / "a.psd")).row({"dot": text("#1ec83c")}, {})
    assert found.pixels[10, 10, :3].tolist() == list(GREEN)


def test_a_document_within_is_filled_and_placed(tmp_path: Path) -> None:
    inner = PSDImage.new("RGB", (40, 30))
    inner.create_pixel_layer_from_array(flat(40, 30, 0, 0, 0), "ground")
    inner.create_pixel_layer_from_array(
        flat(20, 30, *RED, 255), "{{half:color}}", left=20
    )
    held = written(inner, tmp_path / "inner.psd").read_bytes()
    psd = samples.document()
    content = Image.new("RGB", (40, 30))
    add_smart_object(psd, "{{card:inside}}", content, _QUAD, ID)
    embed(psd, ID, "inner.psd", held)
    made = compiled(written(psd, tmp_path / "a.psd"))
    found = made.row({"card.half": text("#1ec83c")}, {}).pixels
    assert found[25, 15, :3].tolist() == [0, 0, 0]
    assert found[25, 45, :3].tolist() == list(GREEN)


def test_a_document_as_a_picture_is_composed(tmp_path: Path) -> None:
    path = with_photo(tmp_path / "a.psd")
    other = PSDImage.new("RGB", (40, 30))
    other.create_pixel_layer_from_array(flat(40, 30, *GREEN), "ground")
    picture = tmp_path / "b.psd"
    other.save(picture)
    found = compiled(path).row({}, {"photo": picture}).pixels
    assert found[20, 20, :3].tolist() == list(GREEN)


def test_pictures_that_are_none_or_too_large_reject_the_row(tmp_path: Path) -> None:
    made = compiled(with_photo(tmp_path / "a.psd"))
    none = tmp_path / "none.png"
    none.write_bytes(b"not a picture")
    with pytest.raises(RowRejected) as raised:
        made.row({}, {"photo": none})
    assert raised.value.code == "template.picture_unreadable"
    assert "it is in no format that is known. Send a PNG" in raised.value.message
    huge = tmp_path / "huge.png"
    head = bytearray(samples.png((1, 1)))
    head[16:24] = (30_000).to_bytes(4) * 2
    head[29:33] = zlib.crc32(head[12:29]).to_bytes(4)
    huge.write_bytes(head)
    with pytest.raises(RowRejected) as raised:
        made.row({}, {"photo": huge})
    assert raised.value.code == "template.picture_too_large"
    assert "100000000 pixels" in raised.value.message
