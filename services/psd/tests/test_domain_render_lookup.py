"""Colour lookup: tables of three dimensions, as files and as profiles."""

import struct
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from psd_tools import PSDImage
from psd_tools.constants import Tag
from psd_tools.psd.adjustments import ColorLookup
from psd_tools.psd.descriptor import RawData

from onemanage.psd.domain.render import unsupported

from .effect_samples import adjustment, color, enum, ground

AXIS = np.array([0.0, 0.5, 1.0])
RED, GREEN, BLUE = np.meshgrid(AXIS, AXIS, AXIS, indexing="ij")
TABLE = np.stack([GREEN, 1 - BLUE, RED * 0.5], axis=-1)
"""By red, green and blue: green, what blue leaves, and half of red."""
EXPECTED = [120, 255 - 200, 20]
"""What it makes of (40, 120, 200)."""


def looked_up(**items: Any) -> PSDImage:
    psd = ground((40, 120, 200))
    data = ColorLookup(version=1, data_version=16)
    for key, value in items.items():
        data[key.encode()] = value
    adjustment(psd, Tag.COLOR_LOOKUP, data)
    return psd


def raw(value: bytes) -> RawData:
    return RawData(value=value)


def of_file(text: str, kind: str, order: str) -> PSDImage:
    return looked_up(
        lookupType=enum(b"colorLookupType", b"3DLUT"),
        LUTFormat=enum(b"LUTFormatType", kind.encode()),
        dataOrder=enum(b"colorLookupOrder", b"rgbOrder"),
        tableOrder=enum(b"colorLookupOrder", order.encode()),
        LUT3DFileData=raw(text.encode()),
    )


def red_first() -> NDArray[np.float64]:
    return TABLE.transpose(2, 1, 0, 3).reshape(-1, 3)


def test_a_cube_has_red_change_first() -> None:
    lines = [" ".join(f"{one:.6f}" for one in row) for row in red_first()]
    text = "\n".join(["# a remark", 'TITLE "x"', "LUT_3D_SIZE 3", "", *lines])
    psd = of_file(text, "LUTFormatCUBE", "bgrOrder")
    assert color(psd)[:3] == pytest.approx(EXPECTED, abs=1)
    assert unsupported(psd[-1]) == ("color lookup in RGB is approximate",)


def test_the_domain_of_a_cube_is_what_its_ends_stand_for() -> None:
    ends = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0)]
    ends += [(0, 0, 1), (1, 0, 1), (0, 1, 1), (1, 1, 1)]
    lines = [f"{red} {green} {blue}" for red, green, blue in ends]
    head = ["LUT_3D_SIZE 2", "DOMAIN_MIN 0 0 0", "DOMAIN_MAX 2 1 1"]
    psd = of_file("\n".join([*head, *lines]), "LUTFormatCUBE", "bgrOrder")
    assert color(psd)[:3] == pytest.approx([20, 120, 200], abs=1)


def test_a_3dl_has_blue_change_first_and_whole_numbers() -> None:
    rows = np.rint(TABLE.reshape(-1, 3) * 4095).astype(int)
    lines = [" ".join(str(one) for one in row) for row in rows]
    text = "\n".join(["3DMESH", "Mesh 1 12", "0 512 1023 1023", *lines])
    psd = of_file(text, "LUTFormat3DL", "rgbOrder")
    assert color(psd)[:3] == pytest.approx(EXPECTED, abs=1)


def test_a_look_has_its_numbers_in_hexadecimal() -> None:
    data = red_first().astype("<f4").tobytes().hex()
    text = f'<look><LUT><size>"3"</size><data>"{data}"</data></LUT></look>'
    psd = of_file(text, "LUTFormatLOOK", "bgrOrder")
    assert color(psd)[:3] == pytest.approx(EXPECTED, abs=1)


def profile(kind: bytes, space: bytes, table: bytes) -> bytes:
    head = bytearray(128)
    head[12:24] = kind + space + space
    return bytes(head) + struct.pack(">I4sII", 1, b"A2B0", 144, len(table)) + table


