"""What a plan says of values that the type of their column cannot hold."""

from msgspec.structs import replace

from onemanage.contracts.imports.plans import ImportOptions, TablePlan


def settled(table: TablePlan, options: ImportOptions) -> TablePlan:
    """The table with what the options say of columns that say nothing themselves."""
    if options.on_bad_value == "reject":
        return table
    columns = [
        replace(one, on_bad_value=one.on_bad_value or options.on_bad_value)
        for one in table.columns
    ]
    return replace(table, columns=columns)


def may_become_text(table: TablePlan) -> bool:
    """Whether the source has to be read before the types are known."""
    return any(is_asked(table, one.name) for one in table.columns)


def is_asked(table: TablePlan, name: str) -> bool:
    """Whether a bad value makes the column text."""
    return any(
        one.name == name
        and one.include
        and one.type != "text"
        and one.on_bad_value == "text"
        for one in table.columns
    )
