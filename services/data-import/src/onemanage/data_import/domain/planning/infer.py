"""The type of a column of text, from all of its values.

Values are counted, not looked at one by one: each batch gives its different values and
how often they occur. What looks like a number and is a name (leading zeros, more than
15 digits, telephone numbers, article numbers) stays text.
"""

import re
from collections import Counter
from datetime import date

import polars as pl
from msgspec.structs import replace

from onemanage.contracts.imports.plans import (
    ColumnFindings,
    ColumnPlan,
    Warning,
)
from onemanage.data_import.domain.casting.cast_numbers import NUMBERS
from onemanage.data_import.domain.planning.candidates import (
    SHARE,
    Fit,
    is_boolean,
    likely,
)
from onemanage.data_import.domain.planning.date_choice import (
    beyond_a_day,
    chosen_dates,
    compact_days,
    last_day,
    like_clocks,
    of_dates,
    of_durations,
    order_of,
    rivals,
)
from onemanage.data_import.domain.planning.number_guess import Decimals, NumberGuess
from onemanage.data_import.domain.planning.number_warnings import (
    as_planned,
    chosen_reading,
    stays_text,
)

NULL_WORDS = [
    *("", "NULL", "Null", "null", "NA", "N/A", "n/a", "na", "\\N", "-", "--"),
    *("None", "none", "nil", "#N/A", "NaN", "nan", "?", "无", "空"),
    *("..", "...", "…", ".", ":", "–", "—", "---", "n.a.", "N.A.", "n/d", "N/D"),
    *("#N/A N/A", "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!"),
    *("#NV", "#NUL!", "#ZAHL!", "#WERT!", "#BEZUG!", "#VALEUR!", "#NOMBRE!", "#N/D"),
    *("(null)", "(NULL)", "<null>", "<NULL>", "<NA>", "[null]", "NaT", "(NA)"),
    *("NIL", "missing", "Missing", "unknown", "Unknown"),
    *("no data", "NODATA", "No Data"),
    *("k.A.", "k. A.", "n.v.", "n. v.", "unbekannt", "s.d.", "s. d.", "n.d.", "b.d."),
    *("nd", "ND", "s.o.", "s/d", "(X)", "*", "**", "***", "****", "[c]"),
    *("[x]", "[z]", "----", "-----", "00.00.0000", "00/00/0000", "0000-00-00"),
    *("0000-00-00 00:00:00", "\u2212", "∅", "無", "не указано", "н/д"),
]
"""Among numbers, dates and booleans they mean that there is no value."""
_DUMPED_NULL = "\\N"
"""How PostgreSQL and MySQL write NULL into text; no other value is written so."""
_SAMPLE = 500
_EXAMPLES = 5
_FEW = 20
_CODE_HEADER = re.compile(
    r"(?i)phone|mobile|\bfax\b|\btel\b|\bsku\b|\bean\b|\bupc\b|\bgtin\b|isbn|barcode|"
    r"\bzip|post(?:al)?[ _]?code|\biban\b|account[ _]?n|serial[ _]?n|"
    r"电话|手机|传真|邮编|条码|身份证|账号|卡号|货号"
)
_PARTS_HEADER = re.compile(
    r"(?i)(?<![^\W\d_])(?:versions?|sections?|chapter|sort[ _-]?code)(?![^\W\d_])"
)
"""Of numbers in numbers, as 1.10, which comes after 1.9."""
_CODES = {
    "leading_zeros": (
        r"^\s*[+-]?0[0-9]+\s*$",
        "Values begin with zeros that a number would lose, so the column stays text.",
    ),
    "long_numbers": (
        r"^\s*[+-]?[0-9]{16,}\s*$",
        "Values have more than 15 digits, as ids have, so the column stays text.",
    ),
    "phone_numbers": (
        r"^\s*\+[0-9]{7,15}\s*$",
        "Values look like telephone numbers, so the column stays text.",
    ),
}


