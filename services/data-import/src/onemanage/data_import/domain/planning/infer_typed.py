"""The column for values that have a type already: of Parquet and Arrow."""

import polars as pl
from msgspec.structs import replace

from onemanage.contracts.imports.plans import ColumnFindings, ColumnPlan, Warning
from onemanage.data_import.domain.casting.cast import cast_column
from onemanage.data_import.domain.casting.cast_typed import as_text
from onemanage.data_import.domain.planning.date_choice import of_durations
from onemanage.data_import.domain.planning.number_guess import Decimals

_EXAMPLES = 5
_PLAIN: dict[type[pl.DataType], str] = {
    pl.Boolean: "boolean",
    pl.Float32: "double",
    pl.Float64: "double",
    pl.Date: "date",
    pl.Time: "time",
}


class TypedGuess:
    """As ColumnGuess, for values of one type."""

    def __init__(self, position: int, header: str) -> None:
        self._plan = ColumnPlan(position=position, header=header, name="")
        self._known = False
        self._nulls = self._invalid = self._cut = 0
        self._cut_example: str | None = None
        self._is_length = False
        self._first: int | None = None
        self._examples: dict[str, None] = {}

    def add(self, values: pl.Series, lines: pl.Series) -> None:
        """Values as the source has typed them, and their lines, from 1."""
        if not self._known:
            self._plan = _typed(self._plan, values.dtype)
            self._known, self._is_length = True, values.dtype == pl.Duration
        self._nulls += values.null_count()
        self._see_nanoseconds(values)
        if len(self._examples) < _EXAMPLES:
            few = values.head(200).drop_nulls()
            for value in as_text(few) if self._is_length else few:
                if len(self._examples) < _EXAMPLES:
                    self._examples[str(value)] = None
        bad = cast_column(values, self._plan).bad
        if bad.any():
            self._invalid += int(bad.sum())
            if self._first is None:
                self._first = int(lines.filter(bad)[0])

    def _see_nanoseconds(self, values: pl.Series) -> None:
        dtype = values.dtype
        if isinstance(dtype, pl.Datetime | pl.Duration):
            if dtype.time_unit != "ns":
                return
        elif dtype != pl.Time:
            return
        parts = values.to_physical() % 1000 != 0
        if found := int(parts.sum()):
            if not self._cut:
                self._cut_example = str(as_text(values.filter(parts).head(1))[0])
            self._cut += found

    def wants_comma(self) -> bool | None:
        """Always None: typed numbers are written in no way."""
        return None

    def propose(
        self, name: str, decimals: Decimals
    ) -> tuple[ColumnPlan, ColumnFindings]:
        """Column and findings; ``decimals`` mean nothing here."""
        warnings = []
        if self._plan.type == "timestamp":
            warnings.append(
                Warning(
                    code="naive_times",
                    message="The times name no zone. They stay as the clock showed "
                    "them; choose timestamptz and a zone to make them points in time.",
                )
            )
        if self._is_length:
            warnings.append(of_durations(next(iter(self._examples), "")))
        elif self._cut:
            warnings.append(_nanoseconds(self._cut, self._cut_example))
        findings = ColumnFindings(
            position=self._plan.position,
            examples=list(self._examples),
            nulls=self._nulls,
            invalid=self._invalid,
            first_invalid_line=self._first,
            warnings=warnings,
        )
        return replace(self._plan, name=name), findings


class DeclaredGuess(TypedGuess):
    """Of text whose type is declared beside it."""

    def __init__(self, plan: ColumnPlan) -> None:
        super().__init__(plan.position, plan.header)
        self._plan, self._known = plan, True

    def propose(
        self, name: str, decimals: Decimals
    ) -> tuple[ColumnPlan, ColumnFindings]:
        """As declared, with a warning where values are none of that type."""
        plan, findings = super().propose(name, decimals)
        if not findings.invalid:
            return plan, findings
        warning = Warning(
            code="declared_type",
            message=f"The datapackage.json beside the table says {plan.type}; "
            f"{findings.invalid:,} values are none, the first in line "
            f"{findings.first_invalid_line}. Change `type` if it is wrong.",
        )
        return plan, replace(findings, warnings=[*findings.warnings, warning])


def _nanoseconds(count: int, example: str | None) -> Warning:
    return Warning(
        code="nanoseconds_cut",
        message=f"{count:,} values have parts of a microsecond, which PostgreSQL does "
        "not keep; they are cut off. Make the column text to keep them.",
        example=example,
    )


def _typed(plan: ColumnPlan, dtype: pl.DataType) -> ColumnPlan:
    if isinstance(dtype, pl.UInt64 | pl.Int128 | pl.UInt128):
        return replace(plan, type="numeric", precision=38, scale=0)
    if dtype.is_integer():
        return replace(plan, type="bigint")
    if isinstance(dtype, pl.Decimal):
        return replace(
            plan, type="numeric", precision=dtype.precision or 38, scale=dtype.scale
        )
    if isinstance(dtype, pl.Datetime):
        kind = "timestamp" if dtype.time_zone is None else "timestamptz"
        return replace(plan, type=kind)
    return replace(plan, type=_PLAIN.get(type(dtype), "text"), nulls=_nulls(dtype))


def _nulls(dtype: pl.DataType) -> list[str]:
    """A typed source knows NULL; its empty strings are empty strings."""
    return [] if dtype == pl.String else [""]
