"""What forbids an import or its undoing. All of it is invalid input: never retry."""

from onemanage.contracts.invalid_input import InvalidInput


class LoadRefused(InvalidInput):
    """An import that cannot be, in words for the person who asked for it.

    ``code`` is stable, for programs: ``data_import.too_many_rejects``,
    ``.duplicates_in_table``, ``.keys_missing``, ``.schema_differs``, ``.too_wide``,
    ``.too_many_tables``, ``.no_columns``, ``.bad_mode``, ``.not_undoable``, ``.not_found``. ``where`` is the
    place: a table, a column, an import.
    """
