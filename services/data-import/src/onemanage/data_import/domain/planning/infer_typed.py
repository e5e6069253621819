"""The column for values that have a type already: of Parquet and Arrow."""

import polars as pl
from msgspec.structs import replace

from onemanage.contracts.imports.plans import (
    ColumnFindings,
    ColumnPlan,
    Warning,
)
from onemanage.data_import.domain.casting.cast import cast_column
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
        self._nulls = self._invalid = 0
        self._first: int | None = None
        self._examples: dict[str, None] = {}

    def add(self, values: pl.Series, lines: pl.Series) -> None:
        """Values as the source has typed them, and their lines, from 1."""
        if not self._known:
            self._plan = _typed(self._plan, values.dtype)
            self._known = True
        self._nulls += values.null_count()
        if len(self._examples) < _EXAMPLES:
            for value in values.head(200).drop_nulls():
                if len(self._examples) < _EXAMPLES:
                    self._examples[str(value)] = None
        bad = cast_column(values, self._plan).bad
        if bad.any():
            self._invalid += int(bad.sum())
            if self._first is None:
                self._first = int(lines.filter(bad)[0])

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
        findings = ColumnFindings(
            position=self._plan.position,
            examples=list(self._examples),
            nulls=self._nulls,
            invalid=self._invalid,
            first_invalid_line=self._first,
            warnings=warnings,
        )
        return replace(self._plan, name=name), findings


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
