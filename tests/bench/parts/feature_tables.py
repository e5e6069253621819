"""What was measured of the renderer's features, as the renderer and docs/psd.md have it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from psd_tools.constants import ColorMode

from onemanage.psd.domain.render import classes, measured
from onemanage.psd.domain.render.classes import Drawn
from onemanage.psd.domain.render.features import ADJUSTMENTS, MODES, adjusting
from onemanage.psd.domain.render.measured import Measured
from tests.bench.parts import feature_classes
from tests.bench.parts.feature_classes import Drawing

PAGE = Path(__file__).parents[3] / "docs/psd.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
_ONE_ROW = ("blend mode ", "gradient by the ")
"""What begins so and is drawn alike stands in one row."""


def write(drawings: Iterable[Drawing]) -> None:
    """Into measured.py, and into the page as the renderer now has it."""
    found = feature_classes.measured(drawings)
    path = Path(measured.__file__)
    head = path.read_text().partition("MEASURED")[0]
    rows = [f"    {name!r}: Measured{tuple(row)!r},\n" for name, row in found.items()]
    text = f"{head}MEASURED: dict[str, Measured] = {{\n{''.join(rows)}}}\n"
    path.write_text(text.replace("'", '"'))
    measured.MEASURED.clear()
    measured.MEASURED.update(found)
    page = PAGE.read_text()
    PAGE.write_text(f"{page[: page.index(BEGIN)]}{part()}{page[page.index(END) :]}")


def part() -> str:
    """What stands in the page between its two marks."""
    lines = [BEGIN, "", *_features(), "", *_adjustments(), ""]
    return "\n".join(lines) + "\n"


def stands() -> str:
    """What the page says now."""
    page = PAGE.read_text()
    return page[page.index(BEGIN) : page.index(END)]


def _features() -> Iterator[str]:
    yield "| feature | drawn | seen in files | within 1 |"
    yield "|---|---|---|---|"
    names = {*measured.MEASURED, *classes.NAMED}
    for name, row in sorted(_joined(names).items()):
        yield f"| {name} | {row[0]} | {row[1].files or ''} | {_share(row[1])} |"


def _joined(names: Iterable[str]) -> Mapping[str, tuple[Drawn, Measured]]:
    rows: dict[tuple[str, Drawn], list[str]] = {}
    for name in sorted(names):
        if re.search(r" in (RGB|CMYK|Lab|grayscale)\b", name):
            continue
        begin = next((one for one in _ONE_ROW if name.startswith(one)), name)
        rows.setdefault((begin, classes.drawn(name)), []).append(name)
    return {
        begin
        + ", ".join(name.removeprefix(begin) for name in group): (
            drawn,
            _sum(group),
        )
        for (begin, drawn), group in rows.items()
    }


def _sum(names: list[str]) -> Measured:
    found = [measured.MEASURED[name] for name in names if name in measured.MEASURED]
    files, near = sum(one.files for one in found), sum(one.within_1 for one in found)
    return Measured(files, near, any(one.is_blamed for one in found))


def _share(row: Measured) -> str:
    return str(row.within_1) if row.files else ""


def _adjustments() -> Iterator[str]:
    modes = [ColorMode.RGB, ColorMode.GRAYSCALE, ColorMode.CMYK, ColorMode.LAB]
    yield f"| adjustment | {' | '.join(MODES[mode] for mode in modes)} |"
    yield "|---" * (1 + len(modes)) + "|"
    for kind, name in sorted(ADJUSTMENTS.items(), key=lambda item: item[1]):
        cells = [classes.drawn(adjusting(kind, mode)) for mode in modes]
        yield f"| {name} | {' | '.join(cells)} |"
