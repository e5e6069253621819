"""Archives: what a datapackage.json says is followed, what describes is no table."""

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from onemanage.contracts.imports.plans import Dialect, Plan
from onemanage.data_import.domain.casting.cast import cast_batch
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.read import read_table


def archive(path: Path, **members: str | bytes) -> Path:
    """Double underscores are slashes, single ones points."""
    with zipfile.ZipFile(path, "w") as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/").replace("_", "."), content)
    return path


def planned(path: Path, **dialect: Any) -> Plan:
    hint = Dialect(**dialect) if dialect else None
    return make_plan([PlannedFile("f", path, path.name)], hint, dialect)


def rows(path: Path, plan: Plan) -> list[tuple[Any, ...]]:
    table = plan.tables[0]
    (batch,) = read_table(path, table)
    return cast_batch(batch.frame, table.columns, table.dialect).frame.rows()


def package(*fields: dict[str, Any], **more: Any) -> str:
    schema = {"fields": fields, "missingValues": more.pop("missing", [""])}
    resource = {"name": "codes", "path": "data/c.csv", "schema": schema} | more
    return json.dumps({"name": "p", "resources": [resource]})


FIELDS = (
    {"name": "code", "type": "string"},
    {"name": "n", "type": "integer"},
    {"name": "day", "type": "date", "format": "%d/%m/%Y"},
    {"name": "price", "type": "number", "decimalChar": ",", "groupChar": "."},
    {"name": "took", "type": "duration"},
    {"name": "city", "type": "any"},
)
HEAD = "code;n;day;price;took;city\n"


def test_names_types_and_dialect_of_a_package_are_followed(tmp_path: Path) -> None:
    text = HEAD + "12;1;03/04/2024;1.234,5;PT25H;Köln\n13;-;05/06/2024;2,5;P1D;Ulm\n"
    said = package(
        *FIELDS, missing=["", "-"], encoding="cp1252", dialect={"delimiter": ";"}
    )
    path = archive(
        tmp_path / "a.zip",
        p__datapackage_json=said,
        p__data__c_csv=text.encode("cp1252"),
        p__README_md="# Codes\nand, more\n",
        p__notes_csv="a,b\n1,2\n",
    )
    plan = planned(path)
    (table,) = plan.tables
    assert (table.table, table.member) == ("codes", "p/data/c.csv")
    assert [one.type for one in table.columns] == [
        *("text", "bigint", "date", "numeric", "interval", "text")
    ]
    assert rows(path, plan) == [
        ("12", 1, date(2024, 4, 3), "1234.5", "25:00:00", "Köln"),
        ("13", None, date(2024, 6, 5), "2.5", "1 days", "Ulm"),
    ]
    left = [w.message for w in plan.findings[0].warnings if w.code == "left_out"]
    assert [one.partition(":")[0] for one in left] == [
        *("p/datapackage.json", "p/README.md", "p/notes.csv")
    ]


def test_values_that_are_not_as_declared_are_counted(tmp_path: Path) -> None:
    text = "n\n1\nx\n3\ny\n"
    path = archive(
        tmp_path / "a.zip",
        datapackage_json=package({"name": "n", "type": "integer"}),
        data__c_csv=text,
    )
    (found,) = planned(path).findings[0].columns
    assert (found.invalid, found.first_invalid_line) == (2, 3)
    assert [one.code for one in found.warnings] == ["declared_type"]


def test_schema_and_dialect_may_stand_in_files_of_their_own(tmp_path: Path) -> None:
    said = package(schema="schema.json", dialect="dialect.json")
    path = archive(
        tmp_path / "a.zip",
        datapackage_json=said,
        schema_json=json.dumps({"fields": [{"name": "zip", "type": "string"}]}),
        dialect_json=json.dumps({"delimiter": "|", "header": False}),
        data__c_csv="1234\n5678\n",
    )
    plan = planned(path)
    (column,) = plan.tables[0].columns
    assert (column.name, column.type, plan.tables[0].dialect.header_row) == (
        *("zip", "text"),
        None,
    )
    assert rows(path, plan) == [("1234",), ("5678",)]


def test_what_the_user_says_goes_before_the_package(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "a.zip",
        datapackage_json=package(dialect={"delimiter": "|"}),
        data__c_csv="a;b\n1;2\n3;4\n",
    )
    assert rows(path, planned(path, delimiter=";")) == [(1, 2), (3, 4)]


@pytest.mark.parametrize(
    "said", ["{", "[]", '{"resources": 5}', '{"resources": [{"path": "gone.csv"}]}']
)
def test_a_package_that_says_nothing_usable_is_left_out(
    tmp_path: Path, said: str
) -> None:
    path = archive(tmp_path / "a.zip", datapackage_json=said, c_csv="a,b\n1,2\n3,4\n")
    plan = planned(path)
    assert [table.member for table in plan.tables] == ["c.csv"]
    assert [one.code for one in plan.findings[0].warnings] == ["left_out"]


@pytest.mark.parametrize(
    "name", ["README_txt", "docs__LICENSE", "readme_md", "CHANGELOG_md", "license_txt"]
)
def test_files_that_describe_others_are_no_tables_beside_them(
    tmp_path: Path, name: str
) -> None:
    members = {name: "Some, words\nand, more\n", "c_csv": "a,b\n1,2\n3,4\n"}
    plan = planned(archive(tmp_path / "a.zip", **members))
    assert [table.member for table in plan.tables] == ["c.csv"]
    assert [one.code for one in plan.findings[0].warnings] == ["left_out"]


def test_a_file_of_such_a_name_is_a_table_where_it_is_alone(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", README_txt="a,b\n1,2\n3,4\n")
    assert [table.member for table in planned(path).tables] == ["README.txt"]
