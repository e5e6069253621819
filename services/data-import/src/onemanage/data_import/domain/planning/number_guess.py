"""How the numbers of a column of text are written, from all of its values.

A column is followed in two readings at once, with a point and with a comma before the
decimals. Each begins with plain numbers and takes in what further values show: marks
between thousands, a currency, signs behind the number. What it takes in changes no
value that was seen before, so counts stay true.
"""

import re
from functools import cache
from typing import NamedTuple, Self

import polars as pl

from onemanage.contracts.imports.plans import Dialect
from onemanage.data_import.domain.casting.number_forms import NumberForm, in_ascii
from onemanage.data_import.domain.planning.asking import (
    Asking,
    Question,
    contains,
    contains_sign,
)
from onemanage.data_import.domain.planning.candidates import Digits, Fit
from onemanage.data_import.domain.planning.different import Different

_CODES = (
    "USD EUR GBP JPY CNY RMB CHF CAD AUD NZD HKD SGD TWD KRW INR BRL MXN ARS CLP COP "
    "PEN ZAR NGN KES EGP MAD TRY RUB UAH PLN CZK HUF RON BGN RSD SEK NOK DKK ISK ILS "
    "AED SAR QAR KWD IRR THB VND IDR MYR PHP PKR BDT LKR KZT GEL"
)
_WORDS = "Rs. Rs Fr. Fr kr. kr zł Kč Ft lei лв. лв руб. руб р. грн. грн 元 円 원 TL KM Rp \\ ج.م. ر.س. د.إ. د.ك. ریال تومان"
"""The backslash is the yen of Shift-JIS."""
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
_MARK = "[0-9][.,][0-9]{3}"
_LIKE_A_CODE = r"^[0-9]+[eE][0-9]+$"
_FULL_GROUPS = r"^[0-9]{3}(?:(?: [0-9]{3})+|(?:\.[0-9]{3}){2,})$"
_ONES = str.maketrans("23456789", "1" * 8)
_LATER_ZEROS = re.compile("(?<=[01])0")
_HALF = 0.5
_LOOK = 200
_KINDS = ("bigint", "numeric", "double")


class Decimals(NamedTuple):
    """What is known of the decimal sign beyond one column."""

    comma: bool = False
    """The dialect says that numbers are written 1.234,5."""
    elsewhere: bool | None = None
    """Whether it is a comma in the columns that leave no doubt."""
    asks: bool = False
    """Where nothing tells: nobody guesses, and the column stays text."""
    mixed: bool = False
    """Some columns have a point, and some a comma."""
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
        return cls(comma, elsewhere, asks, mixed=len(sure) > 1)


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
        """How many values the best of its types cannot hold."""
        return min(fit.bad for fit in self.fits)

    @property
    def suits_double(self) -> bool:
        """Whether no digit is lost in a double."""
        return self.digits.suits_double and not self.form.percent


