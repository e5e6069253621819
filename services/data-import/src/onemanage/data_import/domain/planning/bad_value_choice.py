"""What is to become of values that a column cannot hold, by what they look like."""

from typing import NamedTuple

from msgspec.structs import replace

from onemanage.contracts.imports.plans import ColumnPlan, Warning
from onemanage.data_import.domain.planning.candidates import MANY, Fit

MISSING_ERROR = "#N/A"
"""Of workbooks: no fault, but what a look-up says that has found nothing."""


class ErrorCells(NamedTuple):
    """Errors in a column of a workbook."""

    missing: int = 0
    """Cells with MISSING_ERROR."""
    first: str = ""
    """Of these, as C4."""
    others: bool = False
    """Whether there are errors of other kinds."""


def with_bad_values(
    plan: ColumnPlan, fit: Fit, errors: ErrorCells, warnings: list[Warning]
) -> ColumnPlan:
    """The column with its ``on_bad_value``: null where all that fails stands for what
    is missing, text where many different values fail; else what the options say, which
    is a reject. Adds warnings that say so."""
    is_typed = fit.type != "text"
    many = is_typed and len(fit.strays) >= MANY
    only_missing = not fit.strays and not errors.others and (is_typed or not fit.bad)
    if errors.missing:
        warnings.append(_errors(errors))
        if not only_missing:
            plan = replace(plan, nulls=[*plan.nulls, MISSING_ERROR])
    if many:
        warnings.append(_many(fit))
        return replace(plan, on_bad_value="text")
    if only_missing and (fit.bad or errors.missing):
        if fit.bad:
            warnings.append(_words(fit))
        return replace(plan, on_bad_value="null")
    return plan


def _errors(errors: ErrorCells) -> Warning:
    return Warning(
        code="errors_null",
        message=f"{errors.missing:,} cells hold the error {MISSING_ERROR}, the first is "
        f"{errors.first}; they become NULL. Set on_bad_value to reject, or take the "
        "error out of nulls, to have their rows rejected.",
        example=MISSING_ERROR,
    )


def _words(fit: Fit) -> Warning:
    return Warning(
        code="missing_words",
        message=f"The {fit.bad:,} values that are no {fit.type} are words for what is "
        "missing; they become NULL. Set on_bad_value to reject if they mean more.",
        example=fit.missing,
    )


def _many(fit: Fit) -> Warning:
    return Warning(
        code="many_bad_values",
        message=f"{MANY} different values at least are no {fit.type}, so the import "
        "makes the column text and keeps all of them. Set on_bad_value to reject if it "
        f"is to be {fit.type}, without their rows.",
        example=min(fit.strays),
    )
