"""Two rows above a table: names with their groups above, or their units below."""

import re
from itertools import pairwise

from onemanage.data_import.domain.reading.cell_kinds import (
    NUMBER,
    TIME,
    is_year,
    kind_of,
)

_UNIT = re.compile(
    r"\[.{0,12}\]|\(.{0,12}\)|[%‰°]|°[CFK]|[kmcµuMGdnh]?(?:m|g|s|l|L|W|Wh|Pa|Hz|V|A|J|N)"
    r"(?:[²³23]|\^[23])?(?:/(?:[kmc]?m[²³23]?|s|h|l|kg|min))?|min|days?|years?|pcs|EUR|USD"
)
_TYPE = re.compile(
    r"\d{1,3}[sdnfc]"
    r"|(?i:text|string|varchar|int|integer|bigint|float|double|numeric|date|datetime)"
)


def reads_as_groups(above: list[str], names: list[str]) -> bool:
    """Whether the row above says what several names have in common: its cells are
    fewer, or the same one beside another."""
    if len(above) < len(names) - 1:
        return False
    above = [*above, *[""] * (len(names) - len(above))]
    filled = [at for at, one in enumerate(above) if one]
    if not filled or len(above) > len(names):
        return False
    kinds = {kind_of(one) for one in above if one and not is_year(one)}
    if kinds & {NUMBER, TIME}:
        return False
    if any(one and one == other for one, other in pairwise(above)):
        return True
    spans = any(
        above[at] and not above[at + 1] and names[at] and names[at + 1]
        for at in range(len(names) - 1)
    )
    if not spans or not all(map(_either, above, names)):
        return False
    if len(names) > 2 and above[0] and above[1] and names[0] not in ("", above[0]):
        return False  # a remark and its value
    if len(filled) > 1:
        return True
    # One cell alone is a group at the left, and a title where it stands in the middle.
    twice = len({one for one in names if one}) < sum(map(bool, names))
    return filled[0] > 0 and (twice or filled[0] <= len(names) // 3)


def _either(one: str, other: str) -> bool:
    return bool(one or other)


def are_units(cells: list[str]) -> bool:
    """Whether most are units of measure."""
    given = [one for one in cells if one]
    units = sum(_UNIT.fullmatch(one) is not None for one in given)
    return bool(given) and units * 2 > len(given)


def are_types(cells: list[str]) -> bool:
    """Whether all are types of columns, or their widths."""
    given = [one for one in cells if one]
    return bool(given) and all(_TYPE.fullmatch(one) for one in given)


def joined(above: list[str], names: list[str]) -> list[str]:
    """Each name with the group before it. A group goes on until the next one begins."""
    above = [*above, *[""] * (len(names) - len(above))]
    made, group = [], ""
    for cell, name in zip(above, names, strict=True):
        group = cell or (group if name else "")
        made.append(name if group == name else f"{group} {name}".strip())
    return made
