"""Documents that are broken, lie, or ask for too much. Each is refused by code."""

import pickle
import struct
from pathlib import Path

import pytest

from onemanage.psd.domain.document import ExportedDocument, Limits
from onemanage.psd.domain.export import export_document
from onemanage.psd.errors import InvalidDocument

from . import samples


def export(path: Path, limits: Limits | None = None) -> ExportedDocument:
    out = path.parent / "out"
    return export_document(path, out, limits or Limits(), lambda progress: None)


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
