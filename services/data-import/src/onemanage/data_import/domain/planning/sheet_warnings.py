"""What a person should know of a sheet that its values do not say."""

from onemanage.contracts.imports.plans import Warning
from onemanage.data_import.domain.reading.cell_facts import NO_VALUE, CellFact
from onemanage.data_import.domain.reading.read_workbook import letters


def hidden_sheet(name: str) -> Warning:
    return Warning(
        code="hidden_sheet",
        message="The sheet is hidden in the workbook, so it may not be meant for you. "
        "Set `include` to false to leave it out.",
        example=name,
    )


def formulas_without_value(
    facts: list[CellFact], first_column: int, start: int
) -> dict[int, Warning]:
    """By position of the column; rows before ``start``, from 0, are no data."""
    found: dict[int, list[CellFact]] = {}
    for fact in facts:
        if fact.kind == NO_VALUE and fact.row >= start:
            found.setdefault(fact.column - first_column + 1, []).append(fact)
    return {position: _told(cells) for position, cells in found.items()}


def _told(cells: list[CellFact]) -> Warning:
    first = f"{letters(cells[0].column)}{cells[0].row + 1}"
    return Warning(
        code="formulas_without_value",
        message=f"{len(cells):,} cells have a formula whose value was never stored, the "
        f"first of them {first}; they load as NULL. Open the workbook in Excel or "
        "LibreOffice, save it and upload it again.",
        example=first,
    )