def old_table(grid: NDArray[np.float64]) -> bytes:
    """lut16Type with straight curves of two entries."""
    head = b"mft2" + bytes(4) + bytes([3, 3, len(grid), 0]) + bytes(36)
    straight = struct.pack(">2H", 0, 65535) * 3
    body = np.rint(grid * 65535).astype(">u2").tobytes()
    return head + struct.pack(">2H", 2, 2) + straight + body + straight


def test_a_device_link_leads_from_rgb_to_rgb() -> None:
    psd = looked_up(
        lookupType=enum(b"colorLookupType", b"deviceLinkProfile"),
        profile=raw(profile(b"link", b"RGB ", old_table(TABLE))),
    )
    assert color(psd)[:3] == pytest.approx(EXPECTED, abs=1)


def test_an_abstract_profile_leads_from_lab_to_lab() -> None:
    """One that takes half of the lightness, and the colour away."""
    light = np.broadcast_to(AXIS[:, None, None], (3, 3, 3))
    middle = 128 / 255 * 65280 / 65535
    grid = np.stack([light / 2, *[np.full((3, 3, 3), middle)] * 2], axis=-1)
    psd = looked_up(
        lookupType=enum(b"colorLookupType", b"abstractProfile"),
        profile=raw(profile(b"abst", b"Lab ", old_table(grid))),
    )
    red, green, blue = color(psd)[:3]
    # (40, 120, 200) has an L* of 49.5 by D50; half of it is a gray of 60
    assert [red, green, blue] == pytest.approx([60, 60, 60], abs=2)


def test_a_table_of_version_4_has_curves_around_its_grid() -> None:
    """Parametric curves of gamma 2 before, and of gamma 1 after."""
    square = b"para" + bytes(4) + struct.pack(">HHi", 0, 0, 2 * 65536)
    plain = b"curv" + bytes(8)
    corners = np.stack(np.meshgrid(*[[0, 1]] * 3, indexing="ij"), axis=-1)
    grid = bytes([2, 2, 2]) + bytes(13) + bytes([1, 0, 0, 0])
    grid += (corners * 255).astype(np.uint8).tobytes()
    at_grid = 32 + 3 * len(plain)
    at_a = at_grid + len(grid)
    head = b"mAB " + bytes(4) + bytes([3, 3, 0, 0])
    head += struct.pack(">5I", 32, 0, 0, at_grid, at_a)
    table = head + plain * 3 + grid + square * 3
    psd = looked_up(
        lookupType=enum(b"colorLookupType", b"deviceLinkProfile"),
        profile=raw(profile(b"link", b"RGB ", table)),
    )
    expected = [value**2 / 255 for value in (40, 120, 200)]
    assert color(psd)[:3] == pytest.approx(expected, abs=1)


def test_a_lookup_without_a_table_does_nothing() -> None:
    psd = looked_up()
    assert color(psd)[:3] == [40, 120, 200]
    assert unsupported(psd[-1]) == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("LUT_3D_SIZE 3\n0 0 0", "1 colours are no grid of 3 a side"),
        ("LUT_3D_SIZE 100000", "0 colours are no grid of 100000 a side"),
        ("LUT_1D_SIZE 4\n0 0 0", "it has one dimension"),
    ],
)
def test_a_table_that_is_not_understood_is_named(text: str, why: str) -> None:
    psd = of_file(text, "LUTFormatCUBE", "bgrOrder")
    found = f"color lookup is not drawn: its table cannot be read: {why}"
    assert unsupported(psd[-1]) == (found,)


@pytest.mark.parametrize("length", [0, 20, 140, 150, 200, 300])
def test_a_profile_that_is_cut_off_is_named(length: int) -> None:
    whole = profile(b"link", b"RGB ", old_table(TABLE))
    psd = looked_up(
        lookupType=enum(b"colorLookupType", b"deviceLinkProfile"),
        profile=raw(whole[:length]),
    )
    (found,) = unsupported(psd[-1])
    assert found.startswith("color lookup is not drawn")
    assert color(psd)[:3] == [40, 120, 200]
