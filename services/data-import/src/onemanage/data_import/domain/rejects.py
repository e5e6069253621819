"""Rows that are not loaded: counted, the first of them named, all in a CSV.

The CSV has the source's columns and three of ours, so that a person can correct it and
send it again: one line for each rejected row, whatever number of its cells is bad.
Text that a spreadsheet would run is guarded in it; where there is such text, a second
file has all as it was.
"""

from collections import Counter
from pathlib import Path
from shutil import copyfile
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

import polars as pl

from onemanage.contracts.imports.imports import kept_rejects
from onemanage.contracts.imports.plans import ColumnPlan, Reject, RejectCount, TablePlan
from onemanage.data_import.domain import formulas
from onemanage.data_import.domain.batch import shown
from onemanage.data_import.domain.casting.cast_typed import as_text
from onemanage.data_import.domain.formula_text import NOTE
from onemanage.data_import.domain.rejects_told import MOST_COUNTS, MOST_NAMED, OURS

_MOST_WAITING = 10_000
_MOST_WAITING_BYTES = 4 << 20
_MESSAGES = {
    "not_a_bigint": "Not a whole number.",
    "not_a_numeric": "Not a decimal number.",
    "not_a_double": "Not a number.",
    "not_a_boolean": "Neither true nor false; write yes or no, true or false, 1 or 0.",
    "not_a_date": "Not a date{form}.",
    "not_a_time": "Not a time of day{form}.",
    "not_a_timestamp": "Not a date with a time{form}.",
    "not_an_interval": "Not a length of time, such as 25:30:00 or 2 days 01:00:00.",
    "excess_scale": "More than {scale} digits after the point; it is not rounded.",
    "out_of_range": "Outside the range of {type}.",
    "not_finite": "NaN and infinity are not allowed in this column.",
    "naive_time": "A time without an offset. Name the column's time zone in the plan.",
    "nonexistent_time": "The clocks of {zone} skip this time. Give it an offset.",
    "nul_byte": "Contains a NUL character, which PostgreSQL cannot hold. Remove it.",
    "too_long": "The text is too long.",
    "missing_value": "A value is required here.",
    "duplicate_key": "A later row has the same keys ({keys}).",
}


def message(reason: str, column: ColumnPlan) -> str:
    """What a person is told about a bad cell of the column."""
    return _MESSAGES[reason].format(
        form=f" of the form {column.format}" if column.format else " as in ISO 8601",
        scale=column.scale or 0,
        type=_type(column),
        zone=column.zone,
        keys="",
    )


def _type(column: ColumnPlan) -> str:
    if column.type == "numeric" and column.precision is not None:
        return f"numeric({column.precision}, {column.scale or 0})"
    return column.type


class BadRows(NamedTuple):
    """Rejected rows of one batch, with what is told of each."""

    raw: pl.DataFrame
    """As the source has them, columns named by position."""
    lines: pl.Series
    columns: list[str]
    errors: list[str]


