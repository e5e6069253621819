"""Documents that are broken, lie, or ask for too much. Each is refused by code."""

import functools
import pickle
import struct
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psd_tools import PSDImage
from psd_tools.constants import Compression

from onemanage.psd.domain.document import ExportedDocument, Limits
from onemanage.psd.domain.export import export_document
from onemanage.psd.errors import InvalidDocument

from . import samples


def export(path: Path, limits: Limits | None = None) -> ExportedDocument:
    out = path.parent / "out"
    return export_document(path, out, limits or Limits(), lambda progress: None)


@contextmanager
def at_most(megabytes: int) -> Iterator[None]:
    """Fails where more memory than this is taken at any time."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < megabytes << 20


@functools.cache
def deflated(size: int) -> bytes:
    """So many zeros: a thousandth of that in the file."""
    packer, piece = zlib.compressobj(), bytes(1 << 20)
    packed = [packer.compress(piece[: size - at]) for at in range(0, size, 1 << 20)]
    return b"".join((*packed, packer.flush()))


def bombs(path: Path, count: int, side: int, inflated: int) -> Path:
    """Layers of ``side`` squared whose channels inflate to ``inflated`` bytes."""
    document = PSDImage.new("RGB", (8, 8))
    for number in range(count):
        layer = document.create_pixel_layer_from_array(
            samples.noise(1, 1, 3), f"{number}"
        )
        layer._record.right = layer._record.left + side
        layer._record.bottom = layer._record.top + side
        for channel in layer._channels:
            channel.compression, channel.data = Compression.ZIP, deflated(inflated)
    return written(document, path)


def nested(depth: int) -> PSDImage:
    document = PSDImage.new("RGB", (8, 8))
    group = document.create_group(name="0")
    for number in range(1, depth):
        group = group.create_group(name=f"{number}")
    group.create_pixel_layer_from_array(samples.noise(4, 4, 3), "innermost")
    return document


def written(document: PSDImage, path: Path) -> Path:
    """As it is; saving would draw it first."""
    with path.open("wb") as file:
        document._record.write(file)
    return path


def refusal(path: Path, data: bytes | None = None) -> InvalidDocument:
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(InvalidDocument) as caught:
        export(path)
    return caught.value


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a.psd", b"").code == "psd.empty"


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n" + bytes(64), b"hi", b"8BIM" * 9])
def test_another_kind_of_file_is_refused(tmp_path: Path, data: bytes) -> None:
    error = refusal(tmp_path / "a.psd", data)
    assert (error.code, error.where) == ("psd.not_a_psd", "byte 0")


@pytest.mark.parametrize(
    ("version", "width", "height"),
    [(2, 300_000, 300_000), (1, 30_001, 1), (1, 1, 30_001)],
)
def test_a_canvas_over_the_limit_is_refused(
    tmp_path: Path, version: int, width: int, height: int
) -> None:
    head = samples.header(width=width, height=height, version=version)
    error = refusal(tmp_path / "a.psd", head)
    assert error.code == "psd.too_large"
    assert f"{width} x {height}" in error.message


def test_a_wide_canvas_within_the_sides_is_refused_by_its_pixels(
    tmp_path: Path,
) -> None:
    head = samples.header(width=30_000, height=30_000)
    assert refusal(tmp_path / "a.psd", head).where == "the canvas"


@pytest.mark.parametrize(
    "head",
    [
        samples.header(width=8, height=8, version=3),
        samples.header(width=0, height=8),
        samples.header(width=8, height=8, depth=7),
    ],
)
def test_a_header_that_cannot_be_is_refused(tmp_path: Path, head: bytes) -> None:
    error = refusal(tmp_path / "a.psd", head)
    assert error.code == "psd.damaged"
    assert error.where is not None


@pytest.mark.parametrize(
    ("section", "name"), [(0, "colour mode"), (1, "resources"), (2, "layers")]
)
def test_a_section_that_claims_more_than_the_file_has_is_refused(
    tmp_path: Path, section: int, name: str
) -> None:
    lengths = [0, 0, 0]
    lengths[section] = 0xFFFFFFF0
    sections = struct.pack(">III", *lengths)
    head = samples.header(width=8, height=8, sections=sections + bytes(2))
    error = refusal(tmp_path / "a.psd", head)
    assert error.code == "psd.truncated"
    assert name in error.message


def test_a_file_that_ends_at_the_length_of_a_section_is_refused(tmp_path: Path) -> None:
    head = samples.header(width=8, height=8, sections=bytes(4) + b"\xff" * 4)
    assert refusal(tmp_path / "a.psd", head).code == "psd.truncated"


def test_layers_that_ask_for_too_many_pixels_are_refused(tmp_path: Path) -> None:
    one = samples.with_layers(tmp_path / "one.psd", 1, 25_000, 25_000)
    assert refusal(one).where == "layer 1"
    many = samples.with_layers(tmp_path / "many.psd", 30, 9_000, 9_000)
    assert refusal(many).where == "the layers"


def test_too_many_layers_are_refused(tmp_path: Path) -> None:
    path = samples.with_layers(tmp_path / "a.psd", 6, 1, 1)
    with pytest.raises(InvalidDocument, match="6 layers; 5 are allowed"):
        export(path, Limits(max_layers=5))


def test_a_file_cut_anywhere_is_refused_or_exported_with_a_warning(
    tmp_path: Path,
) -> None:
    data = samples.layered(tmp_path / "whole.psd").read_bytes()
    path = tmp_path / "cut.psd"
    for length in range(1, len(data), 61):
        path.write_bytes(data[:length])
        try:
            found = export(path)
        except InvalidDocument as error:
            assert error.code in ("psd.truncated", "psd.damaged"), length
            assert length < 4 or error.where, length
        else:
            warnings = [*found.warnings, *(w for x in found.layers for w in x.warnings)]
            assert warnings, length


def test_a_file_with_any_byte_turned_is_refused_by_code_or_exported(
    tmp_path: Path,
) -> None:
    data = samples.layered(tmp_path / "whole.psd").read_bytes()
    path = tmp_path / "turned.psd"
    for position in range(0, 900, 7):
        turned = bytearray(data)
        turned[position] ^= 0xFF
        path.write_bytes(turned)
        try:
            export(path)
        except InvalidDocument as error:
            assert error.code.startswith("psd."), position


def test_a_layer_of_400_megapixels_in_a_small_file_is_refused_before_it_is_inflated(
    tmp_path: Path,
) -> None:
    path = bombs(tmp_path / "bomb.psd", 1, 20_000, 20_000**2)
    assert path.stat().st_size < 1_700_000
    with at_most(20):
        error = refusal(path)
    assert (error.code, error.where) == ("psd.too_large", "layer 1")
    assert "400000000 pixels" in error.message


def test_twenty_such_layers_are_refused_as_well(tmp_path: Path) -> None:
    path = bombs(tmp_path / "bombs.psd", 20, 20_000, 20_000**2)
    with at_most(100):
        assert refusal(path).code == "psd.too_large"


def test_a_channel_that_inflates_to_more_than_its_layer_is_a_warning_and_cheap(
    tmp_path: Path,
) -> None:
    path = bombs(tmp_path / "bomb.psd", 1, 10, 20_000**2)
    with at_most(30):
        (layer,) = export(path).layers
    assert layer.image is None
    assert "inflates to more than its" in layer.warnings[0]


@pytest.mark.parametrize("compression", [0, 1, 2, 3])
@pytest.mark.parametrize("version", [1, 2])
def test_a_canvas_of_100_megapixels_in_thirty_bytes_is_refused_cheaply(
    tmp_path: Path, version: int, compression: int
) -> None:
    head = bytearray(
        samples.header(width=9_999, height=10_000, version=version, depth=32)
    )
    head[12:14] = struct.pack(">H", 56)
    head[-2:] = struct.pack(">H", compression)
    with at_most(500):
        error = refusal(tmp_path / "a.psd", bytes(head) + b"\0\0\0")
    assert (error.code, error.where) == ("psd.damaged", "the merged image")


def test_a_canvas_of_30000_by_30000_is_refused_whatever_its_layers_are(
    tmp_path: Path,
) -> None:
    data = bytearray(samples.layered(tmp_path / "a.psd").read_bytes())
    data[14:22] = struct.pack(">II", 30_000, 30_000)
    error = refusal(tmp_path / "a.psd", bytes(data))
    assert (error.code, error.where) == ("psd.too_large", "the canvas")


@pytest.mark.parametrize("count", [32_767, -32_768, 10_000, 8_001])
@pytest.mark.parametrize("version", [1, 2])
def test_a_count_of_layers_over_the_limit_is_refused_without_reading_them(
    tmp_path: Path, version: int, count: int
) -> None:
    size = ">I" if version == 1 else ">Q"
    layers = struct.pack(">h", count) + bytes(30)
    info = struct.pack(size, len(layers)) + layers
    sections = bytes(8) + struct.pack(size, len(info)) + info + bytes(2)
    head = samples.header(width=8, height=8, version=version, sections=sections)
    error = refusal(tmp_path / "a.psd", head)
    assert (error.code, error.where) == ("psd.too_large", "the layers")
    assert f"{abs(count)} layers" in error.message


def test_layers_that_are_counted_and_not_there_are_refused(tmp_path: Path) -> None:
    layers = struct.pack(">h", 8_000) + bytes(30)
    info = struct.pack(">I", len(layers)) + layers
    sections = bytes(8) + struct.pack(">I", len(info)) + info + bytes(2)
    head = samples.header(width=8, height=8, sections=sections)
    error = refusal(tmp_path / "a.psd", head)
    assert error.code == "psd.damaged"
    assert error.where and error.where.startswith("byte ")


def test_groups_within_hundreds_of_groups_are_listed(tmp_path: Path) -> None:
    found = export(written(nested(700), tmp_path / "deep.psd"))
    assert found.layer_count == 701
    assert found.layers[-1].name == "innermost"
    assert found.layers[-1].image is not None


@pytest.mark.parametrize("depth", [60, 300])
def test_groups_too_deep_to_draw_give_their_layers_and_a_warning(
    tmp_path: Path, depth: int
) -> None:
    document = nested(depth)
    document.image_resources.get_data(1057).has_composite = False
    found = export(written(document, tmp_path / "deep.psd"))
    assert found.image_count == 1
    assert found.warnings


@pytest.mark.parametrize("depth", [70, 2_000, 60_000])
def test_descriptors_within_descriptors_are_refused(tmp_path: Path, depth: int) -> None:
    head = struct.pack(">IHI4sI", 1, 0, 0, b"null", 1)  # of one item
    item = struct.pack(">I4s4s", 0, b"null", b"Objc")
    body = struct.pack(">I", 16) + head + (item + head) * depth + bytes(8)
    comps = struct.pack(">4sHHI", b"8BIM", 1065, 0, len(body)) + body
    sections = struct.pack(">II", 0, len(comps)) + comps + bytes(6)
    data = samples.header(width=8, height=8, sections=sections)
    error = refusal(tmp_path / "a.psd", data)
    assert error.code == "psd.too_large"


def test_a_merged_image_cut_off_is_rendered_from_the_layers_which_are_whole(
    tmp_path: Path,
) -> None:
    whole = samples.layered(tmp_path / "whole.psd")
    expected = export(whole)
    cut = tmp_path / "cut.psd"
    cut.write_bytes(whole.read_bytes()[:-100])
    found = export(cut)
    assert found.composite_source == "rendered"
    assert any("merged image" in warning for warning in found.warnings)
    assert [layer.image for layer in found.layers] == [
        layer.image for layer in expected.layers
    ]


def test_of_layers_that_are_damaged_the_others_are_given(tmp_path: Path) -> None:
    found = export(samples.with_damaged_layer(tmp_path / "a.psd"))
    assert [layer.image is not None for layer in found.layers] == [True, False, True]
    assert [bool(layer.warnings) for layer in found.layers] == [False, True, False]


def test_an_error_survives_the_way_out_of_a_child(tmp_path: Path) -> None:
    error = refusal(tmp_path / "a.psd", b"")
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.code, copy.message, copy.where) == (
        error.code,
        error.message,
        error.where,
    )


def test_a_file_that_is_not_there_is_not_the_documents_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        export(tmp_path / "nowhere.psd")
