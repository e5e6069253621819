"""The type of a column of text, from all of its values.

Values are counted, not looked at one by one: each batch gives its different values and
how often they occur. What looks like a number and is a name (leading zeros, more than
15 digits, telephone numbers, article numbers) stays text.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

import polars as pl
from msgspec.structs import replace

from onemanage.contracts.imports.plans import ColumnFindings, ColumnPlan, Warning
from onemanage.data_import.domain.casting.cast_numbers import NUMBERS
from onemanage.data_import.domain.planning.asking import (
    Asking,
    Question,
    answered,
    contains,
    contains_sign,
)
from onemanage.data_import.domain.planning.bad_value_choice import (
    ErrorCells,
    with_bad_values,
)
from onemanage.data_import.domain.planning.candidates import (
    SHARE,
    Fit,
    counted,
    is_boolean,
    likely,
)
from onemanage.data_import.domain.planning.date_choice import (
    BEYOND_A_DAY,
    chosen_dates,
    compact_days,
    last_day,
    like_clocks,
    of_dates,
    of_durations,
    order_of,
    rivals,
)
from onemanage.data_import.domain.planning.different import Different, different
from onemanage.data_import.domain.planning.missing import NULL_WORDS
from onemanage.data_import.domain.planning.number_guess import Decimals, NumberGuess
from onemanage.data_import.domain.planning.number_warnings import (
    as_planned,
    chosen_reading,
    stays_text,
)
from onemanage.data_import.domain.planning.stray_rows import StrayRows

_DUMPED_NULL = "\\N"
"""How PostgreSQL and MySQL write NULL into text; no other value is written so."""
_SAMPLE = 500
_EXAMPLES = 5
_EXAMPLE_ROWS = 1_000
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
        self.errors = ErrorCells()
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
        self._strays = StrayRows(header)

    def add(self, values: pl.Series, lines: pl.Series) -> None:
        """String values as they were read, and their lines."""
        see([self], [values], lines)

    @property
    def is_text(self) -> bool:
        """Whether nothing can make it anything else any more."""
        return self._fits == [] and not (self._numbers and self._numbers.readings)

    def see_text(self, values: pl.Series, lines: pl.Series) -> Asking[None]:
        """As ``see_different``, where nothing else is to be found out."""
        self._count_rows(values)
        (with_nul,) = yield (Question(values, contains_sign, ("\0",)),)
        if with_nul.any():
            count, line = int(with_nul.sum()), int(lines.filter(with_nul)[0])
            self._text = self._text.add(count, line)
        for word in ("", _DUMPED_NULL):
            self._words[word] += int((values == word).sum())
        if len(self._examples) < _EXAMPLES:
            self._add_examples(values.head(_EXAMPLE_ROWS).unique(maintain_order=True))

    def see_different(
        self, values: pl.Series, seen: Different, lines: pl.Series
    ) -> Asking[None]:
        """Values of a batch, and the different ones of them."""
        self._count_rows(values)
        self._strays.see(seen, lines)
        self._add_examples(seen.texts.filter(seen.rows < _EXAMPLE_ROWS))
        with_nul, blank = yield (
            Question(seen.texts, contains_sign, ("\0",)),
            Question(seen.texts, _are_blank),
        )
        if with_nul.any():
            line = int(lines[seen.first_row(with_nul)])
            self._text = self._text.add(seen.total(with_nul), line)
        if blank.any():
            words = seen.filter(blank)
            for word, count in zip(words.texts, words.counts, strict=True):
                self._words[word] += count
            seen = seen.filter(~blank)
        if not len(seen.texts):
            return
        self._values += int(seen.counts.sum())
        if self._fits is None:
            yield from self._begin(seen.texts)
        if self._clocks and self._beyond_a_day is None:
            (beyond,) = yield (Question(seen.texts, contains, (BEYOND_A_DAY,)),)
            if beyond.any():
                self._beyond_a_day = seen.texts.filter(beyond)[0]
        if len(self._few) < _FEW:
            self._few.update(seen.texts.head(_FEW))
        yield from self._count(seen, lines)

    def _count_rows(self, values: pl.Series) -> None:
        self._rows += len(values)
        self._nulls += values.null_count()

    def _begin(self, texts: pl.Series) -> Asking[None]:
        step = max(1, len(texts) // _SAMPLE)
        self._sample = (texts.gather_every(step) if step > 1 else texts).head(_SAMPLE)
        likely_fits = yield from likely(self._sample, self._window)
        self._fits = compact_days(self.header, self._sample) + likely_fits
        self._clocks = like_clocks(self._sample)
        self._numbers = NumberGuess(self._grouped)
        yield from self._numbers.begin(self._sample)

    def _add_examples(self, texts: pl.Series) -> None:
        for text in texts:
            if len(self._examples) == _EXAMPLES:
                return
            if text:
                self._examples[text] = None

    def _count(self, seen: Different, lines: pl.Series) -> Asking[None]:
        assert self._fits is not None and self._numbers is not None
        if self._numbers.readings:
            whole = yield from self._numbers.see(seen, lines)
            yield from self._look_for_codes(seen.texts.filter(whole))
        if self._fits:
            self._fits = yield from counted(self._fits, seen, lines)

    def _look_for_codes(self, whole: pl.Series) -> Asking[None]:
        codes = [code for code in _CODES if code not in self._codes]
        if not len(whole) or not codes:
            return
        answers = yield [Question(whole, contains, (_CODES[one][0],)) for one in codes]
        for code, found in zip(codes, answers, strict=True):
            if found.any():
                self._codes[code] = whole.filter(found)[0]

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
        plan = with_bad_values(plan, fit, self.errors, warnings)
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
        is_explained = self._strays.explain(best, self._values)
        if best.bad > self._values * (1 - SHARE) and not is_explained:
            share = 1 - best.bad / self._values
            if share >= 0.5:
                warnings.append(_mixed(best, share))
            return None
        if best.type in NUMBERS:
            return self._number(best, decimals, warnings)
        if best.bad:
            warnings.append(self._misfits(best))
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
            warnings.append(self._misfits(best))
        reading = self._numbers.readings[best.comma]
        if best.type == "numeric" and reading.suits_double:
            return best._replace(type="double")
        return best

    def _misfits(self, best: Fit) -> Warning:
        if self._strays.explain(best, self._values):
            return self._strays.warning(best)
        return _mixed(best, 1 - best.bad / self._values)

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


def see(
    guesses: Sequence[ColumnGuess], columns: Sequence[pl.Series], lines: pl.Series
) -> None:
    """A batch's columns of String, each for its guess, and the lines of its rows."""
    askings = []
    pairs = list(zip(guesses, columns, strict=True))
    known = different([values for guess, values in pairs if not guess.is_text])
    for guess, values in pairs:
        if guess.is_text:
            askings.append(guess.see_text(values, lines))
        else:
            askings.append(guess.see_different(values, known.pop(0), lines))
    answered(askings)


def _are_blank(texts: pl.Series) -> pl.Series:
    return texts.str.strip_chars().is_in(NULL_WORDS)


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
