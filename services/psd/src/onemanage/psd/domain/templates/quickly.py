"""One row for whoever waits for it, with the template's files at hand or without."""

import time
from pathlib import Path

from onemanage.contracts.psd.templates import RenderOutput
from onemanage.psd.domain.templates.fill import fill_row, is_compiled
from onemanage.psd.domain.templates.quick_rows import QuickRow
from onemanage.psd.domain.templates.rows import Filling, Row


def fill_quickly(
    filling: Filling, row: Row, output: RenderOutput, out_dir: Path
) -> QuickRow:
    """Its one picture, in ``out_dir``. Without a row where the template would have to
    be compiled, and its document is not there."""
    if not is_compiled(filling) and not filling.source.exists():
        return QuickRow(row=None)
    begun = time.perf_counter()
    made = fill_row(filling, row, [output], out_dir)
    return QuickRow(row=made, seconds=time.perf_counter() - begun)
