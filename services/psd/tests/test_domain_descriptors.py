"""Descriptors and text engine data, read by our own readers."""

import struct
from typing import Any

import pytest
from psd_tools.psd import descriptor
from psd_tools.psd.engine_data import EngineData, Property
from psd_tools.psd.parse_limits import ParseLimitError, ParseLimits, _ParseBudget
from psd_tools.terminology import Unit

from onemanage.psd.domain import descriptors
from onemanage.psd.domain.engine_data import read_engine_data

from .test_domain_lazy import plain

stored: Any = descriptor
"""attrs' converters make a riddle of what its classes take."""
DescriptorBlock, DescriptorBlock2 = stored.DescriptorBlock, stored.DescriptorBlock2


def budget(objects: int = 1_000_000) -> _ParseBudget:
    return _ParseBudget(ParseLimits(max_objects=objects))


def everything() -> dict[bytes, Any]:
    inner = stored.Descriptor(name="inner", classID=b"aVeryLongClass")
    inner[b"Nm  "] = stored.String("ünï \N{GRINNING FACE}\0")
    return {
        b"Objc": inner,
        b"GlbO": stored.GlobalObject(name="g"),
        b"list": stored.List([stored.Integer(-5), stored.List([stored.Bool(True)])]),
        b"doub": stored.Double(-1.25e300),
        b"UntF": stored.UnitFloat(value=12.5, unit=Unit.Pixels),
        b"enum": stored.Enumerated(b"Ordn", b"Trgt"),
        b"enumeratedWithWords": stored.Enumerated(b"aLongType", b"aLongerValue"),
        b"long": stored.Integer(-(2**31)),
        b"comp": stored.LargeInteger(2**40),
        b"no  ": stored.Bool(False),
        b"yes ": stored.Bool(True),
        b"tdta": stored.RawData(b"\0\1\2"),
        b"alis": stored.Alias(b"alias"),
        b"Pth ": stored.Path(b"path"),
        b"UnFl": stored.UnitFloats(unit=Unit.Percent, values=[1.0, 2.0]),
        b"ObAr": stored.ObjectArray(items_count=3, name="array"),
        b"type": stored.Class1("class", b"null"),
        b"obj ": stored.Reference(
            [
                stored.Property("p", b"null", b"keyI"),
                stored.EnumeratedReference("e", b"null", b"type", b"enum"),
                stored.Offset("o", b"null", 7),
                stored.Identifier(3),
                stored.Index(4),
                stored.Name("n", b"null", "value"),
            ]
        ),
    }


@pytest.mark.parametrize("read", [descriptors.block, descriptors.block2])
def test_every_type_of_value_is_what_psd_tools_reads(read: Any) -> None:
    kind = DescriptorBlock if read is descriptors.block else DescriptorBlock2
    made = kind(name="root", classID=b"null", items=everything())
    data = b"before" + made.tobytes(padding=1)
    found, end = read(data + b"after", 6, budget())
    assert end == len(data)
    assert type(found) is kind
    assert plain(found) == plain(made)
    expected = kind.frombytes(data[6:])
    assert [type(x) for x in found.values()] == [type(x) for x in expected.values()]


def test_values_are_of_pythons_own_types() -> None:
    data = DescriptorBlock(items=everything()).tobytes(padding=1)
    found, _ = descriptors.block(data, 0, budget())
    assert found[b"yes "].value is True
    assert found[b"long"] == -(2**31)
    assert found[b"UntF"].unit is Unit.Pixels


@pytest.mark.parametrize("cut", [1, 2, 7, 20])
def test_a_descriptor_that_is_cut_off_is_refused(cut: int) -> None:
    data = DescriptorBlock(items=everything()).tobytes(padding=1)
    with pytest.raises((OSError, ValueError, KeyError, struct.error)):
        descriptors.block(data[:-cut], 0, budget())


def test_an_unknown_type_of_value_is_refused() -> None:
    data = DescriptorBlock(items={b"no  ": stored.Bool(False)}).tobytes(padding=1)
    with pytest.raises(KeyError):
        descriptors.block(data.replace(b"bool", b"what"), 0, budget())


def test_a_list_of_more_than_may_be_made_is_refused_on_the_way() -> None:
    items = stored.List([stored.Bool(True)] * 5_000)
    data = DescriptorBlock(items={b"list": items}).tobytes(padding=1)
    may = budget(objects=2_000)
    with pytest.raises(ParseLimitError):
        descriptors.block(data, 0, may)
    assert may.objects < 4_000
    with pytest.raises(ParseLimitError):  # as everything after it
        descriptors.block(DescriptorBlock().tobytes(padding=1), 0, may)


def test_lists_within_lists_end_somewhere() -> None:
    head = struct.pack(">IIHI4sI", 16, 1, 0, 0, b"null", 1) + struct.pack(
        ">I4s", 0, b"list"
    )
    data = (
        head + struct.pack(">4sI", b"VlLs", 1) * 100 + struct.pack(">4s?", b"bool", 1)
    )
    with pytest.raises(ParseLimitError):
        descriptors.block(data, 0, budget())


STYLES = b"""

<<
	/EngineDict
	<<
		/Editor
		<<
			/Text (\xfe\xff\x00a\x00\\(\x00\\)\x00\\\\\x00 \x00\n)
		>>
		/Numbers [ 1 -2 .5 -0.25 1 true false ]
		/Deep [ [ << /A 1 >> << /A 1 >> ] [ ] ]
		/Name /Other_1
		/Tag (hwid)
	>>
>>"""


def test_styles_are_what_psd_tools_reads() -> None:
    found = read_engine_data(STYLES, budget())
    editor = found["EngineDict"]["Editor"]
    assert editor["Text"].value == "a()\\ \n"
    assert plain(found) == plain(EngineData.frombytes(STYLES))
    numbers = [type(x.value) for x in found["EngineDict"]["Numbers"]]
    assert numbers == [int, int, float, float, int, bool, bool]


def test_styles_are_found_by_psd_tools_keys_too() -> None:
    found = read_engine_data(STYLES, budget())
    assert found.get(Property("EngineDict")) is found["EngineDict"]
    assert Property("EngineDict") in found and "Nothing" not in found
    assert found.get("Nothing", 5) == 5 and found.get("Nothing") is None


def test_a_text_that_ends_in_a_backslash_ends_there() -> None:
    data = b"<< /Text (\xfe\xff\x00a\x00\\\\) /After 1 >>"
    found = read_engine_data(data, budget())
    assert found["Text"].value == "a\\"
    assert found["After"].value == 1


def test_styles_that_are_cut_off_are_what_there_is() -> None:
    found = read_engine_data(b"<< /A 1 /B [ 2 3", budget())
    assert found["A"].value == 1 and [x.value for x in found["B"]] == [2, 3]


@pytest.mark.parametrize("data", [b"<< /A", b"<< /A >> >>", b"<< /A what >>"])
def test_styles_that_are_none_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        read_engine_data(data, budget())


def test_styles_within_styles_end_somewhere() -> None:
    with pytest.raises(ParseLimitError):
        read_engine_data(b"<< /A " * 100, budget())
