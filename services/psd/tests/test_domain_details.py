"""What layers hold beyond the tree, from documents that are made here."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.api.layers import PixelLayer
from psd_tools.constants import Clipping, Tag
from psd_tools.psd.adjustments import BrightnessContrast, ChannelMixer
from psd_tools.psd.descriptor import (
    Bool,
    Descriptor,
    DescriptorBlock,
    DescriptorBlock2,
    Double,
    Enumerated,
    Integer,
    List,
    RawData,
    String,
    UnitFloat,
)
from psd_tools.psd.engine_data import EngineData
from psd_tools.psd.tagged_blocks import TaggedBlock, TypeToolObjectSetting
from psd_tools.terminology import Unit

from onemanage.contracts.psd.manifest import LayerDetails
from onemanage.psd.domain.details import layer_details
from onemanage.psd.domain.details.reading import MAX_STOPS, MAX_TEXT
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.layers import tree
from onemanage.psd.domain.read import open_document, quiet

from . import samples

type Prepare = Callable[[PixelLayer], None]


def details(document: PSDImage, path: Path) -> list[LayerDetails]:
    """Of every layer, after the document was written and read again."""
    with path.open("wb") as file:
        document._record.write(file)
    with quiet():
        nodes = tree(open_document(path, Limits()))
        ids = {id(node.layer): node.layer_id for node in nodes}
        found = [layer_details(node.layer, ids) for node in nodes]
    for layer in found:
        encoded = msgspec.json.encode(layer)
        assert msgspec.json.decode(encoded, type=LayerDetails) == layer
    return found


def one(tmp_path: Path, prepare: Prepare) -> LayerDetails:
    """The details of a layer of 8 x 8 pixels on a canvas of 100 x 50."""
    document = PSDImage.new("RGB", (100, 50))
    prepare(document.create_pixel_layer_from_array(samples.noise(8, 8, 4), "layer"))
    return details(document, tmp_path / "a.psd")[0]


def put(layer: PixelLayer, tag: Tag, data: Any) -> None:
    layer.tagged_blocks[tag] = TaggedBlock(key=tag.value, data=data)


def made(block: type[Any], kind: bytes, items: dict[bytes, Any]) -> Any:
    """psd-tools' constructors convert, which their types do not say."""
    return block(name="", classID=kind, items=items)


def listed(items: list[Any]) -> Any:
    return cast(type[Any], List)(items)


def described(kind: bytes, **values: Any) -> Any:
    """A descriptor; keys are filled up to four characters with spaces."""
    padded = {key.ljust(4).encode(): value for key, value in values.items()}
    return made(Descriptor, kind, padded)


def rgb(red: float, green: float, blue: float) -> Any:
    return described(b"RGBC", Rd=Double(red), Grn=Double(green), Bl=Double(blue))


def percent(value: float) -> UnitFloat:
    return UnitFloat(value=value, unit=Unit.Percent)


def length(value: float) -> UnitFloat:
    return UnitFloat(value=value, unit=Unit.Pixels)


def word(kind: bytes, value: bytes) -> Enumerated:
    return Enumerated(typeID=kind, enum=value)


def shadow(**changes: Any) -> Any:
    values = {
        "enab": Bool(True),
        "Md": word(b"BlnM", b"Mltp"),
        "Clr": rgb(255, 128, 0),
        "Opct": percent(75),
        "uglg": Bool(False),
        "lagl": UnitFloat(value=120.0, unit=Unit.Angle),
        "Dstn": length(5),
        "Ckmt": length(30),
        "blur": length(12),
    }
    return described(b"DrSh", **{**values, **changes})


def effects(*found: Descriptor, enabled: bool = True) -> Any:
    items = {
        b"masterFXSwitch": Bool(enabled),
        b"dropShadowMulti": listed(list(found)),
    }
    return made(DescriptorBlock2, b"null", items)


def with_effects(*found: Descriptor, enabled: bool = True) -> Prepare:
    tag = Tag.OBJECT_BASED_EFFECTS_LAYER_INFO
    return lambda layer: put(layer, tag, effects(*found, enabled=enabled))


