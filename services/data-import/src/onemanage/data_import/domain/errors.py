"""What can be wrong with a source. All of it is invalid input: never retry.

InvalidSource
  NotATable       empty, or bytes that no reader here understands
  Damaged         truncated, or broken within
  Encrypted       a password is needed
  TooLarge        bombs, too many columns, rows that are too long
  WrongPlan       the plan names what the source does not have
"""

from onemanage.contracts.invalid_input import InvalidInput


class InvalidSource(InvalidInput):
    """A source that cannot be read, in words for the person who sent it.

    ``code`` is stable, for programs: ``data_import.empty``, ``.not_a_table``,
    ``.damaged``, ``.encrypted``, ``.bomb``, ``.too_many_columns``,
    ``.row_too_long``, ``.no_such_part``. ``where`` is the place: a line, a sheet, a
    member of an archive.
    """


class NotATable(InvalidSource):
    """By its contents it is something else, or holds no columns."""


class Damaged(InvalidSource):
    """Truncated, or broken within."""


class Encrypted(InvalidSource):
    """It needs a password."""


class TooLarge(InvalidSource):
    """Over a limit of size, columns, or what an archive unpacks to."""


class WrongPlan(InvalidSource):
    """The plan names what the source does not have."""


MAX_COLUMNS = 1_600
"""PostgreSQL's own limit; fewer fit where the values are wide."""


def check_columns(count: int, where: str | None = None) -> None:
    """Raises TooLarge for a table that PostgreSQL cannot hold."""
    if count > MAX_COLUMNS - 1:
        raise TooLarge(
            "data_import.too_many_columns",
            f"The table has {count:,} columns; at most {MAX_COLUMNS - 1:,} fit into "
            f"PostgreSQL ({MAX_COLUMNS:,}, one of them ours). Split it into several "
            "tables, or turn columns into rows.",
            where,
        )
