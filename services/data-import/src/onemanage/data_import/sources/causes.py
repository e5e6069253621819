"""Why a source database failed: by SQLSTATE, or by the vendor's own number.

ConnectorX hands on what its drivers write of an error: one form where a connection or a
statement is refused, another for what breaks while rows come. In both the place of the
code is fixed, so it is read there and nowhere else. All the rest is text of the
database or of the user, with any digits and words in it, and is never searched.
"""

import re
from typing import NamedTuple

from onemanage.data_import.sources.errors import SourceFailed

_ADVICE = {
    "database.unreadable": (
        "The reader does not know a type or value of the query. Cast the column to text"
        " in the query, or pick the table, where that is done for you."
    ),
    "database.read_only": (
        "The query tries to change something. Only reading is allowed."
    ),
    "database.too_slow": (
        "The statement takes longer than it may. Read less of the table, or add an index."
    ),
    "database.access_denied": (
        "The database refuses user, password, database or TLS. Check all four."
    ),
    "database.broke_off": (
        "The database ended the connection before the last row. Try again."
    ),
    "database.missing": (
        "The database has no such table, or hides it from the user. Check name and schema."
    ),
    "database.query_failed": "The database refuses the query.",
}
_SHOWN = 300
"""Characters of what the database itself says."""


class Said(NamedTuple):
    """What a driver's text says where its form is fixed."""

    code: str | None
    """Of SourceFailed; None where it holds no code that tells."""
    words: str
    """The database's own."""


# What the pools and ConnectorX itself put before a driver's text.
_BEFORE = r"(?:timed out waiting for connection: |cx writer failed: )?(?:[A-Z]\w*\()*"
_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_POSTGRESQL = re.compile(
    _BEFORE + r'Error \{ kind: Db, cause: Some\(DbError \{ severity: "[^"]*",'
    r' parsed_severity: \w+(?:\(\w+\))?, code: SqlState\((?:E|Other\(")(\w{5})[")]*,'
    r" message: " + _QUOTED
)
_POSTGRESQL_KIND = re.compile(_BEFORE + r"Error \{ kind: (\w+)(.*)", re.DOTALL)
_MYSQL = re.compile(
    _BEFORE + r"MySqlError \{ ERROR (\d+) \((\w{5})\): (.*?)(?: \}\)*)?", re.DOTALL
)
_SQLSERVER = re.compile(
    _BEFORE
    + r"TokenError \{ code: (\d+), state: \d+, class: (\d+), message: "
    + _QUOTED
)
_SQLSERVER_SHOWN = re.compile(
    _BEFORE + r"Token error: '(.*)' on server .*"
    r" \(code: (\d+), state: \d+, class: (\d+)\)",
    re.DOTALL,
)
_BEGINNINGS = tuple(
    (code, re.compile(_BEFORE + f"(?:{words})"))
    for code, words in (
        (
            "database.access_denied",
            # The driver of MySQL writes this one where TLS is required and missing.
            r"DriverError \{ Client asked for SSL"
            r"|TlsError \{|Tls\(|Error forming TLS connection"
            r"|error performing TLS handshake|authentication error",
        ),
        (
            "database.unreadable",
            r"not implemented|FromValueError|FromRowError|Conversion|Could not retrieve"
            r"|error deserializing column|invalid column",
        ),
        (
            "database.broke_off",
            r"IoError \{|CodecError \{|DriverError \{|Io \{|Protocol"
            r"|An error occured during the attempt of performing I/O|Timed out in bb8"
            r"|TimedOut|timed out waiting for connection\Z|error communicating with the server|connection closed"
            r"|unexpected message from server|error parsing response from server"
            r"|error connecting to server|timeout waiting for server",
        ),
    )
)
_KINDS = {
    **dict.fromkeys(("Tls", "Authentication"), "database.access_denied"),
    **dict.fromkeys(("FromSql", "ToSql", "Column"), "database.unreadable"),
    **dict.fromkeys(
        ("Io", "Closed", "Connect", "Timeout", "UnexpectedMessage", "Parse"),
        "database.broke_off",
    ),
}
"""What the driver of PostgreSQL calls what was not the server's word."""
_STATES = {
    **dict.fromkeys(("25006", "25001"), "database.read_only"),
    "57014": "database.too_slow",
    **dict.fromkeys(("42P01", "3F000"), "database.missing"),
    **dict.fromkeys(
        ("25P03", "57P01", "57P02", "57P03", "57P05"), "database.broke_off"
    ),
}
_CLASSES = {
    "28": "database.access_denied",
    "3D": "database.access_denied",
    "08": "database.broke_off",
}
_MYSQL_NUMBERS = {
    **dict.fromkeys((1290, 1792), "database.read_only"),
    **dict.fromkeys((1969, 3024), "database.too_slow"),
    **dict.fromkeys((1044, 1045, 1049, 1698, 3159), "database.access_denied"),
    **dict.fromkeys((1142, 1146), "database.missing"),
    **dict.fromkeys((1053, 1080, 1317, 1927), "database.broke_off"),
}
_SQLSERVER_NUMBERS = {
    3906: "database.read_only",
    1222: "database.too_slow",
    **dict.fromkeys((4060, 18452, 18456, 40615), "database.access_denied"),
    **dict.fromkeys((208, 229), "database.missing"),
    **dict.fromkeys((596, 6005), "database.broke_off"),
}
_FATAL = 20
"""From this class on SQL Server ends the connection."""


def of_state(state: str) -> str:
    """The code of SourceFailed for an SQLSTATE."""
    found = _STATES.get(state) or _CLASSES.get(state[:2])
    return found or "database.query_failed"


def read(text: str) -> Said:
    """What the text of a driver says by its form."""
    if found := _POSTGRESQL.match(text):
        return Said(of_state(found[1]), _unquoted(found[2]))
    if found := _POSTGRESQL_KIND.match(text):
        return Said(_KINDS.get(found[1]), text)
    if found := _MYSQL.fullmatch(text):
        by_number = _MYSQL_NUMBERS.get(int(found[1]))
        return Said(by_number or of_state(found[2]), found[3])
    if found := _SQLSERVER.match(text):
        return Said(_of_sqlserver(found[1], found[2]), _unquoted(found[3]))
    if found := _SQLSERVER_SHOWN.fullmatch(text):
        return Said(_of_sqlserver(found[2], found[3]), found[1])
    begins = (code for code, beginning in _BEGINNINGS if beginning.match(text))
    return Said(next(begins, None), text)


def _of_sqlserver(number: str, severity: str) -> str:
    found = _SQLSERVER_NUMBERS.get(int(number))
    if found is None and int(severity) >= _FATAL:
        return "database.broke_off"
    return found or "database.query_failed"


def _unquoted(text: str) -> str:
    return text.replace('\\"', '"').replace("\\'", "'").replace("\\n", " ")


def failure(code: str, words: str, password: str) -> SourceFailed:
    """The refusal, with what the database says and without the password."""
    words = " ".join(words.split())
    if password:
        words = words.replace(password, "…")
    if len(words) > _SHOWN:
        words = words[: _SHOWN - 1] + "…"
    return SourceFailed(code, _ADVICE[code], words or None)