def engine(text: str, sizes: list[tuple[int, float]]) -> bytes:
    """Runs of so many UTF-16 units in so many points, in turn in two colours."""
    runs = "".join(
        "<< /StyleSheet << /StyleSheetData << /Font 0 /FontSize "
        f"{size} /FauxBold {'true' if number % 2 else 'false'} /FillColor "
        f"<< /Type 1 /Values [ 1.0 {float(number % 2)} 0.0 0.0 ] >> >> >> >>\n"
        for number, (_, size) in enumerate(sizes)
    )
    counts = " ".join(str(count) for count, _ in sizes)
    units = len(text.encode("utf-16-le")) // 2
    return f"""<< /EngineDict <<
/ParagraphRun << /RunArray [ << /ParagraphSheet << /Properties << /Justification 2
>> >> >> ] /RunLengthArray [ {units} ] >>
/StyleRun << /RunArray [ {runs} ] /RunLengthArray [ {counts} ] >> >>
/ResourceDict << /FontSet [ << /Name FONT /FontType 1 >> ] >> >>
""".encode().replace(b"FONT", b"(\xfe\xff" + "Some-Bold".encode("utf-16-be") + b")")


def written(text: str, sizes: list[tuple[int, float]], scale: float = 1.0) -> Prepare:
    def prepare(layer: PixelLayer) -> None:
        styles: Any = EngineData.frombytes(engine(text, sizes))
        items = {
            b"Txt ": String(text + "\0"),
            b"Ornt": word(b"Ornt", b"Vrtc"),
            b"EngineData": RawData(styles),
        }
        data = made(DescriptorBlock, b"TxLr", items)
        arc = {b"warpStyle": word(b"warpStyle", b"warpArc")}
        warp = made(DescriptorBlock, b"warp", arc)
        transform = (scale, 0.0, 0.0, scale, 10.0, 20.0)
        setting = TypeToolObjectSetting(1, transform, 50, data, 1, warp)
        put(layer, Tag.TYPE_TOOL_OBJECT_SETTING, setting)

    return prepare


def test_a_plain_layer_tells_its_number_and_nothing_else(tmp_path: Path) -> None:
    found = one(tmp_path, lambda layer: None)
    assert found == LayerDetails(layer_id=1, psd_id=found.psd_id)


def test_a_shadow_is_told_in_the_units_of_the_dialog(tmp_path: Path) -> None:
    effect = one(tmp_path, with_effects(shadow())).effects[0]
    assert (effect.kind, effect.enabled) == ("drop_shadow", True)
    assert (effect.blend_mode, effect.opacity) == ("multiply", 0.75)
    assert (effect.angle, effect.distance, effect.size) == (120, 5, 12)
    assert (effect.spread, effect.fill and effect.fill.color) == (0.3, "#ff8000")


def test_an_effect_that_was_taken_off_the_list_is_not_told(tmp_path: Path) -> None:
    absent = made(Descriptor, b"DrSh", {b"present": Bool(False)})
    found = one(tmp_path, with_effects(absent, shadow(Dstn=length(9))))
    assert [effect.distance for effect in found.effects] == [9]


def test_an_unknown_blend_mode_of_an_effect_is_normal(tmp_path: Path) -> None:
    effect = shadow(Md=word(b"BlnM", b"????"))
    assert one(tmp_path, with_effects(effect)).effects[0].blend_mode == "normal"


def test_colors_to_search_by_are_those_that_are_switched_on(tmp_path: Path) -> None:
    overlay = described(b"SoFi", enab=Bool(True), Clr=rgb(1, 2, 3))
    off = described(b"SoFi", enab=Bool(False), Clr=rgb(9, 9, 9))
    assert one(tmp_path, with_effects(overlay, off)).colors == ["#010203"]
    assert one(tmp_path, with_effects(overlay, enabled=False)).colors == []


