"""Documents that are damaged beside a merged image that is whole: what can be had."""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from psd_tools.psd.tagged_blocks import TaggedBlock

from onemanage.psd.domain.document import ExportedDocument, ExportedLayer, Limits
from onemanage.psd.domain.export import export_document
from onemanage.psd.errors import InvalidDocument

from . import effect_samples, samples


def export(path: Path) -> ExportedDocument:
    return export_document(path, path.parent / "out", Limits(), lambda progress: None)


def composite(path: Path) -> NDArray[np.uint8]:
    with Image.open(path.parent / "out/composite.png") as opened:
        return np.asarray(opened)


def told(layers: tuple[ExportedLayer, ...]) -> list[tuple[str, str | None]]:
    """Names, and what their pixels are."""
    return [(x.name, x.image.sha256 if x.image else None) for x in layers]


def warnings(found: ExportedDocument) -> str:
    every = [*found.warnings, *(w for x in found.layers for w in x.warnings)]
    return "; ".join(every)


class Parts:
    """Where the lengths of a PSD stand that psd-tools has written."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.resources = 30 + self._number(26, 4)
        self.outer = self.resources + 4 + self._number(self.resources, 4)
        self.inner = self.outer + 4
        self.count = self.inner + 4
        self.records = list(self._records())
        self.extras = [
            at + 18 + 6 * self._number(at + 16, 2) + 12 for at in self.records
        ]
        self.channel = self.records[0] + 20

    def _number(self, at: int, length: int) -> int:
        return int.from_bytes(self.data[at : at + length])

    def _records(self) -> Iterator[int]:
        at = self.count + 2
        for _ in range(abs(struct.unpack_from(">h", self.data, self.count)[0])):
            yield at
            extra = at + 18 + 6 * self._number(at + 16, 2) + 12
            at = extra + 4 + self._number(extra, 4)

    def changed(self, at: int, by: int, length: int = 4) -> bytes:
        value = (self._number(at, length) + by) % 256**length
        return self.with_bytes(at, value.to_bytes(length))

    def with_bytes(self, at: int, put: bytes) -> bytes:
        return self.data[:at] + put + self.data[at + len(put) :]


@pytest.fixture
def whole(tmp_path: Path) -> tuple[Parts, ExportedDocument, NDArray[np.uint8]]:
    path = samples.layered(tmp_path / "whole.psd")
    found = export(path)
    assert (found.composite_source, found.warnings) == ("embedded", ())
    return Parts(path.read_bytes()), found, composite(path)


type Whole = tuple[Parts, ExportedDocument, NDArray[np.uint8]]


def again(tmp_path: Path, data: bytes) -> ExportedDocument:
    (tmp_path / "hurt.psd").write_bytes(data)
    return export(tmp_path / "hurt.psd")


@pytest.mark.parametrize("by", [6, -6, 1000, -1000, 1 << 20, 0x7FFFFFFF])
@pytest.mark.parametrize("part", ["resources", "outer", "inner"])
def test_a_section_that_lies_of_its_length_loses_nothing(
    tmp_path: Path, whole: Whole, part: str, by: int
) -> None:
    parts, expected, pixels = whole
    found = again(tmp_path, parts.changed(getattr(parts, part), by))
    assert told(found.layers) == told(expected.layers)
    assert np.array_equal(composite(tmp_path / "hurt.psd"), pixels)
    assert warnings(found)


@pytest.mark.parametrize("by", [2, -2])
def test_a_count_of_layers_that_is_wrong_loses_nothing(
    tmp_path: Path, whole: Whole, by: int
) -> None:
    parts, expected, pixels = whole
    found = again(tmp_path, parts.changed(parts.count, by, 2))
    assert told(found.layers) == told(expected.layers)
    assert np.array_equal(composite(tmp_path / "hurt.psd"), pixels)
    assert "5 can be read" in warnings(found)


@pytest.mark.parametrize("by", [7, -7, 1 << 24])
@pytest.mark.parametrize("record", [0, 2, -1])
def test_a_record_that_lies_of_its_length_takes_no_other_with_it(
    tmp_path: Path, whole: Whole, record: int, by: int
) -> None:
    parts, expected, pixels = whole
    found = again(tmp_path, parts.changed(parts.extras[record], by))
    images = {x.image.sha256 for x in found.layers if x.image}
    assert images == {x.image.sha256 for x in expected.layers if x.image}
    assert np.array_equal(composite(tmp_path / "hurt.psd"), pixels)
    assert warnings(found)


@pytest.mark.parametrize("by", [9, -9, 1 << 24])
def test_a_channel_that_lies_of_its_length_shows_no_other_pixels(
    tmp_path: Path, whole: Whole, by: int
) -> None:
    parts, expected, pixels = whole
    found = again(tmp_path, parts.changed(parts.channel, by))
    assert told(found.layers) == told(expected.layers)
    assert np.array_equal(composite(tmp_path / "hurt.psd"), pixels)
    assert warnings(found)


def test_a_layer_block_of_noise_leaves_the_merged_image(
    tmp_path: Path, whole: Whole
) -> None:
    parts, _, pixels = whole
    found = again(tmp_path, parts.with_bytes(parts.count, bytes(range(1, 150)) * 3))
    assert found.composite_source == "embedded"
    assert np.array_equal(composite(tmp_path / "hurt.psd"), pixels)
    assert "layer block is damaged" in warnings(found)


@pytest.mark.parametrize(
    ("place", "put", "named"),
    [
        (-8, b"zzzz", "blend mode 'zzzz' is not known"),
        (-3, b"\xca", "clipping 202 is not known"),
        (-18, b"\x0b\x0b", "channel 2827 is not known"),
    ],
)
def test_a_code_that_nobody_knows_is_named_and_loses_no_other_layer(
    tmp_path: Path, whole: Whole, place: int, put: bytes, named: str
) -> None:
    parts, expected, pixels = whole
    found = again(tmp_path, parts.with_bytes(parts.extras[0] + place, put))
    assert told(found.layers)[1:] == told(expected.layers)[1:]
    assert named in "; ".join(found.layers[0].warnings)
    assert np.array_equal(composite(tmp_path / "hurt.psd"), pixels)


def test_a_compression_that_nobody_knows_leaves_the_layer_without_an_image(
    tmp_path: Path, whole: Whole
) -> None:
    parts, expected, _ = whole
    at = parts.extras[-1] + 4 + int.from_bytes(parts.data[parts.extras[-1] :][:4])
    found = again(tmp_path, parts.with_bytes(at, b"\0\x09"))
    assert told(found.layers)[1:] == told(expected.layers)[1:]
    assert found.layers[0].image is None
    assert "its compression 9 is not known" in found.layers[0].warnings[0]


def test_an_image_resource_that_is_damaged_is_named_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    guides = struct.pack(">4sHHI", b"8BIM", 1032, 0, 4) + b"\0\0\0\1"  # cut
    angle = struct.pack(">4sHHII", b"8BIM", 1037, 0, 4, 77)
    for broken in (guides, b"8BIM\4\x08\0\0\x7f\0\0\0"):  # and one that is too long
        resources = broken + angle
        sections = struct.pack(">II", 0, len(resources)) + resources + bytes(6)
        head = samples.header(width=8, height=8, sections=sections)
        found = again(tmp_path, head + samples.noise(3 * 64).tobytes())
        assert found.details and found.details.global_angle == 77
        assert "Image resource 1032 cannot be read" in warnings(found)


@pytest.mark.parametrize("reserved", [b"", bytes(4)])
@pytest.mark.parametrize("packed", [False, True])
def test_a_document_of_photoshop_25_is_its_merged_image(
    tmp_path: Path, packed: bool, reserved: bytes
) -> None:
    """It has no layers; in place of their section some writers have nothing at all."""
    pixels = samples.noise(3, 9, 20)
    pixels[0, 0, :4] = 0
    rows = [b"\x13" + row.tobytes() for row in pixels.reshape(27, 20)]
    image = b"\0\0" + pixels.tobytes()
    if packed:
        image = b"\0\1" + struct.pack(">27H", *map(len, rows)) + b"".join(rows)
    head = samples.header(width=20, height=9, sections=bytes(8) + reserved + image)
    found = again(tmp_path, head)
    shown = composite(tmp_path / "hurt.psd")
    assert np.array_equal(shown, pixels.transpose(1, 2, 0))
    assert (found.layers, found.composite_source) == ((), "embedded")
    assert ("Photoshop 2.5" in warnings(found)) is not bool(reserved)


def test_fifty_seven_channels_are_read(tmp_path: Path) -> None:
    data = bytearray(samples.header(width=4, height=4))
    data[12:14] = struct.pack(">H", 57)
    pixels = samples.noise(57, 4, 4)
    again(tmp_path, bytes(data) + pixels.tobytes())
    shown = composite(tmp_path / "hurt.psd")
    assert np.array_equal(shown[:, :, :3], pixels[:3].transpose(1, 2, 0))


def test_fifty_eight_channels_are_refused(tmp_path: Path) -> None:
    data = bytearray(samples.header(width=4, height=4))
    data[12:14] = struct.pack(">H", 58)
    with pytest.raises(InvalidDocument, match="58 channels"):
        again(tmp_path, bytes(data))


def with_effect(path: Path, block: bytes) -> Path:
    """A layer with a drop shadow, whose blend mode is ``zzzz``, and one more block."""
    document = effect_samples.ground()
    shadow = effect_samples.shadow(b"DrSh", 2, 3)
    shadow[b"Md  "] = effect_samples.enum(b"BlnM", b"zzzz")
    layer = effect_samples.effect(document, b"DrSh", shadow)
    layer.tagged_blocks[block] = TaggedBlock(key=block, data=b"anything")
    with path.open("wb") as file:
        document._record.write(file)
    return path


def test_values_and_blocks_that_nobody_knows_are_named(tmp_path: Path) -> None:
    found = export(with_effect(tmp_path / "a.psd", b"qqqq"))
    details = found.layers[1].details
    assert details is not None
    assert details.warnings == [
        "The block 'qqqq' is not known: it is left out",
        "The value 'zzzz' of BlnM is not known",
    ]
    assert [effect.blend_mode for effect in details.effects] == ["normal"]


def test_a_type_of_value_that_nobody_knows_is_named(tmp_path: Path) -> None:
    path = with_effect(tmp_path / "a.psd", b"lnsr")
    data = path.read_bytes().replace(b"lagl" + b"UntF", b"lagl" + b"UntX", 1)
    found = again(tmp_path, data)
    details = found.layers[1].details
    assert details is not None and details.effects == []
    assert "b'UntX' is not a valid OSType" in details.warnings[0]
