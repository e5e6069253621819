"""What can be wrong with a source database, in words for the person who named it."""

from onemanage.data_import.domain.errors import InvalidSource


class SourceFailed(InvalidSource):
    """A database that cannot be read. All of it is invalid input: never retry.

    ``code`` is stable, for programs:

    - database.invalid: the fields cannot be (a kind, a port, a name)
    - database.not_allowed: the address is one the operator does not allow
    - database.unreachable: no such host, or nobody answers there
    - database.access_denied: user, password, database or TLS are refused
    - database.silent: it was reached and then said nothing for too long
    - database.broke_off: it ended the connection before the last row
    - database.too_slow: the statement took longer than it may
    - database.not_a_select: the query is more, or other, than one SELECT
    - database.read_only: the query tried to change something
    - database.query_failed: the database refused the query
    - database.missing: no such table, or no columns that the user may read
    - database.too_large: single rows take more memory than there is
    - database.unreadable: a type or value that the reader does not know

    Neither text nor traceback holds the password.
    """
