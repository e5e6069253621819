"""Rows of a merge as values, names and files: without servers."""

import csv
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
import pytest
from pyarrow import parquet

from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.psd.merge_checks import name_pattern, used
from onemanage.contracts.psd.merge_pictures import NamedPicture
from onemanage.contracts.psd.merges import MergedImage, MergedRow, MergeSpec, RowError
from onemanage.contracts.psd.templates import Slot, SlotRules, SlotValue
from onemanage.psd.domain.merges.cells import CellRejected, row_values
from onemanage.psd.domain.merges.manifest import write_files
from onemanage.psd.domain.merges.names import Names, row_name, safe_name
from onemanage.psd.domain.merges.prepared import Preparation, PreparedRow
from onemanage.psd.domain.merges.preparing import prepare_rows
from onemanage.psd.domain.merges.written import ToldRow
from onemanage.psd.merges.store import chunk_size

FILE = "fil_" + "0" * 32
SLOTS = [
    Slot(name="title", kind="text", layer_ids=[1]),
    Slot(name="photo", kind="picture", layer_ids=[2]),
    Slot(name="brand", kind="color", layer_ids=[3]),
    Slot(name="badge", kind="visibility", layer_ids=[4]),
    Slot(name="season", kind="choice", layer_ids=[5], choices=["Summer", "Winter"]),
]
SAME = {slot.name: slot.name for slot in SLOTS}


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a/b\\c:d", "a_b_c_d"),
        ("  lemonade. ", "lemonade"),
        ("夏日 特饮", "夏日 特饮"),
        ("CON", "_CON"),
        ("nul.tar", "_nul.tar"),
        ("..", ""),
        ("a\u202egpj.exe", "a_gpj.exe"),
        ("é" * 100, "é" * 60),
    ],
)
def test_a_name_is_what_every_file_system_takes(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_names_are_unique_whatever_their_case() -> None:
    names = Names()

    given = [names.unique(one) for one in ("a", "A", "a-2", "a", "b")]

    assert given == ["a", "A-2", "a-2-2", "a-3", "b"]


def test_a_pattern_names_columns_and_writes_braces_twice() -> None:
    pattern = name_pattern("{{{sku}}}-{_line}")

    assert row_name(pattern, {"sku": "7"}, 1, 12) == "{7}-12"
    assert row_name(name_pattern("{sku}"), {"sku": None}, 3, 4) == "row-3"


@pytest.mark.parametrize("pattern", ["{sku", "sku}", "{a}}"])
def test_braces_that_do_not_fit_are_refused(pattern: str) -> None:
    with pytest.raises(InvalidInput, match="brace"):
        name_pattern(pattern)


def test_slots_take_the_columns_of_their_names_and_those_that_are_said() -> None:
    spec = MergeSpec(mapping={"photo": "picture"}, name="{sku}")

    wanted = used(spec, SLOTS, ["sku", "title", "picture", "other"])

    assert wanted.slots == {"title": "title", "photo": "picture"}
    assert wanted.columns == ["sku", "title", "picture"]


@pytest.mark.parametrize(
    ("spec", "code", "where"),
    [
        (MergeSpec(mapping={"nothing": "sku"}), "merge.no_slot", "mapping.nothing"),
        (MergeSpec(mapping={"title": "gone"}), "merge.no_column", "mapping.title"),
        (MergeSpec(mapping={"title": "sku"}, name="{x}"), "merge.no_column", "name"),
        (MergeSpec(), "merge.nothing_mapped", "mapping"),
    ],
)
def test_what_is_not_there_is_named(spec: MergeSpec, code: str, where: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        used(spec, SLOTS, ["sku"])

    assert (refused.value.code, refused.value.where) == (code, where)


def test_cells_are_values_by_the_kinds_of_their_slots() -> None:
    row = {
        "title": " 1.299,00 € ",
        "photo": f" {FILE} ",
        "brand": "F80",
        "badge": "Yes",
        "season": "winter",
    }

    found = row_values(SLOTS, SAME, row, on_empty="keep")

    assert dict(found.values) == {
        "title": SlotValue(text=" 1.299,00 € "),
        "brand": SlotValue(text="#ff8800"),
        "badge": SlotValue(shown=True),
        "season": SlotValue(text="Winter"),
    }
    assert dict(found.pictures) == {"photo": NamedPicture(FILE)}


@pytest.mark.parametrize("name", [FILE, "https://example.org/shoe.jpg?token=1"])
def test_a_picture_goes_with_what_its_slot_wants_made_of_it(name: str) -> None:
    slots = [_photo("gray/w_800")]

    found = row_values(slots, SAME, {"photo": name}, on_empty="keep")

    assert found.pictures == {"photo": NamedPicture(name, "gray/w_800")}


@pytest.mark.parametrize(
    "name", [FILE, f"doc_{'0' * 32}:12", f"tsf_{'0' * 32}", "https://a.test/b.jpg?c=d"]
)
def test_any_picture_but_a_cut_out_loses_its_background_first(name: str) -> None:
    slots, cut_out = [_photo("remove_background")], f"bgd_{'0' * 32}"

    there = row_values(slots, SAME, {"photo": cut_out}, on_empty="keep")
    named = row_values(slots, SAME, {"photo": f" {name}\u3000"}, on_empty="keep")

    assert there.pictures == {"photo": NamedPicture(cut_out)}
    assert named.pictures == {"photo": NamedPicture(name, "remove_background")}


def _photo(prepare: str) -> Slot:
    rules = SlotRules(prepare=prepare)
    return Slot(name="photo", kind="picture", layer_ids=[2], rules=rules)


@pytest.mark.parametrize(
    ("slot", "cell"),
    [
        ("brand", "reddish"),
        ("badge", "perhaps"),
        ("season", "Autumn"),
        ("photo", "shoe.jpg"),
    ],
)
def test_a_cell_of_another_kind_is_named_with_its_column(slot: str, cell: str) -> None:
    with pytest.raises(CellRejected, match=cell) as refused:
        row_values(SLOTS, {slot: slot}, {slot: cell}, on_empty="keep")

    assert refused.value.error.column == slot
    assert refused.value.error.code == "merge.wrong_value"


def test_an_empty_value_is_kept_hidden_or_refused() -> None:
    def given(on_empty: str) -> dict[str, SlotValue]:
        found = row_values(SLOTS[:1], SAME, {"title": " "}, on_empty=on_empty)
        return dict(found.values)

    assert given("keep") == {}
    assert given("hide") == {"title": SlotValue()}
    with pytest.raises(CellRejected, match="title is empty"):
        given("reject")


def _prepared(path: Path, **changes: Any) -> list[PreparedRow]:
    asked = Preparation(
        slots=SLOTS[:1],
        mapping={"title": "title"},
        columns=["sku", "title"],
        name="{sku}",
        on_empty="reject",
        made_by=["wsp", "tpl", "1"],
    )
    found: list[PreparedRow] = []
    prepare_rows(path, msgspec.structs.replace(asked, **changes), found.extend)
    return found


def test_rows_of_the_same_values_want_the_same_picture(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    columns = {
        "_line": [2, 3, 4, 9],
        "sku": ["a", "b", "a", "c"],
        "title": ["One", "One", "Two", None],
        "_error": [None, None, None, None],
    }
    parquet.write_table(pa.table(columns), path)

    one, same, other, bad = _prepared(path)

    assert one.picture_id == same.picture_id != other.picture_id
    assert (other.name, other.line) == ("a-2", 4) and "earlier row" in other.warnings[0]
    assert bad.error is not None and bad.error.code == "merge.empty_value"
    again = _prepared(path, made_by=["wsp", "tpl", "2"])
    assert again[0].picture_id != one.picture_id


def test_a_row_that_could_not_be_read_is_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    columns = {"_line": [2], "sku": ["a"], "title": ["b"], "_error": ["Too many."]}
    parquet.write_table(pa.table(columns), path)

    (row,) = _prepared(path)

    assert row.picture_id is None and row.error is not None
    assert (row.error.code, row.error.message) == ("merge.unreadable_row", "Too many.")


def test_manifest_and_rejects_tell_of_every_row(tmp_path: Path) -> None:
    image = MergedImage(
        name="1.png",
        object_key="k",
        media_type="image/png",
        width=4,
        height=3,
        size=9,
        sha256="ab",
    )
    error = RowError(code="merge.wrong_value", message="No.", column="price")
    told = [
        ToldRow(
            row=MergedRow(
                number=1, line=2, name="a", state="completed", images=[image]
            ),
            cells=["007", None],
        ),
        ToldRow(
            row=MergedRow(number=2, line=3, name="b", state="rejected", error=error),
            cells=["=1+1", "-2"],
        ),
    ]
    rows = tmp_path / "rows.jsonl"
    rows.write_bytes(b"\n".join(map(msgspec.json.encode, told)) + b"\n")

    written = write_files(rows, tmp_path, ["sku", "price"], 1)

    assert (written.rows, written.rejected) == (2, 1)
    with (tmp_path / "rejects.csv").open(newline="") as file:
        (reject,) = csv.DictReader(file)
    assert reject["sku"] == "'=1+1" and reject["price"] == "-2"
    assert (reject["_line"], reject["_column"]) == ("3", "price")
    assert reject["_error"].startswith("No. An apostrophe")
    table = parquet.read_table(tmp_path / "manifest.parquet").to_pylist()
    assert (table[0]["_file_1"], table[0]["_width_1"], table[0]["sku"]) == (
        "a.png",
        4,
        "007",
    )
    assert (table[1]["_file_1"], table[1]["_code"]) == (None, "merge.wrong_value")


def test_few_pictures_are_divided_among_workers_and_many_into_chunks_of_fifty() -> None:
    sizes = [chunk_size(count) for count in (0, 1, 60, 640, 100_000)]

    assert sizes == [4, 4, 4, 40, 50]
