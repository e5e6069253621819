"""Numbers as people write them: each is right, or said, or text."""

import random
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
import pytest

from onemanage.contracts.imports.plans import ColumnPlan, Plan
from onemanage.data_import.domain.casting.cast import cast_batch, cast_column
from onemanage.data_import.domain.casting.number_forms import NumberForm
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.read import read_table
from onemanage.data_import.sources.describing import as_frame


def plan(tmp_path: Path, *columns: list[str], delimiter: str = ",") -> Plan:
    """Of a file with these columns beside a key."""
    names = [f"c{at}" for at in range(len(columns))]
    lines = [delimiter.join(["key", *names])]
    for at, row in enumerate(zip(*columns, strict=True)):
        lines.append(delimiter.join([f"k{at}", *(f'"{one}"' for one in row)]))
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n")
    return make_plan([PlannedFile("f1", path, "a.csv")])


def loaded(tmp_path: Path, made: Plan, at: int = 1) -> list[object]:
    """What the column's values become, None for a reject."""
    table = made.tables[0]
    (batch,) = read_table(tmp_path / "a.csv", table)
    cast = cast_batch(batch.frame, table.columns, table.dialect)
    return cast.frame[table.columns[at].name].to_list()


def codes(made: Plan, at: int = 1) -> set[str]:
    return {one.code for one in made.findings[0].columns[at].warnings}


def test_a_comma_among_columns_with_points_is_said(tmp_path: Path) -> None:
    made = plan(tmp_path, ["1.5", "2.25", "3.125"], ["1", "2", "1,2"])
    assert "ambiguous_numbers" in codes(made, 2)
    assert "ambiguous_numbers" not in codes(made, 1)


