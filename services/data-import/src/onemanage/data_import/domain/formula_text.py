"""Which text a spreadsheet would run as a formula; formulas.py guards whole columns.

Text that has apostrophes before such a sign already gets one more, so that taking one
off gives back exactly what was there.
"""

import re

_SIGNS = r"=+\-@\t\r\n＝＋－＠"
"""What a spreadsheet takes for the beginning of a formula, in full width too."""
RUN = f"^'*[{_SIGNS}]"
GUARDED = f"^'+[{_SIGNS}]"
NUMBER = r"^[+-][0-9.,]*[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?%?$"
NOTE = (
    " An apostrophe stands before text that a spreadsheet would run; it is taken off"
    " again when the row is sent again."
)
"""Ends the error of a row that has one: so they are known when they come back."""


def guarded_name(name: str) -> str:
    """A header with an apostrophe where a spreadsheet would run it."""
    runs = re.match(RUN, name) and not re.fullmatch(NUMBER.rstrip("$"), name)
    return f"'{name}" if runs else name


def unguarded_name(name: str) -> str:
    """The header that ``guarded_name`` was given."""
    return name[1:] if re.match(GUARDED, name) else name
