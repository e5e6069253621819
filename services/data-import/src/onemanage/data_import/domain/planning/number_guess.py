"""How the numbers of a column of text are written, from all of its values.

A column is followed in two readings at once, with a point and with a comma before the
decimals. Each begins with plain numbers and takes in what further values show: marks
between thousands, a currency, signs behind the number. What it takes in changes no
value that was seen before, so counts stay true.
"""

import re
from collections.abc import Callable
from typing import NamedTuple, Self

import polars as pl

from onemanage.contracts.imports.plans import Dialect
from onemanage.data_import.domain.casting.number_forms import NumberForm, in_ascii
from onemanage.data_import.domain.planning.candidates import Digits, Fit

_CODES = (
    "USD EUR GBP JPY CNY RMB CHF CAD AUD NZD HKD SGD TWD KRW INR BRL MXN ARS CLP COP "
    "PEN ZAR NGN KES EGP MAD TRY RUB UAH PLN CZK HUF RON BGN RSD SEK NOK DKK ISK ILS "
    "AED SAR QAR KWD THB VND IDR MYR PHP PKR BDT LKR KZT GEL"
)
_WORDS = "Rs. Rs Fr. Fr kr. kr zł Kč Ft lei лв. лв руб. руб р. грн. грн 元 円 원 TL KM"
_CURRENCY = "|".join(
    [rf"[A-Z]{{0,3}}[{''.join(map(chr, (36, 162, 163, 164, 165)))}\u20a0-\u20cf\u0e3f]"]
    + [re.escape(one) for one in (*_CODES.split(), *_WORDS.split())]
)
_WRITTEN = re.compile(
    rf"(?P<open>\()? ?(?P<first>[+-])? ?(?P<prefix>{_CURRENCY})? ?(?P<open2>\()?"
    r"(?P<second>[+-])? ?(?P<number>[0-9](?:[0-9.,' ]*[0-9.,])?|[.,][0-9]+) ?"
    rf"(?P<close2>\))?(?P<percent>%)? ?(?P<suffix>{_CURRENCY})? ?(?P<last>-)? ?(?P<close>\))?"
)
NUMBERISH = rf"^[(+-]{{0,2}} ?(?:{_CURRENCY})? ?[(+-]{{0,2}} ?[.,]?[0-9]"
"""Of text in ASCII: how numbers begin."""
_NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
_WHOLE = r"^[+-]?[0-9]+$"
_LIKE_A_CODE = r"^[0-9]+[eE][0-9]+$"
_FULL_GROUPS = r"^[0-9]{3}(?:(?: [0-9]{3})+|(?:\.[0-9]{3}){2,})$"
_HALF = 0.5
_LOOK = 200
_KINDS = ("bigint", "numeric", "double")

type FirstLine = Callable[[pl.Series], int]
"""The line of the first of the source's values that are among these."""


class Decimals(NamedTuple):
    """What is known of the decimal sign beyond one column."""

    comma: bool = False
    """The dialect says that numbers are written 1.234,5."""
    elsewhere: bool | None = None
    """Whether it is a comma in the columns that leave no doubt."""
    asks: bool = False
    """Where nothing tells: nobody guesses, and the column stays text."""
    is_said: bool = False
    """By the user: no column is read otherwise."""

    @classmethod
    def of(
        cls,
        wishes: list[bool | None],
        dialect: Dialect,
        is_csv: bool,
        is_said: bool = False,
    ) -> Self:
        """From what the columns want. A file with semicolons may well come from where
        the comma is the decimal sign; all others are read as programs write. What the
        user has said holds, whatever they want."""
        if is_said:
            return cls(dialect.decimal_comma, dialect.decimal_comma, is_said=True)
        sure = {one for one in wishes if one is not None}
        elsewhere = next(iter(sure)) if len(sure) == 1 else None
        if dialect.decimal_comma:
            elsewhere = True
        asks = len(sure) > 1 or (is_csv and dialect.delimiter == ";")
        comma = dialect.decimal_comma or (is_csv and elsewhere is True)
        return cls(comma, elsewhere, asks)


