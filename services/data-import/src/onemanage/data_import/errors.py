"""What forbids an import or its undoing. All of it is invalid input: never retry."""


class LoadRefused(Exception):
    """An import that cannot be, in words for the person who asked for it.

    ``code`` is stable, for programs: ``data_import.too_many_rejects``,
    ``.duplicates_in_table``, ``.keys_missing``, ``.schema_differs``, ``.too_wide``,
    ``.no_columns``, ``.bad_mode``, ``.not_undoable``, ``.not_found``. ``where`` is the
    place: a table, a column, an import.
    """

    def __init__(self, code: str, message: str, where: str | None = None) -> None:
        super().__init__(code, message, where)
        self.code = code
        self.message = message
        self.where = where

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        return f"{self.message}{place}"