def test_a_rate_of_conversion_is_a_number(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Conversion rate,App version\n1.5,1.9\n2.25,1.10\n")
    (table,) = make_plan([PlannedFile("f1", path, "a.csv")]).tables
    assert [one.type for one in table.columns] == ["numeric", "text"]


FORMS = [
    ("1,234.5", ["1,234.50", "12.25", "-1,000,000.00", "7"]),
    ("1.234,5", ["1.234,50", "12,25", "-1.000.000,00", "7"]),
    ("1 234,5", ["1 234,50", "12,25", "-1\u00a0000\u202f000,00", "7"]),
    ("1'234.5", ["1'234.50", "12.25", "-1\u2019000\u2019000.00", "7"]),
    ("12,34,567.5", ["1,234.50", "12.25", "-10,00,000.00", "7"]),
    ("$1,234.5", ["$1,234.50", "$12.25", "-$1,000,000.00", "$ 7"]),
    ("1.234,5 €", ["1.234,50 €", "12,25€", "-1.000.000,00 €", "7 €"]),
    ("R$1.234,5", ["R$ 1.234,50", "R$12,25", "R$ -1.000.000,00", "7"]),
    ("CHF 1'234.5", ["CHF 1'234.50", "CHF 12.25", "CHF -1'000'000.00", "7"]),
    ("1,234.5 USD", ["1,234.50 USD", "12.25 USD", "-1,000,000.00 USD", "7 USD"]),
    ("Rp 1.234,5", ["Rp1.234,50", "Rp 12,25", "-Rp 1.000.000,00", "Rp7"]),
    ("\\1,234.5", ["\\1,234.50", "\\12.25", "-\\1,000,000.00", "\\7"]),
    ("1,234.5 ریال", ["1,234.50 ریال", "12.25 ریال", "-1,000,000.00 ریال", "7 ریال"]),
    ("(1,234.5)", ["1,234.50", "12.25", "(1,000,000.00)", "7"]),
    ("($1,234.5)", ["$1,234.50", "$12.25", "($1,000,000.00)", "7"]),
    ("1.234,5-", ["1.234,50", "12,25", "1.000.000,00-", "7"]),
    ("1,234.5", ["１，２３４．５０", "12.25", "\u22121,000,000.00", "７"]),
    ("1'234.5", ["١٬٢٣٤٫٥٠", "١٢٫٢٥", "-١٬٠٠٠٬٠٠٠٫٠٠", "٧"]),
]


@pytest.mark.parametrize(("form", "values"), FORMS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_form_of_numbers_is_found_and_read(
    tmp_path: Path, form: str, values: list[str], delimiter: str
) -> None:
    made = plan(tmp_path, values, delimiter=delimiter)
    column = made.tables[0].columns[1]
    assert (column.type, column.scale) == ("numeric", 2)
    assert column.format in (form, None)
    numbers = ["1234.50", "12.25", "-1000000.00", "7.00"]
    assert loaded(tmp_path, made) == [Decimal(one) for one in numbers]


@pytest.mark.parametrize(("form", "_"), FORMS)
def test_a_form_is_told_by_its_example(form: str, _: list[str]) -> None:
    read = NumberForm.of(form)
    assert read is not None and str(read) == form


@pytest.mark.parametrize(
    "example", ["", "x", "1,5", "%d", "1,234,5", "-1234.5", "(1234.5", "%1234.5", "12"]
)
def test_what_is_no_example_is_no_form(example: str) -> None:
    assert NumberForm.of(example) is None


def test_per_cent_become_fractions_and_that_is_said(tmp_path: Path) -> None:
    made = plan(tmp_path, ["12.5%", "-3 %", "100%"])
    assert made.tables[0].columns[1].format == "1234.5%"
    assert loaded(tmp_path, made) == [Decimal("0.125"), Decimal("-0.03"), Decimal(1)]
    assert "0.125" in made.findings[0].columns[1].warnings[0].message


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (["1,881", "12,5"], ["1.881", "12.5"]),
        (["1,881", "0,554"], ["1.881", "0.554"]),
        (["1,881", "4.5"], ["1881", "4.5"]),
        (["1,881,000", "4,554"], ["1881000", "4554"]),
        (["1.881", "12,5"], ["1881", "12.5"]),
        (["1.881.000", "4.554"], ["1881000", "4554"]),
        (["1.881", "0.554"], ["1.881", "0.554"]),
        (["1881,554", "4,554"], ["1881.554", "4.554"]),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_one_value_of_the_column_decides_for_all(
    tmp_path: Path, values: list[str], numbers: list[str], delimiter: str
) -> None:
    made = plan(tmp_path, values, delimiter=delimiter)
    assert loaded(tmp_path, made) == [Decimal(one) for one in numbers]
    assert "ambiguous_numbers" not in codes(made)


@pytest.mark.parametrize("values", [["1,881", "4,554"], ["1.234", "12.000"]])
def test_thousands_or_decimals_are_asked_where_nothing_tells(
    tmp_path: Path, values: list[str]
) -> None:
    made = plan(tmp_path, values, delimiter=";")
    assert made.tables[0].columns[1].type == "text"
    assert codes(made) == {"ambiguous_numbers"}


def test_thousands_are_thousands_between_commas_and_that_is_said(
    tmp_path: Path,
) -> None:
    made = plan(tmp_path, ["1,881", "4,554"])
    assert loaded(tmp_path, made) == [1881, 4554]
    assert "ambiguous_numbers" in codes(made)


@pytest.mark.parametrize(
    ("other", "number"), [("2,5", "1.881"), ("2.5", "1881"), ("1,234.5", "1881")]
)
def test_other_columns_decide_what_a_column_leaves_open(
    tmp_path: Path, other: str, number: str
) -> None:
    made = plan(tmp_path, ["1,881", "4,554"], [other, "7"], delimiter=";")
    assert loaded(tmp_path, made)[0] == Decimal(number)
    assert "ambiguous_numbers" in codes(made)


def test_columns_that_contradict_each_other_are_each_read_as_written(
    tmp_path: Path,
) -> None:
    made = plan(tmp_path, ["1,5", "22,25"], ["1.5", "22.25"], ["1,881", "4,554"])
    numbers = [Decimal("1.5"), Decimal("22.25")]
    assert loaded(tmp_path, made) == loaded(tmp_path, made, 2) == numbers
    assert made.tables[0].columns[3].type == "text"


def test_a_form_that_comes_late_is_taken_in(tmp_path: Path) -> None:
    values = [str(at % 900) for at in range(60_000)] + ["1,234", "$5", "(6)"]
    made = plan(tmp_path, values)
    column = made.tables[0].columns[1]
    assert (column.type, column.format) == ("bigint", "($1,234.5)")
    assert made.findings[0].columns[1].invalid == 0


@pytest.mark.parametrize(
    "values",
    [
        ["12E5", "13E7", "1200"],
        ["1E10", "2e11"],
        ["123 456 789", "987 654 321"],
        ["192.168.100.101", "192.168.100.102"],
        ["$5", "€7"],
        ["1.5", "1,5"],
        ["5%", "7"],
        ["12-34", "56-78"],
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_codes_and_mixtures_stay_text_with_a_warning(
    tmp_path: Path, values: list[str], delimiter: str
) -> None:
    made = plan(tmp_path, values, delimiter=delimiter)
    assert made.tables[0].columns[1].type == "text"
    assert codes(made) or values[0] == "12-34"


def test_marks_for_what_is_missing_are_null_among_numbers(tmp_path: Path) -> None:
    made = plan(tmp_path, ["..", "1", "-", "2", "\u2014", "n.a.", "#DIV/0!"])
    assert loaded(tmp_path, made) == [None, 1, None, 2, None, None, None]
    assert made.findings[0].columns[1].invalid == 0


def test_more_digits_than_a_double_holds_are_kept(tmp_path: Path) -> None:
    made = plan(tmp_path, ["3.14159265358979323846", "2.5"])
    assert made.tables[0].columns[1].type == "numeric"
    assert loaded(tmp_path, made)[0] == Decimal("3.14159265358979323846")


def test_single_precision_is_its_shortest_form() -> None:
    values = pl.Series([1.1, 0.3, None, 16777216.0], dtype=pl.Float32)
    column = ColumnPlan(position=1, header="", name="a", type="double")
    assert cast_column(values, column).values.to_list() == [1.1, 0.3, None, 16777216.0]


def test_single_precision_of_a_database_is_its_shortest_form() -> None:
    values = pa.array([1.1, None, 3.0e38, float("inf")], pa.float32())
    doubles = pa.array([1.1, 0.1, None, 2.5], pa.float64())
    frame = as_frame(pa.RecordBatch.from_arrays([values, doubles], ["a", "b"]))
    assert frame["a"].to_list() == [1.1, None, 3.0e38, float("inf")]
    assert frame["b"].to_list() == [1.1, 0.1, None, 2.5]


def _written(number: Decimal, form: NumberForm) -> str:
    whole, _, decimals = f"{abs(number):,.2f}".partition(".")
    text = whole.replace(",", form.group) + form.decimal + decimals
    text = f"{form.prefix}{text}{' ' if form.suffix else ''}{form.suffix}"
    if number >= 0:
        return text
    if form.parentheses:
        return f"({text})"
    return f"{text}-" if form.trailing else f"-{text}"


@pytest.mark.parametrize("seed", range(40))
def test_a_grid_of_made_columns_has_no_wrong_value(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    decimal = chance.choice(".,")
    form = NumberForm(
        decimal=decimal,
        group=chance.choice(["", " ", "'", "\u00a0", ",.".replace(decimal, "")]),
        prefix=chance.choice(["", "", "$", "£", "Rs. "]),
        parentheses=chance.random() < 0.3,
        trailing=chance.random() < 0.3,
    )
    if not form.prefix:
        form = form._replace(suffix=chance.choice(["", "€", "kr", "EUR"]))
    numbers = [
        Decimal(chance.randint(-(10 ** chance.randint(2, 9)), 10**9)).scaleb(-2)
        for _ in range(50)
    ]
    values = [_written(number, form) for number in numbers]
    made = plan(tmp_path, values, delimiter=chance.choice(",;\t|"))
    assert made.tables[0].columns[1].type == "numeric"
    assert loaded(tmp_path, made) == numbers
