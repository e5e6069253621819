"""What a child runs: rows of one template, each written as the files that are wanted.

A child that stays for several calls keeps the templates that it compiled last, so that
a row that is wanted at once costs no more than itself.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from onemanage.contracts.psd.templates import RenderOutput
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.document import ExportedImage
from onemanage.psd.domain.encode import scaled, write_image
from onemanage.psd.domain.templates.compiled import Compiled, compile_template
from onemanage.psd.domain.templates.rows import (
    FilledRow,
    Filling,
    Row,
    RowRejected,
)

KEPT = 2
"""Compiled templates of one child. Each takes its canvas and ``compiled.MEMORY``."""

type Report = Callable[[FilledRow], None]

_compiled: OrderedDict[str, Compiled] = OrderedDict()


def fill_rows(
    filling: Filling,
    rows: Sequence[Row],
    outputs: Sequence[RenderOutput],
    out_dir: Path,
    report: Report,
) -> int:
    """Write every row's images to ``out_dir``; returns how many rows have some.

    ``report`` hears of each row once its files are complete, or why it has none, in
    order; what a row is refused for stops no other. Raises InvalidDocument where the
    template's document cannot be read.
    """
    compiled = _of(filling)
    made = 0
    for row in rows:
        found = _filled(compiled, row, outputs, out_dir)
        made += found.rejection is None
        report(found)
    return made


def fill_row(
    filling: Filling, row: Row, outputs: Sequence[RenderOutput], out_dir: Path
) -> FilledRow:
    """The same of one row, for whoever waits for it."""
    return _filled(_of(filling), row, outputs, out_dir)


def is_compiled(filling: Filling) -> bool:
    """Whether a row of it needs none of its files."""
    return bool(filling.key) and filling.key in _compiled


def _of(filling: Filling) -> Compiled:
    found = _compiled.get(filling.key) if filling.key else None
    if found is None:
        found = compile_template(
            filling.source,
            filling.slots,
            filling.fonts,
            filling.limits,
            filling.name_encoding,
        )
    if filling.key:
        _compiled[filling.key] = found
        _compiled.move_to_end(filling.key)
        while len(_compiled) > KEPT:
            _compiled.popitem(last=False)
    return found


def _filled(
    compiled: Compiled, row: Row, outputs: Sequence[RenderOutput], out_dir: Path
) -> FilledRow:
    try:
        found = compiled.row(row.values, row.pictures)
    except RowRejected as error:
        return FilledRow(number=row.number, rejection=error.rejection)
    images = [
        _written(found.pixels, output, name, out_dir)
        for output, name in zip(outputs, row.names, strict=True)
    ]
    return FilledRow(
        number=row.number,
        images=tuple(images),
        warnings=(*compiled.warnings, *found.warnings),
    )


def _written(
    pixels: Pixels, output: RenderOutput, name: str, out_dir: Path
) -> ExportedImage:
    width, height = size_within(
        pixels.shape[1], pixels.shape[0], output.width, output.height
    )
    return write_image(
        out_dir,
        Path(name).name,
        scaled(pixels, width, height),
        format=output.format,
        quality=output.quality,
        background=output.background,
    )


def size_within(
    width: int, height: int, most_wide: int | None, most_high: int | None
) -> tuple[int, int]:
    """As large as fits within both, in proportion, at least a pixel; never larger."""
    share = min(
        1.0,
        (most_wide or width) / width,
        (most_high or height) / height,
    )
    return max(1, round(width * share)), max(1, round(height * share))