class Reading(NamedTuple):
    """The column's numbers with one decimal sign."""

    form: NumberForm
    fits: tuple[Fit, ...]
    """bigint, numeric and double; of per cent numeric alone."""
    digits: Digits = Digits()
    example: str | None = None
    """The first value that is more than digits."""

    @property
    def bad(self) -> int:
        return min(fit.bad for fit in self.fits)

    @property
    def suits_double(self) -> bool:
        return self.digits.suits_double and not self.form.percent


class NumberGuess:
    """``grouped`` says whether a point may stand between thousands: never where
    numbers come typed, and 1.234 is one with three decimals."""

    def __init__(self, sample: pl.Series, grouped: bool) -> None:
        sample = in_ascii(sample.str.strip_chars())
        half = len(sample) * _HALF
        self.readings: dict[bool, Reading] = {}
        self.marks = False
        """Whether a point or comma was seen."""
        self.example: str | None = None
        """The first value with one."""
        self.code: str | None = None
        """A value such as 12E5, which a number is seldom written as."""
        self._scientific = False
        self._odd_groups = False
        self.in_groups: str | None = None
        """A value such as 123 456 789, while all are of whole groups of three."""
        if int(sample.str.contains(NUMBERISH).sum()) < half:
            return
        percent = int(sample.str.contains("%", literal=True).sum()) >= half
        for comma in (False, True):
            form = NumberForm(decimal="," if comma else ".", percent=percent)
            form = _widened(form, sample, grouped)
            if int(_plain(sample, form).str.contains(_NUMBER).sum()) >= half:
                kinds = ("numeric",) if percent else _KINDS
                fits = tuple(Fit(kind, comma=comma) for kind in kinds)
                self.readings[comma] = Reading(form, fits)
        self._grouped = grouped

    def add(self, unique: pl.Series, count: pl.Series, first_line: FirstLine) -> None:
        """Different values, how often each is there, and where to ask for lines."""
        if not self.readings:
            return
        strings = in_ascii(unique.str.strip_chars())
        for comma, reading in self.readings.items():
            self.readings[comma] = self._seen(
                reading, strings, unique, count, first_line
            )
        self._look_at_marks(strings)

    def _seen(
        self,
        reading: Reading,
        strings: pl.Series,
        unique: pl.Series,
        count: pl.Series,
        first_line: FirstLine,
    ) -> Reading:
        form = reading.form
        plain = _plain(strings, form)
        is_other = plain.is_null() | ~plain.str.contains(_NUMBER)
        if is_other.any():
            form = _widened(form, strings.filter(is_other), self._grouped)
        if form != reading.form:
            plain = _plain(strings, form)
        fits: list[Fit] = []
        asked = pl.Series(range(len(plain)), dtype=pl.UInt32)
        for fit in reading.fits:
            # What is a bigint is a numeric, and that a double: ask of the rest.
            values = plain.gather(asked)
            bad = fit.bads(values).fill_null(True) | values.is_null()
            asked = asked.filter(bad)
            if not len(asked):
                fits.append(fit)
                continue
            line = None
            if fit.first_bad_line is None:
                line = first_line(unique.gather(asked))
            fits.append(fit.add(int(count.gather(asked).sum()), line))
        digits = reading.digits.seen(plain.drop_nulls())
        example = reading.example
        if example is None and (odd := plain.is_not_null() & (plain != strings)).any():
            example = strings.filter(odd)[0]
        return Reading(form, tuple(fits), digits, example)

    def _look_at_marks(self, strings: pl.Series) -> None:
        rest = strings.filter(~strings.str.contains(_WHOLE))
        if not len(rest):
            self._odd_groups = True
            return
        self._odd_groups = self._odd_groups or len(rest) < len(strings)
        marked = rest.str.contains("[.,]")
        if not self.marks and marked.any():
            self.marks, self.example = True, rest.filter(marked)[0]
        exponents = rest.filter(rest.str.contains("[eE]"))
        codes = exponents.str.contains(_LIKE_A_CODE)
        if self.code is None and codes.any():
            self.code = exponents.filter(codes)[0]
        decimals = rest.str.contains(r"[.,][0-9]")
        self._scientific = self._scientific or bool(decimals.any()) or not codes.all()
        full = rest.str.contains(_FULL_GROUPS)
        self._odd_groups = self._odd_groups or not full.all()
        self.in_groups = rest[0] if not self._odd_groups else None

    @property
    def looks_like_codes(self) -> bool:
        """Digits and E, where nothing else shows that numbers are meant."""
        return self.code is not None and not self._scientific

    def wants_comma(self, values: int, share: float) -> bool | None:
        """What the values themselves say of the decimal sign; None for nothing."""
        if self.in_groups is not None:
            return None
        bads = {comma: reading.bad for comma, reading in self.readings.items()}
        point, comma = bads.get(False, values), bads.get(True, values)
        if point == comma or min(point, comma) > values * (1 - share):
            return None
        return comma < point

    def is_ambiguous(self, values: int, share: float) -> bool:
        """1,881 or 1.234 throughout: thousands or decimals."""
        both = len(self.readings) == 2 and self.marks
        bads = [reading.bad for reading in self.readings.values()]
        return both and bads[0] == bads[1] and bads[0] <= values * (1 - share)


