"""Slots are found by themselves, and are changed as users want."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import Tag
from psd_tools.psd.descriptor import Descriptor, Enumerated, List, String

from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.psd.templates import SlotChange, SlotRules
from onemanage.local.sample_layers import (
    add_smart_object,
    add_type,
    add_variables,
    embed,
    set_psd_id,
)
from onemanage.psd.domain.templates.compiled import compile_template
from onemanage.psd.domain.templates.define import define

from . import template_samples as samples
from .template_samples import ID, flat, slots_of, words, written

_QUAD = ((10.0, 10.0), (40.0, 10.0), (40.0, 30.0), (10.0, 30.0))
_VARIABLES = """<?xml version="1.0" encoding="UTF-8"?>
<variableSets xmlns="http://ns.adobe.com/Variables/1.0/">
<variableSet varSetName="binding1" locked="none"><variables>
<variable varName="headline" trait="textcontent" docRef="id('21')"/>
<variable varName="shot" trait="pixelreplacement" docRef="id('22')"
  placementMethod="fit" align="top-left" clip="false"/>
<variable varName="badge" trait="visibility" docRef="id('23')"/>
<variable varName="gone" trait="visibility" docRef="id('99')"/>
</variables></variableSet></variableSets>"""
_DATA_SETS = """<sampleDataSets xmlns="http://ns.adobe.com/Variables/1.0/">
<sampleDataSet dataSetName="one"><headline><p>Spring sale</p></headline>
<badge>true</badge></sampleDataSet></sampleDataSets>"""


def changes(path: Path, *wanted: SlotChange) -> dict[str, list[int]]:
    return {x.name: x.layer_ids for x in define(path, list(wanted), []).slots}


def refused(path: Path, *wanted: SlotChange) -> InvalidInput:
    with pytest.raises(InvalidInput) as raised:
        define(path, list(wanted), [])
    return raised.value


def test_the_kind_of_a_slot_follows_from_its_layer(tmp_path: Path) -> None:
    found = slots_of(samples.everything(tmp_path / "a.psd"))
    kinds = {name: slot.kind for name, slot in found.items()}
    assert kinds == {
        "photo": "picture",
        "title": "text",
        "badge": "choice",
        "seal": "visibility",
    }
    assert found["title"].default == "Title"
    assert found["title"].fonts == ["NotoSans-Bold"]
    assert found["badge"].choices == ["new", "sale"]
    assert (found["badge"].default, found["seal"].default) == ("new", True)
    assert found["photo"].box == [10, 20, 52, 60]


def test_a_text_may_hold_several_tags(tmp_path: Path) -> None:
    psd = samples.document()
    add_type(psd, "line", words("{{price}} for {{ count }} pieces"))
    found = slots_of(written(psd, tmp_path / "a.psd"))
    assert {x.name: (x.kind, x.tag, x.origin) for x in found.values()} == {
        "price": ("text", "{{price}}", "text"),
        "count": ("text", "{{ count }}", "text"),
    }


def test_layers_that_share_a_smart_object_or_a_tag_are_one_slot(
    tmp_path: Path,
) -> None:
    psd = samples.document()
    content = Image.new("RGB", (30, 20), samples.RED)
    add_smart_object(psd, "{{photo}}", content, _QUAD, ID)
    add_smart_object(psd, "its mirror", content, _QUAD, ID)
    add_type(psd, "{{name}}", words("one"))
    add_type(psd, "{{name}}", words("two"))
    embed(psd, ID, "a.png", samples.png((30, 20)))
    found = slots_of(written(psd, tmp_path / "a.psd"))
    assert found["photo"].layer_ids == [2, 3]
    assert found["name"].layer_ids == [4, 5]


def test_what_of_a_smart_object_is_not_followed_is_said_before_and_with_each_picture(
    tmp_path: Path,
) -> None:
    psd = samples.document()
    layer = add_smart_object(psd, "{{photo}}", Image.new("RGB", (30, 20)), _QUAD, ID)
    data = layer.tagged_blocks.get_data(Tag.SMART_OBJECT_LAYER_DATA1).data
    listed: Any = List  # which is generic, and says of what nowhere
    blur = Descriptor(classID=b"filterFX")
    blur[b"Nm  "] = String("Gaussian Blur...")
    data[b"filterFX"] = Descriptor(classID=b"filterFXStyle")
    data[b"filterFX"][b"filterFXList"] = listed([blur])
    data[b"warp"] = Descriptor(classID=b"warp")
    data[b"warp"][b"warpStyle"] = Enumerated(typeID=b"warpStyle", enum=b"warpArc")
    path = written(psd, tmp_path / "a.psd")
    photo = samples.file_of((0, 0, 0), tmp_path / "a.png", (30, 20))

    defined = define(path, [], [])
    row = compile_template(path, defined.slots, []).row({}, {"photo": photo})

    for told in (defined.warnings, row.warnings):
        said = " ".join(told)
        assert "'{{photo}}' is warped in a way that is not supported" in said
        assert "has smart filters (Gaussian Blur...)" in said


def test_variables_of_photoshop_are_slots_with_their_rules(tmp_path: Path) -> None:
    psd = samples.document()
    for number, layer in enumerate(
        (
            add_type(psd, "text", words("Now")),
            psd.create_pixel_layer_from_array(flat(9, 9, 1, 2, 3, 255), "shot"),
            psd.create_pixel_layer_from_array(flat(9, 9, 1, 2, 3, 255), "badge"),
        )
    ):
        set_psd_id(layer, 21 + number)
    add_variables(psd, _VARIABLES, _DATA_SETS)
    made = define(written(psd, tmp_path / "a.psd"), [], [])
    found = {slot.name: slot for slot in made.slots}
    assert {x.kind for x in found.values()} == {"text", "picture", "visibility"}
    assert {x.origin for x in found.values()} == {"variable"}
    assert found["headline"].example == "Spring sale"
    rules = SlotRules(fit="fit", align="left top", clip=False)
    assert found["shot"].rules == rules
    assert made.warnings == ("Variable 'gone' names a layer that is not there.",)


def test_variables_expand_no_entities_of_the_file(tmp_path: Path) -> None:
    psd = samples.document()
    add_type(psd, "{{name}}", words("one"))
    bomb = '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>'
    add_variables(psd, bomb)
    (warning,) = define(written(psd, tmp_path / "a.psd"), [], []).warnings
    assert "variables that Photoshop stored cannot be read" in warning


def test_slots_of_a_document_within_are_named_after_both(tmp_path: Path) -> None:
    inner = PSDImage.new("RGB", (30, 20))
    inner.create_pixel_layer_from_array(flat(30, 20, 0, 0, 0), "ground")
    add_type(inner, "{{price}}", words("$1", (2, 14), 10))
    held = written(inner, tmp_path / "inner.psd").read_bytes()
    psd = samples.document()
    content = Image.new("RGB", (30, 20))
    add_smart_object(psd, "{{card:inside}}", content, _QUAD, ID)
    embed(psd, ID, "inner.psd", held)
    found = slots_of(written(psd, tmp_path / "a.psd"))["card.price"]
    assert (found.kind, found.inside, found.layer_ids) == ("text", "price", [2])
    assert found.default == "$1"


def test_slots_are_removed_renamed_and_added(tmp_path: Path) -> None:
    path = samples.everything(tmp_path / "a.psd")
    before = changes(path)
    after = changes(
        path,
        SlotChange(name="badge", remove=True),
        SlotChange(name="title", rename="headline"),
        SlotChange(name="haze", kind="visibility", layer_ids=[14]),
    )
    assert list(after) == ["photo", "headline", "seal", "haze"]
    assert after["headline"] == before["title"]


def test_a_change_that_cannot_be_says_what_there_is(tmp_path: Path) -> None:
    path = samples.everything(tmp_path / "a.psd")
    unknown = refused(path, SlotChange(name="x", rename="y"))
    assert unknown.code == "template.unknown_slot" and "photo, title" in str(unknown)
    layer = refused(path, SlotChange(name="x", kind="text", layer_ids=[99]))
    assert layer.code == "template.unknown_layer" and "1 to 14" in layer.message
    wrong = refused(path, SlotChange(name="x", kind="text", layer_ids=[1]))
    assert (wrong.code, wrong.where) == ("template.wrong_layer", "x")
    taken = refused(path, SlotChange(name="title", rename="photo"))
    assert taken.code == "template.name_taken"
    rules = SlotChange(name="title", rules=SlotRules(overflow="burst"))
    assert "shrink, clip, grow" in refused(path, rules).message


def test_a_document_without_slots_is_no_template(tmp_path: Path) -> None:
    path = written(samples.document(), tmp_path / "a.psd")
    assert refused(path).code == "template.no_slots"
