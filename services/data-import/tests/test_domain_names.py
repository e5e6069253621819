"""Names of columns and tables: PostgreSQL keeps each of them as it is."""

import pytest

from onemanage.data_import.domain.planning.names import (
    column_names,
    table_name,
    table_names,
)


def test_chinese_names_are_kept() -> None:
    assert column_names(["订单号", "客户 名称", "Ä Größe"]) == [
        "订单号",
        "客户_名称",
        "ä_größe",
    ]


def test_two_long_names_that_begin_alike_stay_different() -> None:
    names = column_names(
        ["很长的列名" * 20 + "甲", "很长的列名" * 20 + "乙", "x" * 200]
    )
    assert len(set(names)) == 3
    assert all(len(name.encode()) <= 63 for name in names)
    assert all(name.startswith("很长的列名") for name in names[:2])


def test_duplicates_are_numbered_and_a_name_that_is_free_keeps_its_own() -> None:
    assert column_names(["a", "A", "a_2", "a"]) == ["a", "a_3", "a_2", "a_4"]


def test_empty_headers_are_named_by_their_position() -> None:
    assert column_names(["", "x", " \t", "-", "column_1"]) == [
        "column_1",
        "x",
        "column_3",
        "column_4",
        "column_1_2",
    ]


@pytest.mark.parametrize("name", ["_id", "ctid", "XMIN", "tableoid"])
def test_names_of_columns_that_are_there_already_are_not_given(name: str) -> None:
    (made,) = column_names([name])
    assert made not in ("_id", "ctid", "xmin", "tableoid")


def test_reserved_words_stay_because_names_are_quoted() -> None:
    assert column_names(["select", "User", "order"]) == ["select", "user", "order"]


@pytest.mark.parametrize(
    "text", ['a"; DROP TABLE x; --', "a'b", "a\0b", "a\u202eb", "a\nb", "\ufeffa b"]
)
def test_nothing_in_a_name_can_end_its_quotes(text: str) -> None:
    (name,) = column_names([text])
    assert name
    assert all(one.isalnum() or one == "_" for one in name)


def test_the_same_name_in_two_forms_of_unicode_is_the_same() -> None:
    assert column_names(["é", "e\u0301"]) == ["é", "é_2"]


def test_tables_are_named_as_columns_are() -> None:
    assert table_name("2024 订单 (final)") == "2024_订单_final"
    assert table_name("!!!") == "table"
    assert table_names(["a", "A"]) == ["a", "a_2"]
    assert len(table_name("表" * 100).encode()) <= 63