class Rejects:
    """Collects the rejects of one table and writes them. Use it in a ``with``."""

    def __init__(self, path: Path, table: TablePlan) -> None:
        self._path, self._kept_path = path, path.with_name(kept_rejects(path.name))
        self._columns = sorted(table.columns, key=lambda one: one.position)
        self._file: BinaryIO | None = None
        self._kept: BinaryIO | None = None
        self._counts: Counter[tuple[str, str | None]] = Counter()
        self._waiting: list[pl.DataFrame] = []
        self._waiting_rows = self._waiting_bytes = 0
        self.rows = 0
        self.named: list[Reject] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._flush()
        finally:
            for file in (self._file, self._kept):
                if file is not None:
                    file.close()

    def counts(self) -> list[RejectCount]:
        """By reason and column, the most frequent first, MOST_COUNTS of them."""
        return [
            RejectCount(reason=reason, column=column, count=count)
            for (reason, column), count in self._counts.most_common(MOST_COUNTS)
        ]

    def cells(
        self, raw: pl.DataFrame, lines: pl.Series, reasons: dict[str, pl.Series]
    ) -> None:
        """Rows with bad cells; ``reasons`` by the names of the table's columns."""
        bad = [(one, reasons[one.name]) for one in self._columns if one.name in reasons]
        columns: list[list[str]] = [[] for _ in lines]
        errors: list[list[str]] = [[] for _ in lines]
        named: list[Reject] = []
        numbers, room = lines.to_list(), MOST_NAMED - len(self.named)
        # The bad rows are few, and of each of them there is much to say.
        for column, whys in bad:
            values = as_text(raw[str(column.position)])
            texts: dict[str, str] = {}
            for at, why in enumerate(whys.to_list()):
                if why is None:
                    continue
                text = texts.get(why) or texts.setdefault(why, message(why, column))
                self._counts[why, column.name] += 1
                columns[at].append(column.name)
                errors[at].append(f"{column.name}: {text}")
                if at < room:
                    named.append(
                        _reject(numbers[at], column.name, values[at], why, text)
                    )
        named.sort(key=lambda one: one.line)
        self.named += named[:room]
        told = ["; ".join(one) for one in columns], ["; ".join(one) for one in errors]
        self._write(BadRows(raw, lines, *told))

    def duplicates(
        self, raw: pl.DataFrame, lines: pl.Series, keys: list[ColumnPlan]
    ) -> None:
        """Rows whose keys a later row has."""
        names = ", ".join(one.name for one in keys)
        text = _MESSAGES["duplicate_key"].format(keys=names)
        rows = BadRows(raw, lines, [""] * len(lines), [text] * len(lines))
        self._counts["duplicate_key", None] += len(lines)
        room = MOST_NAMED - len(self.named)
        told = raw.head(room).select(str(one.position) for one in keys)
        values = [as_text(one) for one in told]
        for at, line in enumerate(lines.head(room)):
            value = ", ".join(one[at] or "" for one in values)
            self.named.append(_reject(line, None, value, "duplicate_key", text))
        self._write(rows)

    def unsplit(self, rejects: list[Reject], raw: pl.DataFrame | None) -> None:
        """Rows that the reader set aside; each has one Reject."""
        if not rejects:
            return
        lines = pl.Series([one.line for one in rejects], dtype=pl.Int64)
        if raw is None:
            raw = pl.DataFrame({"1": [one.value for one in rejects]})
        beyond = self._beyond(raw)
        rows = BadRows(
            raw,
            lines,
            [one.column or "" for one in rejects],
            [one.message + more for one, more in zip(rejects, beyond, strict=True)],
        )
        for one in rejects:
            self._counts[one.reason, one.column] += 1
        self.named += rejects[: MOST_NAMED - len(self.named)]
        self._write(rows)

    def _beyond(self, raw: pl.DataFrame) -> list[str]:
        """What stands in fields that no column is for, to be told beside the error."""
        last = self._columns[-1].position if self._columns else 0
        extra = [one for one in raw.columns if int(one) > last]
        fields = raw.select(extra).rows() if extra else [()] * raw.height
        joined = [", ".join(one for one in row if one is not None) for row in fields]
        return [f" Beyond them: {one}" if one else "" for one in joined]

    def _write(self, rows: BadRows) -> None:
        """Some at a time: each time costs more than a few rows do."""
        count = len(rows.lines)
        if not count:
            return
        self.rows += count
        frame = self._frame(rows)
        self._waiting.append(frame)
        self._waiting_rows += count
        self._waiting_bytes += int(frame.estimated_size())
        if (
            self._waiting_rows >= _MOST_WAITING
            or self._waiting_bytes >= _MOST_WAITING_BYTES
        ):
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        frame = pl.concat(self._waiting)
        self._waiting, self._waiting_rows, self._waiting_bytes = [], 0, 0
        guarded = _guarded(frame)
        if self._file is None:
            self._file = self._begun()
        if self._kept is None and not guarded.equals(frame):
            self._file.flush()
            copyfile(self._path, self._kept_path)
            self._kept = self._kept_path.open("ab")
        if self._kept is not None:
            frame.write_csv(self._kept, include_header=False)
        guarded.write_csv(self._file, include_header=False)

    def _begun(self) -> BinaryIO:
        names = pl.Series([*(one.header for one in self._columns), *OURS])
        safe = formulas.guarded(names)
        file = self._path.open("wb")
        file.write(_csv_line(safe.to_list()))
        if not safe.equals(names):
            self._kept = self._kept_path.open("wb")
            self._kept.write(_csv_line(names.to_list()))
        return file

    def _frame(self, rows: BadRows) -> pl.DataFrame:
        """Excluded columns are empty: so the file's columns stay where they were."""
        made: list[pl.Series] = []
        for column in self._columns:
            name = str(column.position)
            if name in rows.raw.columns:
                made.append(as_text(rows.raw[name]).alias(name))
            else:
                empty = pl.repeat(None, len(rows.lines), dtype=pl.String, eager=True)
                made.append(empty.alias(name))
        ours = rows.lines, pl.Series(rows.columns), pl.Series(rows.errors)
        made += [one.alias(name) for one, name in zip(ours, OURS, strict=True)]
        return pl.DataFrame(made)


def _guarded(frame: pl.DataFrame) -> pl.DataFrame:
    """With a note in the error of each row whose cells were."""
    *cells, line, column, error = frame.get_columns()
    safe = [formulas.guarded(one) for one in cells]
    changed = pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
    for one, before in zip(safe, cells, strict=True):
        changed = changed | one.ne_missing(before)
    if changed.any():
        error = (error + NOTE).alias(error.name).zip_with(changed, error)
    ours = [line, formulas.guarded(column), formulas.guarded(error)]
    return pl.DataFrame([*safe, *ours])


def _reject(
    line: int, column: str | None, value: str | None, reason: str, text: str
) -> Reject:
    value = None if value is None else shown(value)
    return Reject(line=line, column=column, value=value, reason=reason, message=text)


def _csv_line(fields: list[str]) -> bytes:
    quoted = ['"' + one.replace('"', '""') + '"' for one in fields]
    return (",".join(quoted) + "\n").encode()
