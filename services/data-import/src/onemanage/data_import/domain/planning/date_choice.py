"""Which of several forms a column's dates have, and what is to be said of it."""

import re
from datetime import date

import polars as pl

from onemanage.contracts.imports.plans import Warning
from onemanage.data_import.domain.casting.cast import cast_column
from onemanage.data_import.domain.casting.date_formats import read_format
from onemanage.data_import.domain.planning.candidates import SHARE, Fit

_YEARS_AHEAD = 20
_BIRTH = re.compile(
    r"(?i)birth|\bborn\b|\bdob\b|geburt|\bgeb\b|naiss|nacim|nascim|nascita|"
    r"geboorte|födel|fødsel|syntym|urodz|naroz|rođen|szület|naște|doğum|"
    r"рожд|народж|γέννησ|出生|生日|生年月日|생년월일|생일"
)
_DAY = re.compile(
    r"(?i)date(?!n)|dat(?:um|a|o)(?![^\W\d_])|\bday|tag(?![^\W\d_])|fecha|\bjour|dzień|den\b|"
    r"дата|tarih|日期|日付|年月日|날짜|일자|ημερομην"
)
_EIGHT = r"^\s*(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])\s*$"
_CLOCK = re.compile(r"\s*[+-]?[0-9]+:[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?\s*")
BEYOND_A_DAY = (
    r"^\s*(?:[+-]?(?:2[4-9]|[3-9][0-9]|[0-9]{3,})|-[0-9]{1,2}):[0-5][0-9]"
    r"(?::[0-5][0-9](?:[.,][0-9]+)?)?\s*$"
)
"""Hours and minutes that no clock shows."""
_CLOCKS_SAMPLE = 20
_FOUR = re.compile(r"\d{4}")
_BUDDHIST, _HIJRI = range(2400, 2700), range(1300, 1500)
"""Years that are written today and of our calendar mean other times."""


def last_day(header: str, today: date) -> date:
    """That a year of two digits may mean: for a birthday today, else in 20 years."""
    if _BIRTH.search(header):
        return today
    return date(today.year + _YEARS_AHEAD, 12, 31)


def compact_days(header: str, sample: pl.Series) -> list[Fit]:
    """Days without signs between, 20240105: where the header speaks of days, and all
    could be some. Else they are numbers."""
    if len(sample) and _DAY.search(header) and sample.str.contains(_EIGHT).all():
        return [Fit("date", "%Y%m%d")]
    return []


def like_clocks(sample: pl.Series) -> bool:
    """Whether most of the texts are hours and minutes, be it of the day or not."""
    texts = sample.head(_CLOCKS_SAMPLE).to_list()
    return sum(bool(_CLOCK.fullmatch(one)) for one in texts) * 2 > len(texts)


def of_durations(example: str) -> Warning:
    """The warning for a column of lengths of time."""
    return Warning(
        code="durations",
        message="The values are lengths of time and no times of the day: one is "
        f"{example}. So the column stays text; make it interval to count with them.",
        example=example,
    )


def rivals(best: Fit, fits: list[Fit], values: int) -> list[Fit]:
    """Forms in another order, which as good as all of the values fit too."""
    if best.format is None:
        return []
    return [
        fit
        for fit in fits
        if fit.type == best.type
        and fit.format is not None
        and fit.bad <= values * (1 - SHARE)
        and _meaning(fit) != _meaning(best)
    ]


def _meaning(fit: Fit) -> tuple[str, str | None]:
    assert fit.format is not None
    form = read_format(fit.format)
    return form.order, form.months


def order_of(best: Fit | None, fits: list[Fit], values: int) -> str | None:
    """dmy, mdy or ymd where the values alone say which; else None."""
    if best is None or best.format is None or rivals(best, fits, values):
        return None
    order = read_format(best.format).order
    is_named = read_format(best.format).has_months
    return order if len(order) == 3 and not is_named else None


def chosen_dates(
    best: Fit, fits: list[Fit], sample: pl.Series, order: str | None
) -> Fit:
    """Of those that fit as well as the best: the one with the order that other columns
    have, or, where it is not clear which number is the year, the one whose years lie
    closest together."""
    equal = [one for one in rivals(best, fits, best.bad) if one.bad == best.bad]
    if not equal or best.format is None:
        return best
    for one in (best, *equal):
        if order and one.format and read_format(one.format).order == order:
            return one
    places = {read_format(one.format or "").order.find("y") for one in (best, *equal)}
    if len(places) == 1:
        return best
    return min((best, *equal), key=lambda one: _span(one, sample))


def _span(fit: Fit, sample: pl.Series) -> int:
    """How many years the values are apart."""
    years = cast_column(sample, fit.plan()).values.dt.year()
    known = years.drop_nulls().to_list()
    return max(known) - min(known) if known else 0


def of_dates(best: Fit, others: list[Fit], example: str | None) -> list[Warning]:
    """What a person should know of the form that was chosen."""
    found = _of_calendar(best, example)
    if best.format is None:
        return found
    if others:
        ways = ", ".join(str(one.format) for one in others)
        text = "These dates can be read in more than one way"
        if best.bad or any(one.bad for one in others):
            text = "As good as all of these dates can be read in more than one way"
        message = (
            f"{text}. {_first(best)} was chosen ({best.format}). Other ways to read "
            f"them: {ways}. If one of these is meant, make it the column's format."
        )
        found.append(Warning(code="ambiguous_dates", message=message, example=example))
    form = read_format(best.format)
    if "%y" in form.pattern and form.until is not None:
        message = (
            f"The years have two digits; they are read as the hundred years that end "
            f"on {form.until}. Change the day after until= in the column's format if "
            "they are others."
        )
        found.append(Warning(code="two_digit_years", message=message, example=example))
    if best.type == "time" and form.is_utc:
        message = "The times are of UTC, which the column does not say: it has no zone."
        found.append(Warning(code="zone_left_out", message=message, example=example))
    return found


def _of_calendar(best: Fit, example: str | None) -> list[Warning]:
    if example is None or best.type not in ("date", "timestamp", "timestamptz"):
        return []
    if not any(_is_elsewhere(int(four)) for four in _FOUR.findall(example)):
        return []  # casting one value by itself takes a while
    year = cast_column(pl.Series([example]), best.plan()).values.dt.year()[0]
    if not _is_elsewhere(year):
        return []
    message = (
        f"The years are such as {year}. If they are of another calendar, as the Buddhist "
        "or the Persian one, the column has other days than are meant: it takes years as "
        "they are written."
    )
    return [Warning(code="other_calendar", message=message, example=example)]


def _is_elsewhere(year: int) -> bool:
    return year in _BUDDHIST or year in _HIJRI


def _first(best: Fit) -> str:
    order = read_format(best.format or "").order[:1]
    return {"d": "The day first", "m": "The month first"}.get(order, "The year first")
