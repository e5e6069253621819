"""What a person is told of a column's numbers, and what the plan makes of them."""

from msgspec.structs import replace

from onemanage.contracts.imports.plans import ColumnPlan, Warning
from onemanage.data_import.domain.casting.number_forms import NumberForm
from onemanage.data_import.domain.planning.candidates import SHARE, Digits
from onemanage.data_import.domain.planning.number_guess import (
    Decimals,
    NumberGuess,
    Reading,
)


def chosen_reading(
    guess: NumberGuess, decimals: Decimals, values: int, warnings: list[Warning]
) -> Reading | None:
    """The reading that holds, by the column itself or by what is known beside it; None
    where nothing tells, or there are no numbers."""
    wish = guess.wants_comma(values, SHARE)
    if decimals.is_said and wish is not None:
        if wish is not decimals.comma:
            warnings.append(_against_said(guess, decimals))
            return None
        return guess.readings.get(wish)
    if wish is None and guess.is_ambiguous(values, SHARE):
        wish = _of_ambiguous(guess, decimals, warnings)
        if wish is None:
            return None
    elif wish is None:
        wish = decimals.comma
    return guess.readings.get(wish) or guess.readings.get(not wish)


def _against_said(guess: NumberGuess, decimals: Decimals) -> Warning:
    sign, other = (",", ".") if decimals.comma else (".", ",")
    form = guess.readings[not decimals.comma].form
    return Warning(
        code="other_decimal_sign",
        message=f"You said that {sign} stands before decimals; these numbers have {other} "
        f"there, so the column stays text. If they are right, give it the format {form}.",
        example=guess.example,
    )


def _of_ambiguous(
    guess: NumberGuess, decimals: Decimals, warnings: list[Warning]
) -> bool | None:
    wish = decimals.elsewhere
    if wish is None and not decimals.asks:
        wish = False
    point, comma = (str(guess.readings[one].form) for one in (False, True))
    if wish is None:
        done = "Nothing in the file tells which, so the column stays text"
        how = f"make it numeric with the format {point} or {comma}"
    else:
        why = "the other columns" if decimals.elsewhere is not None else "most files"
        done = f"It is read as {why} are written, by {comma if wish else point}"
        if decimals.is_said:
            done = f"It is read as you said, by {comma if wish else point}"
        how = f"give it the format {point if wish else comma}"
    warnings.append(
        Warning(
            code="ambiguous_numbers",
            message="A mark with three digits behind it may stand between thousands or "
            f"before decimals. {done}; to change that, {how}.",
            example=guess.example,
        )
    )
    return wish


def stays_text(guess: NumberGuess, warnings: list[Warning]) -> bool:
    """Whether what looks like numbers may well be names of things."""
    if guess.looks_like_codes:
        text = (
            "Digits with an E among them are codes more often than numbers, so the "
            "column stays text; make it double if they are numbers."
        )
        warnings.append(Warning(code="codes", message=text, example=guess.code))
        return True
    if guess.in_groups is not None:
        text = (
            "All values are of whole groups of three digits, as telephone numbers, "
            "addresses and ids are, so the column stays text; make it bigint with a "
            "format such as 1 234 if they are numbers."
        )
        warnings.append(Warning(code="codes", message=text, example=guess.in_groups))
        return True
    return False


def as_planned(
    plan: ColumnPlan, reading: Reading, decimals: Decimals, warnings: list[Warning]
) -> ColumnPlan:
    """The plan of a column of numbers with their form, precision and scale."""
    form, digits = reading.form, reading.digits
    if form.percent:
        digits = Digits(digits.whole, digits.scale + 2)
    if plan.type == "numeric":
        plan = replace(plan, precision=digits.precision, scale=digits.scale)
    if _goes_without_saying(form, reading, decimals):
        return plan
    format = str(form)
    if decimals.mixed and form.decimal == "," and reading.digits.scale:
        warnings.append(
            Warning(
                code="ambiguous_numbers",
                message=f"Other columns have a point before the decimals, this one a "
                f"comma. It is read as {format} is written; if the comma parts values "
                "that stand in one cell, make the column text.",
                example=reading.example,
            )
        )
    if not (form.is_bare and form.group in ("", ".")):
        warnings.append(
            Warning(code="number_format", message=_told(form), example=reading.example)
        )
    return replace(plan, format=format)


def _goes_without_saying(
    form: NumberForm, reading: Reading, decimals: Decimals
) -> bool:
    """Whether the dialect alone reads them right."""
    if not form.is_bare:
        return False
    if decimals.comma:
        as_dialect = form.decimal == "," and form.group in ("", ".")
        return as_dialect or (not reading.digits.scale and not form.group)
    return not form.group and (form.decimal == "." or not reading.digits.scale)


def _told(form: NumberForm) -> str:
    text = f"Numbers are read as {form} is written for 1234.5"
    if form.percent:
        text = f"Numbers are read as {form} is written for 12.345: per cent become "
        text += "fractions, 12.5% is 0.125"
    elif form.lakhs:
        text = f"Numbers are read as {form} is written for 1234567.5"
    if form.parentheses or form.trailing:
        text += "; what is in parentheses or has a minus behind it is negative"
    if form.prefix or form.suffix:
        text += f"; {form.prefix or form.suffix} itself is not kept"
    return f"{text}. Change `format`, or the type to text, if that is not meant."