def _plain(strings: pl.Series, form: NumberForm) -> pl.Series:
    """Numbers as 1234.5; null, or in plain text anything else, for what is none."""
    if form == NumberForm():
        return strings
    return form.plain(strings)


def _widened(form: NumberForm, strings: pl.Series, grouped: bool) -> NumberForm:
    """With what the strings show besides."""
    for value in strings.head(_LOOK):
        found = _WRITTEN.fullmatch(value) if value else None
        if found is not None:
            form = _with(form, found, grouped)
    return form


def _with(form: NumberForm, found: re.Match[str], grouped: bool) -> NumberForm:
    opened = [found["open"], found["open2"]]
    closed = [found["close"], found["close2"]]
    signs = [found["first"], found["second"], found["last"], *opened]
    if sum(map(bool, opened)) != sum(map(bool, closed)) or sum(map(bool, signs)) > 1:
        return form
    if (found["percent"] is not None) != form.percent:
        return form
    wider = _grouped(form, found["number"], grouped)
    if wider is None:
        return form
    if found["prefix"] and not form.prefix and not form.suffix:
        wider = wider._replace(prefix=found["prefix"])
    if found["suffix"] and not form.suffix and not form.prefix:
        wider = wider._replace(suffix=found["suffix"])
    if any(opened):
        wider = wider._replace(parentheses=True)
    if found["last"]:
        wider = wider._replace(trailing=True)
    return wider


def _grouped(form: NumberForm, number: str, grouped: bool) -> NumberForm | None:
    """The form with the marks between this number's thousands; None where it is no
    number with that decimal sign."""
    d = re.escape(form.decimal)
    if re.fullmatch(rf"[0-9]+(?:{d}[0-9]*)?|{d}[0-9]+", number):
        return form
    for mark in ",.' ":
        if mark == form.decimal or (mark == "." and not grouped):
            continue
        g = re.escape(mark)
        west = rf"[1-9][0-9]{{0,2}}(?:{g}[0-9]{{3}})+(?:{d}[0-9]*)?"
        lakhs = rf"[1-9][0-9]?(?:{g}[0-9]{{2}})*{g}[0-9]{{3}}(?:{d}[0-9]*)?"
        is_west = re.fullmatch(west, number) is not None
        if not is_west and not (mark == "," and re.fullmatch(lakhs, number)):
            continue
        if form.group not in ("", mark):
            return None
        return form._replace(group=mark, lakhs=form.lakhs or not is_west)
    return None