class NumberGuess:
    """``grouped`` says whether a point may stand between thousands: never where
    numbers come typed, and 1.234 is one with three decimals."""

    def __init__(self, grouped: bool) -> None:
        self.readings: dict[bool, Reading] = {}
        self.marks = False
        """Whether a point or comma was seen that may stand between thousands."""
        self.example: str | None = None
        """The first value with one."""
        self.code: str | None = None
        """A value such as 12E5, which a number is seldom written as."""
        self._grouped = grouped
        self._scientific = False
        self._odd_groups = False
        self.in_groups: str | None = None
        """A value such as 123 456 789, while all are of whole groups of three."""

    def begin(self, sample: pl.Series) -> Asking[None]:
        """With readings where at least half of the sample are numbers."""
        (sample,) = yield (Question(sample, _in_ascii),)
        half = len(sample) * _HALF
        numberish, percents = yield (
            Question(sample, contains, (NUMBERISH,)),
            Question(sample, contains_sign, ("%",)),
        )
        if int(numberish.sum()) < half:
            return
        percent = int(percents.sum()) >= half
        for comma in (False, True):
            form = NumberForm(decimal="," if comma else ".", percent=percent)
            _, other = yield from _read(sample, form)
            look = sample.head(_LOOK).filter(other.head(_LOOK))
            wider = _widened(form, look, self._grouped)
            if wider != form:
                _, other = yield from _read(sample, wider)
            if len(sample) - int(other.sum()) >= half:
                kinds = ("numeric",) if percent else _KINDS
                fits = tuple(Fit(kind, comma=comma) for kind in kinds)
                self.readings[comma] = Reading(wider, fits)

    def see(self, seen: Different, lines: pl.Series) -> Asking[pl.Series]:
        """Values of a batch, whose lines these are; which of them are whole numbers."""
        (texts,) = yield (Question(seen.texts, _in_ascii),)
        (whole,) = yield (Question(texts, contains, (_WHOLE,)),)
        seen = seen._replace(texts=texts)
        wholes, rest = seen.filter(whole), seen.filter(~whole)
        found = yield from _of_wholes(wholes)
        for comma, reading in self.readings.items():
            self.readings[comma] = yield from self._seen(reading, found, rest, lines)
        yield from self._look_at_marks(rest.texts, len(texts))
        return whole

    def _seen(
        self, reading: Reading, wholes: "_Wholes", rest: Different, lines: pl.Series
    ) -> Asking[Reading]:
        bads: dict[str, list[Different]] = {kind: [] for kind in _KINDS}
        bads["bigint"].append(wholes.large)
        if reading.form.percent:
            bads["numeric"].append(wholes.all)
        else:
            reading = reading._replace(digits=reading.digits.or_more(wholes.digits))
        if len(rest.texts):
            form, plain = yield from self._plain(reading.form, rest.texts)
            reading = reading._replace(form=form)
            if reading.example is None:
                reading = reading._replace(example=_odd(rest.texts, plain))
            numbers = yield from _add_bads(bads, rest, plain)
            if len(numbers):
                digits = yield from reading.digits.seen(numbers)
                reading = reading._replace(digits=digits)
        fits = tuple(fit.without(bads[fit.type], lines) for fit in reading.fits)
        return reading._replace(fits=fits)

    def _plain(
        self, form: NumberForm, texts: pl.Series
    ) -> Asking[tuple[NumberForm, pl.Series]]:
        """The form with what the texts show besides, and the numbers by it."""
        plain, other = yield from _read(texts, form)
        if not other.any():
            return form, plain
        wider = _widened(form, texts.filter(other).head(_LOOK), self._grouped)
        if wider != form:
            plain, _ = yield from _read(texts, wider)
        return wider, plain

    def _look_at_marks(self, rest: pl.Series, count: int) -> Asking[None]:
        """``rest`` are those of ``count`` texts that are no whole numbers."""
        if not len(rest):
            self._odd_groups = True
            return
        self._odd_groups = self._odd_groups or len(rest) < count
        if self.marks and self._scientific and self._odd_groups:
            return
        marked, decimals, exponents, codes, full = yield [
            Question(rest, contains, (pattern,))
            for pattern in (_MARK, "[.,][0-9]", "[eE]", _LIKE_A_CODE, _FULL_GROUPS)
        ]
        if not self.marks and marked.any():
            self.marks, self.example = True, rest.filter(marked)[0]
        if self.code is None and codes.any():
            self.code = rest.filter(codes)[0]
        others = exponents & ~codes
        self._scientific = self._scientific or bool(decimals.any() or others.any())
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


class _Wholes(NamedTuple):
    """Whole numbers, which are read alike with either decimal sign."""

    all: Different
    large: Different
    """Those of more than 64 bits."""
    digits: Digits


def _of_wholes(wholes: Different) -> Asking[_Wholes]:
    if not len(wholes.texts):
        return _Wholes(wholes, wholes, Digits())
    (large,) = yield (Fit("bigint").bads(wholes.texts),)
    digits = yield from Digits().seen(wholes.texts)
    return _Wholes(wholes, wholes.filter(large), digits)