@pytest.mark.parametrize(
    ("color", "expected"),
    [
        (rgb(255, 127.5, 0), "#ff8000"),
        (described(b"Grsc", Gry=Double(100)), "#000000"),
        (
            described(b"HSBC", H=Double(120), Strt=Double(100), Brgh=Double(50)),
            "#008000",
        ),
        (
            described(
                b"CMYC", Cyn=Double(0), Mgnt=Double(100), Ylw=Double(0), Blck=Double(0)
            ),
            "#ff00ff",
        ),
        (described(b"LbCl", Lmnc=Double(100), A=Double(0), B=Double(0)), "#ffffff"),
        (rgb(math.nan, 0, 0), None),
    ],
)
def test_a_color_of_any_space_becomes_hexadecimal(
    tmp_path: Path, color: Descriptor, expected: str | None
) -> None:
    fill = one(tmp_path, with_effects(shadow(Clr=color))).effects[0].fill
    assert (fill and fill.color) == expected


def test_numbers_that_are_none_do_not_reach_the_json(tmp_path: Path) -> None:
    effect = shadow(Dstn=length(math.nan), Opct=percent(math.inf))
    found = one(tmp_path, with_effects(effect)).effects[0]
    assert (found.distance, found.opacity) == (None, 1)


def test_runs_count_the_characters_that_are_told(tmp_path: Path) -> None:
    text = one(
        tmp_path, written("a\N{SLICE OF PIZZA}\rbc", [(3, 10.0), (3, 20.0)], 2.0)
    ).text
    assert text is not None
    assert text.text == "a\N{SLICE OF PIZZA}\nbc"
    assert [(run.start, run.length) for run in text.runs] == [(0, 2), (2, 3)]
    assert [run.size for run in text.runs] == [20, 40]
    assert [(run.color, run.bold) for run in text.runs] == [
        ("#000000", False),
        ("#ff0000", True),
    ]
    assert (text.orientation, text.warp) == ("vertical", "arc")
    assert text.paragraphs[0].justification == "center"


def test_fonts_and_colors_of_the_text_can_be_searched(tmp_path: Path) -> None:
    found = one(tmp_path, written("abcd", [(2, 10.0), (2, 10.0)]))
    assert found.fonts == ["Some-Bold"]
    assert found.text and found.text.runs[0].family == "Some"
    assert found.colors == ["#000000", "#ff0000"]


def test_neighbours_of_one_style_are_one_run(tmp_path: Path) -> None:
    sizes = [(1, 10.0), (1, 12.0), (1, 10.0)]
    text = one(tmp_path, written("abc", [*sizes, (1, 12.0)])).text
    assert text and len(text.runs) == 3  # the fourth is past the text
    sizes = [(2, 10.0)]
    text = one(tmp_path, written("ab", sizes)).text
    assert text and [(run.start, run.length) for run in text.runs] == [(0, 2)]


def test_a_text_that_is_too_long_is_cut_and_says_so(tmp_path: Path) -> None:
    size = MAX_TEXT + 500
    found = one(tmp_path, written("x" * size, [(size, 10.0)]))
    assert found.text and len(found.text.text) == MAX_TEXT
    assert found.text.runs[0].length == MAX_TEXT
    assert f"the first {MAX_TEXT} characters" in found.warnings[0]


def test_half_a_surrogate_pair_in_a_text_can_be_encoded(tmp_path: Path) -> None:
    document = PSDImage.new("RGB", (9, 9))
    layer = document.create_pixel_layer_from_array(samples.noise(8, 8, 4), "layer")
    written("ab", [(2, 10.0)])(layer)
    data = layer.tagged_blocks.get_data(Tag.TYPE_TOOL_OBJECT_SETTING).text_data
    path = tmp_path / "a.psd"
    details(document, path)
    stored = path.read_bytes()
    assert data[b"Txt "].value == "ab\0" and b"\0a\0b\0\0" in stored
    path.write_bytes(stored.replace(b"\0a\0b\0\0", b"\xd8\0\0b\0\0"))
    with quiet():
        (node,) = tree(open_document(path, Limits()))
        found = layer_details(node.layer, {id(node.layer): 1})
    msgspec.json.encode(found)


