"""How numbers are written: separators, signs, currencies, per cent.

A form is told by an example: the number 1234.5 as the source writes it, such as
``1.234,5 €``, ``(1,234.5)``, ``1 234,5`` or ``1234.5%``; ``12,34,567.5`` for lakhs. It
says all there is to say, so one value never has two readings.
"""

import re
import sys
import unicodedata
from functools import cache
from typing import NamedTuple, Self

import polars as pl

from onemanage.data_import.domain.reading.reading import null_where

_EXAMPLE = re.compile(
    r"(?P<open>\()?(?P<prefix>[^\d()]*?)"
    r"(?:1(?P<group>[,.' ]?)234|12(?P<lakh>[,.' ])34(?P=lakh)567)"
    r"(?:(?P<decimal>[.,])\d)?"
    r"(?P<suffix>[^\d()]*?)(?P<trailing>-)?(?P<close>\))?"
)
_SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_OTHERS = {
    **dict.fromkeys(_SPACES[1:], " "),
    **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d\u207b", "-"),
    **dict.fromkeys("\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2069\ufeff", ""),
    **dict.fromkeys("\u2018\u2019\u02bc\uff07\u066c", "'"),
    **{"\u066b": ".", "\uff0e": ".", "\uff0c": ",", "\uff0b": "+"},
    **{"\u066a": "%", "\uff05": "%", "\ufe6a": "%", "\uff08": "(", "\uff09": ")"},
    **{"\uffe5": "¥", "\uff04": "$", "\uffe1": "£", "\uffe0": "¢", "\uffe6": "₩"},
}


@cache
def _spellings() -> tuple[list[str], list[str]]:
    """Characters that are written for those of ASCII, and these."""
    digits = {
        chr(code): str(unicodedata.decimal(chr(code)))
        for code in range(128, sys.maxunicode + 1)
        if unicodedata.decimal(chr(code), None) is not None
    }
    known = digits | _OTHERS
    return list(known), list(known.values())


def in_ascii(strings: pl.Series) -> pl.Series:
    """Digits of any script, minus signs, blanks and separators as ASCII has them.

    The Arabic thousands sign becomes an apostrophe, as it is never a decimal sign.
    """
    if not (strings.str.len_bytes() != strings.str.len_chars()).any():
        return strings
    return strings.str.replace_many(*_spellings())


class NumberForm(NamedTuple):
    """One way to write numbers. Signs before the number are always understood."""

    decimal: str = "."
    group: str = ""
    """Between thousands; none where empty."""
    lakhs: bool = False
    """12,34,567 is understood as well."""
    prefix: str = ""
    """A currency or unit, which a value may have or not."""
    suffix: str = ""
    percent: bool = False
    """Every value ends in a % and is a hundredth of what stands before it."""
    parentheses: bool = False
    """(12) is -12."""
    trailing: bool = False
    """12- is -12."""

    @classmethod
    def of(cls, example: str) -> Self | None:
        """The form of an example; None where it is no example of 1234.5."""
        found = _EXAMPLE.fullmatch("".join(_OTHERS.get(one, one) for one in example))
        if found is None or (found["open"] is None) != (found["close"] is None):
            return None
        group = found["group"] or found["lakh"] or ""
        decimal = found["decimal"] or ("," if group == "." else ".")
        if group == decimal:
            return None
        prefix, suffix = found["prefix"].strip(), found["suffix"].strip()
        percent = suffix.startswith("%")
        suffix = suffix.removeprefix("%").strip()
        if not _is_affix(prefix) or not _is_affix(suffix):
            return None
        return cls(
            decimal=decimal,
            group=group,
            lakhs=found["lakh"] is not None,
            prefix=prefix,
            suffix=suffix,
            percent=percent,
            parentheses=found["open"] is not None,
            trailing=found["trailing"] is not None,
        )

    @property
    def is_bare(self) -> bool:
        """Whether there is nothing but digits, marks among them and a sign before."""
        others = (self.prefix, self.suffix, self.percent, self.parentheses)
        return not any((*others, self.trailing))

    def __str__(self) -> str:
        """The example of this form."""
        group = self.group
        number = f"12{group}34{group}567" if self.lakhs else f"1{group}234"
        number += f"{self.decimal}5"
        if self.percent:
            number += "%"
        before, after = self.prefix, self.suffix
        if before and before[-1].isalpha():
            before += " "
        written = f"{before}{number}{' ' if after else ''}{after}"
        written += "-" if self.trailing else ""
        return f"({written})" if self.parentheses else written

    def plain(self, strings: pl.Series) -> pl.Series:
        """1234.5 for each number; null for what is not written in this form.

        Per cent stay what stands before the sign.
        """
        written = in_ascii(strings).str.strip_chars()
        written = null_where(written, ~written.str.contains(_pattern(self)))
        if self.is_bare:  # nothing but the number, which may have an exponent
            for mark in (" ", self.group):
                if mark:
                    written = written.str.replace_all(mark, "", literal=True)
            return written.str.replace(self.decimal, ".", literal=True)
        minus = written.str.contains(r"[(-]")
        for affix in (in_text(self.prefix), in_text(self.suffix)):
            if affix:  # it may hold a point, as Rs. does
                written = written.str.replace(affix, "", literal=True)
        digits = written.str.replace_all(f"[^0-9{self.decimal}]", "")
        if self.decimal == ",":
            digits = digits.str.replace(",", ".", literal=True)
        return ("-" + digits).zip_with(minus, digits) if minus.any() else digits


def _is_affix(affix: str) -> bool:
    """Nothing, or a currency or unit: a sign or separator alone is none."""
    named = any(one == "\\" or unicodedata.category(one)[0] in "LS" for one in affix)
    return not affix or (named and not set(affix) & set("+-%"))


def in_text(affix: str) -> str:
    """A currency as values have it once they are in ASCII."""
    return "".join(_OTHERS.get(one, one) for one in affix)


@cache
def _pattern(form: NumberForm) -> str:
    g, d = re.escape(form.group), re.escape(form.decimal)
    whole = "[0-9]+"
    if form.group:
        whole = rf"(?:[1-9][0-9]{{0,2}}(?:{g}[0-9]{{3}})+|[0-9]+)"
    if form.lakhs:
        whole = rf"(?:[1-9][0-9]?(?:{g}[0-9]{{2}})*{g}[0-9]{{3}}|{whole})"
    number = rf"(?:{whole}(?:{d}[0-9]*)?|{d}[0-9]+)"
    if form.is_bare:
        number += "(?:[eE][+-]?[0-9]+)?"
    before = rf"(?:{re.escape(in_text(form.prefix))} ?)?" if form.prefix else ""
    after = " ?%" if form.percent else ""
    after += rf"(?: ?{re.escape(in_text(form.suffix))})?" if form.suffix else ""
    ways = [rf"[+-]? ?{before}{number}{after}"]
    if form.prefix:
        ways.append(rf"{before}[+-] ?{number}{after}")
    if form.parentheses:
        ways.append(rf"\( ?{before}{number}{after} ?\)")
        if form.prefix:
            ways.append(rf"{before}\({number}\)")
        if form.suffix:
            ways.append(rf"\({number}\){after}")
    if form.trailing:
        ways.append(rf"{before}{number}{after} ?-")
        if form.suffix:
            ways.append(rf"{number} ?- ?{re.escape(in_text(form.suffix))}")
    return "^(?:" + "|".join(ways) + ")$"