def _add_bads(
    bads: dict[str, list[Different]], rest: Different, plain: pl.Series
) -> Asking[pl.Series]:
    """Add what is none of each kind; ``plain`` are the numbers of ``rest``, which the
    source does not write as whole ones. Returns those that are numeric."""
    is_other, whole = yield (
        Fit("numeric").bads(plain),
        Question(plain, contains, (_WHOLE,)),
    )
    others = rest.filter(is_other)
    bads["numeric"].append(others)
    bads["bigint"].append(rest.filter(~whole))
    if whole.any():
        (large,) = yield (Fit("bigint").bads(plain.filter(whole)),)
        bads["bigint"].append(rest.filter(whole).filter(large))
    if len(others.texts):
        (bad,) = yield (Fit("double").bads(plain.filter(is_other)),)
        bads["double"].append(others.filter(bad))
    return plain.filter(~is_other)


def _read(texts: pl.Series, form: NumberForm) -> Asking[tuple[pl.Series, pl.Series]]:
    """Numbers as 1234.5, and which of the texts are none. What stands for those means
    nothing, but is no number either."""
    plain = texts
    if form != NumberForm():
        (plain,) = yield (Question(texts, _in_form, (form,)),)
    (numbers,) = yield (Question(plain, contains, (_NUMBER,)),)
    return plain, ~numbers


def _in_form(texts: pl.Series, form: NumberForm) -> pl.Series:
    plain = form.plain(texts)
    return plain.zip_with(plain.is_not_null(), pl.Series([""]))


def _in_ascii(texts: pl.Series) -> pl.Series:
    return in_ascii(texts.str.strip_chars())


def _odd(texts: pl.Series, plain: pl.Series) -> str | None:
    """The first number that is more than digits."""
    odd = texts.filter((plain != "") & (plain != texts))
    return odd[0] if len(odd) else None


def _widened(form: NumberForm, texts: pl.Series, grouped: bool) -> NumberForm:
    """With what the texts show besides. What is of the form already shows nothing."""
    for shape in dict.fromkeys(_shapes(texts.to_list())):
        if found := _WRITTEN.fullmatch(shape):
            form = _with(form, found, grouped)
    return form


def _shapes(texts: list[str]) -> list[str]:
    """The texts with ones for their digits, but for zeros that begin a number: how it
    is written does not depend on the others."""
    joined = "\n".join(texts).translate(_ONES)
    shapes = _LATER_ZEROS.sub("1", joined).split("\n")
    return shapes if len(shapes) == len(texts) else texts


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
    if _patterns(form.decimal).plain.fullmatch(number):
        return form
    for mark, west, lakhs in _patterns(form.decimal).grouped:
        if mark == "." and not grouped:
            continue
        is_west = west.fullmatch(number) is not None
        if not is_west and not (mark == "," and lakhs.fullmatch(number)):
            continue
        if form.group not in ("", mark):
            return None
        return form._replace(group=mark, lakhs=form.lakhs or not is_west)
    return None


class _Patterns(NamedTuple):
    plain: re.Pattern[str]
    grouped: list[tuple[str, re.Pattern[str], re.Pattern[str]]]
    """A mark between thousands, and numbers with it: by threes, and as lakhs."""


@cache
def _patterns(decimal: str) -> _Patterns:
    d = re.escape(decimal)
    grouped = []
    for mark in ",.' ".replace(decimal, ""):
        g = re.escape(mark)
        west = rf"[1-9][0-9]{{0,2}}(?:{g}[0-9]{{3}})+(?:{d}[0-9]*)?"
        lakhs = rf"[1-9][0-9]?(?:{g}[0-9]{{2}})*{g}[0-9]{{3}}(?:{d}[0-9]*)?"
        grouped.append((mark, re.compile(west), re.compile(lakhs)))
    return _Patterns(re.compile(rf"[0-9]+(?:{d}[0-9]*)?|{d}[0-9]+"), grouped)
