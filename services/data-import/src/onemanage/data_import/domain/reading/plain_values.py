"""Numbers and dates of XLSX as the text that the careful reader makes of them.

Numbers in the 15 significant digits that Excel counts with, except where nine decimals
say all of a number; so it is in ``read_workbook``.
"""

import re

import polars as pl

from onemanage.data_import.domain.reading.plain_cells import NotPlain

NUMBER, DATE, OTHER = range(3)

_CANONICAL = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]{0,8}[1-9])?$"
_DIGITS = 15
_SEVENTEEN_DIGITS = re.compile(r"-?[0-9]{7,}\.[0-9]{9}")
_FIRST_DAY, _LAST_DAY = 61.0, 2_958_466.0
"""1 March 1900, before which Excel counts a day that never was; the year 10000."""
_EPOCH_DAYS = 25_569
_DAY = 86_400_000

_CELL_FORMATS = re.compile(rb"<cellXfs\b.*?</cellXfs>", re.DOTALL)
_CELL_FORMAT = re.compile(rb"<xf\s[^>]*>")
_FORMAT = re.compile(rb"<numFmt\s[^>]*>")
_ID = re.compile(rb'\bnumFmtId="(\d+)"')
_CODE = re.compile(rb'\bformatCode="([^"]*)"')
_NUMBERS = {*range(12), *range(37, 45), 48, 49}
_DATES = {14, 15, 16, 17, 22}
_BESIDE = re.compile(
    r"&quot;.*?&quot;|\[(?:Black|Blue|Cyan|Green|Magenta|Red|White|Yellow)\]", re.I
)
"""What a code says of neither numbers nor dates: words, colours."""
_NUMBER_CODE = re.compile(r"(?:General|[0#?.,%;@_()\\ +-]|E[+-])+")
_DATE_CODE = re.compile(r"(?=.*[yd])(?:[ymdhsYMDHS]|\\?[-/. ,:])+(?:;@)?")


def style_kinds(xml: bytes) -> list[int]:
    """What numbers are, by the style of their cell: NUMBER, DATE, or not known."""
    codes: dict[int, str] = {}
    for tag in _FORMAT.findall(xml):
        number, code = _ID.search(tag), _CODE.search(tag)
        if number is None or code is None:
            raise NotPlain
        codes[int(number[1])] = code[1].decode("utf-8", "replace")
    section = _CELL_FORMATS.search(xml)
    tags = _CELL_FORMAT.findall(section[0]) if section else []
    found = [_ID.search(tag) for tag in tags]
    return [_kind(int(one[1]), codes) if one else OTHER for one in found]


def _kind(number: int, codes: dict[int, str]) -> int:
    code = codes.get(number)
    if code is None:
        return NUMBER if number in _NUMBERS else DATE if number in _DATES else OTHER
    if _NUMBER_CODE.fullmatch(_BESIDE.sub("", code)):
        return NUMBER
    return DATE if _DATE_CODE.fullmatch(code) else OTHER


def number_texts(written: pl.Series) -> pl.Series:
    """Raises NotPlain for what is no number."""
    plain = written.str.contains(_CANONICAL) & (written.str.len_bytes() <= _DIGITS)
    if plain.all():
        return written
    left = (~plain).arg_true()
    values = _floats(written.gather(left))
    exact = values.round_sig_figs(_DIGITS).cast(pl.String).str.strip_suffix(".0")
    size = values.abs()
    # Between these nine decimals never say more than fifteen digits, nor polars 1e-5.
    sure = (size >= 1e-4) & (size < 1e6)
    if not sure.all():
        unsure = (~sure).arg_true()
        pairs = zip(values.gather(unsure), exact.gather(unsure), strict=True)
        exact = exact.scatter(unsure, [_shown(*one) for one in pairs])
    return written.scatter(left, exact)


def _floats(written: pl.Series) -> pl.Series:
    values = written.cast(pl.Float64, strict=False)
    if values.null_count() or not values.is_finite().all():
        raise NotPlain
    return values


def _shown(value: float, exact: str) -> str:
    nine = f"{value:.9f}".rstrip("0").rstrip(".")
    is_noise = float(exact) == value and _SEVENTEEN_DIGITS.fullmatch(nine)
    return nine if float(nine) == value and not is_noise else exact


def date_texts(written: pl.Series) -> pl.Series:
    """Serial numbers of days, as ISO 8601. Raises NotPlain for what may be none."""
    days = _floats(written)
    if not ((days >= _FIRST_DAY) & (days < _LAST_DAY)).all():
        raise NotPlain
    ticks = ((days - _EPOCH_DAYS) * _DAY).round().cast(pl.Int64)
    return ticks.cast(pl.Datetime("ms")).dt.strftime("%Y-%m-%d %H:%M:%S%.f")