class ColumnGuess:
    """Takes a column batch by batch, then proposes."""

    def __init__(
        self,
        position: int,
        header: str,
        grouped: bool = True,
        today: date | None = None,
    ) -> None:
        """``grouped`` as of NumberGuess."""
        self.position = position
        self.header = header
        self._window = last_day(header, today or date.today())
        self._sample = pl.Series([], dtype=pl.String)
        self._clocks = False
        self._beyond_a_day: str | None = None
        self.date_order: str | None = None
        """That other columns of the table have, as dmy."""
        self._grouped = grouped
        self._numbers: NumberGuess | None = None
        self._fits: list[Fit] | None = None
        self._text = Fit("text")
        """Fits all but the NUL byte."""
        self._rows = self._nulls = self._values = 0
        self._words: Counter[str] = Counter()
        self._examples: dict[str, None] = {}
        self._few: set[str] = set()
        self._codes: dict[str, str] = {}

    def add(self, values: pl.Series, lines: pl.Series) -> None:
        """String values as they were read, and their lines."""
        self._rows += len(values)
        self._nulls += values.null_count()
        if len(self._examples) < _EXAMPLES:
            self._add_examples(values)
        with_nul = values.str.contains("\0", literal=True)
        if with_nul.any():
            self._text = self._text.add(
                int(with_nul.sum()), int(lines.filter(with_nul)[0])
            )
        if self._fits == [] and self._numbers and not self._numbers.readings:
            for word in ("", _DUMPED_NULL):
                self._words[word] += int((values == word).sum())
            return
        counted = values.drop_nulls().alias("value").value_counts(name="count")
        unique, count = counted["value"], counted["count"].cast(pl.Int64)
        blank = unique.str.strip_chars().is_in(NULL_WORDS)
        if blank.any():
            words = zip(unique.filter(blank), count.filter(blank), strict=True)
            self._words.update(dict(words))
            unique, count = unique.filter(~blank), count.filter(~blank)
        if not len(unique):
            return
        self._values += int(count.sum())
        if self._fits is None:
            step = max(1, len(unique) // _SAMPLE)
            self._sample = unique.gather_every(step).head(_SAMPLE)
            self._fits = compact_days(self.header, self._sample)
            self._fits += likely(self._sample, self._window)
            self._clocks = like_clocks(self._sample)
            self._numbers = NumberGuess(self._sample, self._grouped)
        if self._clocks and self._beyond_a_day is None:
            self._beyond_a_day = beyond_a_day(unique)
        if len(self._few) < _FEW:
            self._few.update(unique.head(_FEW))
        self._count(unique, count, values, lines)

    def _add_examples(self, values: pl.Series) -> None:
        for value in values.head(1000).unique(maintain_order=True):
            if value and len(self._examples) < _EXAMPLES:
                self._examples[value] = None

    def _count(
        self, unique: pl.Series, count: pl.Series, values: pl.Series, lines: pl.Series
    ) -> None:
        assert self._fits is not None and self._numbers is not None

        def first_line(bad: pl.Series) -> int:
            return int(lines.filter(values.is_in(bad.to_list()))[0])

        if self._numbers.readings:
            self._look_for_codes(unique)
            self._numbers.add(unique, count, first_line)
        made: list[Fit] = []
        for fit in self._fits:
            bad = fit.bads(unique)
            if not bad.any():
                made.append(fit)
                continue
            line = None
            if fit.first_bad_line is None:
                line = first_line(unique.filter(bad))
            made.append(fit.add(int(count.filter(bad).sum()), line))
        self._fits = made

    def _look_for_codes(self, unique: pl.Series) -> None:
        for code, (pattern, _) in _CODES.items():
            if code not in self._codes:
                found = unique.str.contains(pattern)
                if found.any():
                    self._codes[code] = unique.filter(found)[0]

    def wants_comma(self) -> bool | None:
        """True where its numbers are written 1.234,5, False where 1,234.5 or 1.5,
        None where they are the same both ways."""
        if self._numbers is None:
            return None
        return self._numbers.wants_comma(self._values, SHARE)

    def own_date_order(self) -> str | None:
        """As dmy, where the values alone say it."""
        fits = [
            fit for fit in self._fits or [] if fit.bad <= self._values * (1 - SHARE)
        ]
        best = min(fits, key=lambda fit: fit.bad, default=None)
        return order_of(best, fits, self._values)

    def propose(
        self, name: str, decimals: Decimals
    ) -> tuple[ColumnPlan, ColumnFindings]:
        """Column and findings, once all batches were added."""
        warnings: list[Warning] = []
        fit = self._best(decimals, warnings) or self._text
        plan = ColumnPlan(
            position=self.position, header=self.header, name=name, nulls=[""]
        )
        if fit.type != "text":
            plan = self._typed(plan, fit, warnings, decimals)
        elif count := self._words[_DUMPED_NULL]:
            plan = replace(plan, nulls=["", _DUMPED_NULL])
            warnings.append(_dumped_nulls(count))
        nulls = self._nulls + sum(self._words[word] for word in plan.nulls)
        findings = ColumnFindings(
            position=self.position,
            examples=list(self._examples),
            nulls=nulls,
            invalid=fit.bad,
            first_invalid_line=fit.first_bad_line,
            warnings=warnings,
        )
        return plan, findings

    def _best(self, decimals: Decimals, warnings: list[Warning]) -> Fit | None:
        if self._beyond_a_day is not None:
            warnings.append(of_durations(self._beyond_a_day))
            return None
        fits = list(self._fits or [])
        reading = None
        if self._numbers is not None:
            reading = chosen_reading(self._numbers, decimals, self._values, warnings)
        if reading is not None:
            fits += reading.fits
        if not fits:
            return None
        best = min(fits, key=lambda fit: fit.bad)  # the strictest of the best
        best = chosen_dates(best, fits, self._sample, self.date_order)
        if best.type == "boolean" and not is_boolean(self._few):
            return None
        if best.type != "bigint" and _PARTS_HEADER.search(self.header):
            warnings.append(self._named_codes())
            return None
        if best.bad > self._values * (1 - SHARE):
            share = 1 - best.bad / self._values
            if share >= 0.5:
                warnings.append(_mixed(best, share))
            return None
        if best.type in NUMBERS:
            return self._number(best, decimals, warnings)
        if best.bad:
            warnings.append(_mixed(best, 1 - best.bad / self._values))
        others = rivals(best, fits, self._values)
        warnings += of_dates(best, others, next(iter(self._examples), None))
        return best

    def _number(
        self, best: Fit, decimals: Decimals, warnings: list[Warning]
    ) -> Fit | None:
        for code, example in self._codes.items():
            message = _CODES[code][1]
            warnings.append(Warning(code=code, message=message, example=example))
        assert self._numbers is not None
        if self._codes or stays_text(self._numbers, warnings):
            return None
        if best.type == "bigint" and _CODE_HEADER.search(self.header):
            warnings.append(self._named_codes())
            return None
        if best.bad:
            warnings.append(_mixed(best, 1 - best.bad / self._values))
        reading = self._numbers.readings[best.comma]
        if best.type == "numeric" and reading.suits_double:
            return best._replace(type="double")
        return best

    def _named_codes(self) -> Warning:
        return Warning(
            code="codes",
            message="The header names codes and not numbers to count with, so the "
            "column stays text.",
            example=next(iter(self._examples), None),
        )

    def _typed(
        self, plan: ColumnPlan, fit: Fit, warnings: list[Warning], decimals: Decimals
    ) -> ColumnPlan:
        words = [word for word, count in self._words.items() if count and word]
        plan = replace(
            plan, type=fit.type, format=fit.format, nulls=["", *sorted(words)]
        )
        if fit.type in NUMBERS:
            assert self._numbers is not None
            reading = self._numbers.readings[fit.comma]
            plan = as_planned(plan, reading, decimals, warnings)
        if fit.type == "timestamp":
            warnings.append(
                Warning(
                    code="naive_times",
                    message="The times name no zone. They stay as the clock showed "
                    "them; choose timestamptz and a zone to make them points in time.",
                    example=next(iter(self._examples), None),
                )
            )
        return plan


def _dumped_nulls(count: int) -> Warning:
    return Warning(
        code="dumped_nulls",
        message=f"{count:,} values are {_DUMPED_NULL}, as databases write NULL, and "
        "become NULL. Take it out of nulls to keep it as text.",
        example=_DUMPED_NULL,
    )


def _mixed(fit: Fit, share: float) -> Warning:
    return Warning(
        code="mixed_types",
        message=f"{share:.1%} of the values are {fit.type}, the others are not"
        + (
            f"; the first of them is in line {fit.first_bad_line}."
            if fit.first_bad_line
            else "."
        ),
    )