def test_too_many_gradient_stops_are_cut_and_said(tmp_path: Path) -> None:
    stop = described(b"Clrt", Clr=rgb(1, 2, 3), Lctn=Integer(2048), Mdpn=Integer(50))
    gradient = described(b"Grdn", Nm=String("$$$/A/B=Sky\0"), Intr=Double(4096))
    gradient[b"Clrs"] = listed([stop] * (MAX_STOPS + 5))
    overlay = described(b"GrFl", Grad=gradient, Type=word(b"GrdT", b"Rdl "))
    found = one(tmp_path, with_effects(overlay))
    fill = found.effects[0].fill
    assert fill and fill.gradient
    assert (fill.gradient.name, fill.gradient.style) == ("Sky", "radial")
    assert len(fill.gradient.stops) == MAX_STOPS
    assert fill.gradient.stops[0].position == 0.5
    assert found.warnings == [
        f"It has too many gradient stops: the first {MAX_STOPS} are kept"
    ]


def test_a_damaged_block_is_a_warning_and_leaves_the_rest(tmp_path: Path) -> None:
    def prepare(layer: PixelLayer) -> None:
        put(layer, Tag.OBJECT_BASED_EFFECTS_LAYER_INFO, RawData(b"not a descriptor"))
        written("ab", [(2, 10.0)])(layer)

    found = one(tmp_path, prepare)
    assert found.effects == [] and found.text is not None
    assert "effects cannot be read" in found.warnings[0]


def test_a_mask_is_told_with_its_place(tmp_path: Path) -> None:
    def prepare(layer: PixelLayer) -> None:
        layer.create_mask(Image.new("L", (4, 6), 128), top=-2, left=3)
        assert layer.mask
        layer.mask.disabled = True

    mask = one(tmp_path, prepare).mask
    assert mask is not None
    box = mask.box
    assert (box.left, box.top, box.width, box.height) == (3, -2, 4, 6)
    assert (mask.enabled, mask.linked, mask.density) == (False, True, 1)


def test_a_clipped_layer_names_the_layer_that_it_is_clipped_to(tmp_path: Path) -> None:
    document = PSDImage.new("RGB", (20, 20))
    group = document.create_group(name="group")
    for number in range(4):
        layer = group.create_pixel_layer_from_array(samples.noise(4, 4, 4), f"{number}")
        layer._record.clipping = Clipping.NON_BASE if number % 3 else Clipping.BASE
    found = details(document, tmp_path / "a.psd")
    assert [layer.clipping_base for layer in found] == [None, None, 2, 2, None]


def test_parameters_that_are_too_many_or_too_deep_are_cut_and_said(
    tmp_path: Path,
) -> None:
    deep = described(b"null", end=Integer(1))
    for _ in range(30):
        deep = described(b"null", down=deep)
    items = {b"deep": deep, b"wide": listed([Integer(5)] * 20_000)}
    data = made(DescriptorBlock, b"null", items)
    found = one(tmp_path, lambda layer: put(layer, Tag.VIBRANCE, data))
    assert found.adjustment and found.adjustment.kind == "vibrance"
    assert len(msgspec.json.encode(found)) < 50_000
    assert found.warnings == ["Its parameters are too many: some are left out"]


def test_brightness_below_zero_is_not_read_as_64000(tmp_path: Path) -> None:
    data = BrightnessContrast(65536 - 40, 10, 127, 0)
    found = one(tmp_path, lambda x: put(x, Tag.BRIGHTNESS_AND_CONTRAST, data))
    assert found.adjustment and found.adjustment.parameters == {
        "brightness": -40,
        "contrast": 10,
        "legacy": True,
    }


def test_every_row_of_a_channel_mixer_is_told(tmp_path: Path) -> None:
    rest = b"".join(x.to_bytes(2, "big", signed=True) for x in (0, 90, 0, 0, -7))
    mixer: Any = ChannelMixer
    data = mixer(version=1, monochrome=0, data=[100, 5, 0, 0, 1], unknown=rest)
    found = one(tmp_path, lambda x: put(x, Tag.CHANNEL_MIXER, data))
    assert found.adjustment and found.adjustment.parameters["outputs"] == [
        {"output": "red", "red": 100, "green": 5, "blue": 0, "constant": 1},
        {"output": "green", "red": 0, "green": 90, "blue": 0, "constant": -7},
    ]
