"""What differs between PostgreSQL, MySQL (MariaDB too) and SQL Server.

Of each: how names are quoted, what its types become, how a column is read so that
nothing is lost, and how a session is bound to reading.

Only integers, booleans and floats travel typed. All else is written as text by the
server, for the reader has no room for it: it panics at intervals, at the date
0000-00-00 and at infinite timestamps, and takes decimals of another scale than 10, or of
more than 38 digits, for errors.
"""

from typing import NamedTuple
from urllib.parse import quote, urlencode

from onemanage.contracts.imports.sources import DatabaseSource
from onemanage.data_import.sources.errors import SourceFailed

KINDS = ("postgresql", "mysql", "sqlserver")
LOOPBACK = "127.0.0.1"
MAX_NAME = 128
"""Characters of a name, which is what SQL Server allows; the others have fewer."""


class SourceColumn(NamedTuple):
    """A column as the database describes it."""

    name: str
    type: str
    """In the database's own words, lower case."""
    precision: int | None = None
    scale: int | None = None


class Reading(NamedTuple):
    """How a column is read, and what type of the plan it has then."""

    sql: str
    """With ``{}`` for the quoted name."""
    type: str
    zone: str | None = None
    as_text: bool = False
    """A type that the plan has no word for, written out as the database does."""


_POSTGRESQL = {
    **dict.fromkeys(("int2", "int4", "int8"), Reading("{}::int8", "bigint")),
    # By its text, which is its shortest form: 1.1 and not 1.100000023841858.
    "float4": Reading("{}::text::float8", "double"),
    "float8": Reading("{}::float8", "double"),
    "bool": Reading("{}", "boolean"),
    "numeric": Reading("{}::text", "numeric"),
    "date": Reading("{}::text", "date"),
    "time": Reading("{}::text", "time"),
    "timestamp": Reading("{}::text", "timestamp"),
    "timestamptz": Reading("({} AT TIME ZONE 'UTC')::text", "timestamptz", "UTC"),
    **dict.fromkeys(
        ("text", "varchar", "bpchar", "name", "uuid", "citext", "char"),
        Reading("{}::text", "text"),
    ),
}
BIGINT_UNSIGNED, BIT_64 = "bigint unsigned", "bit(64)"
"""Names of ours for what MySQL itself calls bigint and bit."""
_SPATIAL = (
    *("geometry", "point", "linestring", "polygon", "multipoint", "multilinestring"),
    *("multipolygon", "geometrycollection", "geomcollection"),
)
"""MySQL calls the last geomcollection, MariaDB geometrycollection."""
_MYSQL_TEXT = "CAST({} AS CHAR CHARACTER SET utf8mb4)"
_MYSQL = {
    **dict.fromkeys(
        ("tinyint", "smallint", "mediumint", "int", "bigint", "year"),
        Reading("CAST({} AS SIGNED)", "bigint"),
    ),
    BIGINT_UNSIGNED: Reading(_MYSQL_TEXT, "numeric"),
    # As it comes, and not as a double, so that it can be told by its shortest form.
    "float": Reading("{}", "double"),
    "double": Reading("{} + 0e0", "double"),
    "decimal": Reading(_MYSQL_TEXT, "numeric"),
    "date": Reading(_MYSQL_TEXT, "date"),
    "time": Reading(_MYSQL_TEXT, "time"),
    "datetime": Reading(_MYSQL_TEXT, "timestamp"),
    "timestamp": Reading(_MYSQL_TEXT, "timestamptz", "UTC"),
    **dict.fromkeys(
        (
            "char",
            "varchar",
            "tinytext",
            "text",
            "mediumtext",
            "longtext",
            "enum",
            "uuid",
        ),
        Reading(_MYSQL_TEXT, "text"),
    ),
    "bit": Reading("CAST({} AS UNSIGNED)", "bigint"),
    **dict.fromkeys(
        ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"),
        Reading("HEX({})", "text", as_text=True),
    ),
    # It may be larger than any bigint, and as text alone it would be its bytes.
    BIT_64: Reading("CAST({} + 0 AS CHAR CHARACTER SET utf8mb4)", "numeric"),
    **dict.fromkeys(_SPATIAL, Reading("ST_AsText({})", "text", as_text=True)),
}
_SQLSERVER = {
    **dict.fromkeys(
        ("tinyint", "smallint", "int", "bigint"),
        Reading("CAST({} AS bigint)", "bigint"),
    ),
    "real": Reading("CAST({} AS real)", "double"),
    "float": Reading("CAST({} AS float)", "double"),
    "bit": Reading("{}", "boolean"),
    **dict.fromkeys(
        ("decimal", "numeric"), Reading("CONVERT(varchar(60), {})", "numeric")
    ),
    **dict.fromkeys(
        ("money", "smallmoney"), Reading("CONVERT(varchar(60), {}, 2)", "numeric")
    ),
    "date": Reading("CONVERT(varchar(10), {}, 23)", "date"),
    "time": Reading("CONVERT(varchar(16), {}, 126)", "time"),
    **dict.fromkeys(
        ("datetime", "datetime2", "smalldatetime"),
        Reading("CONVERT(varchar(33), {}, 126)", "timestamp"),
    ),
    "datetimeoffset": Reading(
        "CONVERT(varchar(33), CAST(SWITCHOFFSET({}, '+00:00') AS datetime2), 126)",
        "timestamptz",
        "UTC",
    ),
    **dict.fromkeys(
        ("char", "varchar", "nchar", "nvarchar", "text", "ntext", "uniqueidentifier"),
        Reading("CAST({} AS nvarchar(max))", "text"),
    ),
    **dict.fromkeys(
        ("binary", "varbinary"),
        Reading("CONVERT(varchar(max), {}, 2)", "text", as_text=True),
    ),
    # Those that are no binary by themselves are made one first.
    **dict.fromkeys(
        ("timestamp", "rowversion", "image"),
        Reading(
            "CONVERT(varchar(max), CAST({} AS varbinary(max)), 2)", "text", as_text=True
        ),
    ),
    **dict.fromkeys(
        ("geometry", "geography"), Reading("{}.STAsText()", "text", as_text=True)
    ),
    "hierarchyid": Reading("{}.ToString()", "text", as_text=True),
    # It holds at most 8,000 bytes, and is cast to no type that may hold more.
    "sql_variant": Reading("CAST({} AS nvarchar(4000))", "text", as_text=True),
}
_READINGS = {"postgresql": _POSTGRESQL, "mysql": _MYSQL, "sqlserver": _SQLSERVER}
_OTHERS = {
    "postgresql": Reading("{}::text", "text", as_text=True),
    "mysql": Reading(_MYSQL_TEXT, "text", as_text=True),
    "sqlserver": Reading("CAST({} AS nvarchar(max))", "text", as_text=True),
}


def reading(kind: str, type: str) -> Reading:
    """How a column of the type is read, of any type at all."""
    return _READINGS[kind].get(type, _OTHERS[kind])


def quoted(kind: str, name: str) -> str:
    """The name as an identifier. Raises SourceFailed where it cannot be one."""
    if not 1 <= len(name) <= MAX_NAME or "\0" in name:
        text = f"A name has 1 to {MAX_NAME} characters and no NUL."
        raise SourceFailed("database.invalid", text, name[:60].replace("\0", "?"))
    first, last = {"mysql": ("`", "`"), "sqlserver": ("[", "]")}.get(kind, ('"', '"'))
    return first + name.replace(last, last * 2) + last


def literal(kind: str, text: str) -> str:
    """The text as a string literal."""
    if kind == "mysql":
        text = text.replace("\\", "\\\\")
    prefix = "N" if kind == "sqlserver" else ""
    return prefix + "'" + text.replace("'", "''") + "'"


def read_only(kind: str, statement_seconds: float) -> list[str]:
    """What is said to a session of MySQL before anything else; see also ``url``.

    SQL Server has no read-only session: there only what stands in parentheses behind
    FROM is run, where T-SQL takes nothing that writes.
    """
    if kind != "mysql":
        return []
    seconds, milliseconds = statement_seconds, round(statement_seconds * 1000)
    return [
        "SET SESSION TRANSACTION READ ONLY",
        # Each server skips the other's comment.
        "SET SESSION sql_mode = '', time_zone = '+00:00'"
        f" /*M!100101 , max_statement_time = {seconds:g} */"
        f" /*!50708 , max_execution_time = {milliseconds} */",
    ]


def postgresql_settings(statement_seconds: float) -> dict[str, str]:
    """What a session of PostgreSQL begins with."""
    return {
        "default_transaction_read_only": "on",
        "statement_timeout": str(round(statement_seconds * 1000)),
        "idle_in_transaction_session_timeout": "60000",
        "standard_conforming_strings": "on",
        "datestyle": "ISO",
        "intervalstyle": "iso_8601",
        "timezone": "UTC",
        "bytea_output": "hex",
        "extra_float_digits": "1",
        "client_encoding": "UTF8",
    }


def url(
    source: DatabaseSource, password: str, port: int, statement_seconds: float
) -> str:
    """The address for the reader, made of fields: at our own end of the forwarder."""
    scheme = {"sqlserver": "mssql"}.get(source.kind, source.kind)
    user, secret, database = (
        quote(part, safe="") for part in (source.user, password, source.database)
    )
    options = urlencode(_options(source, statement_seconds), quote_via=quote)
    # PostgreSQL's reader tells TLS the host's own name and connects to hostaddr.
    host = source.host.strip("[]")
    host = f"[{host}]" if ":" in host else host
    if source.kind != "postgresql":
        host = LOOPBACK
    return f"{scheme}://{user}:{secret}@{host}:{port}/{database}?{options}"


def _options(source: DatabaseSource, statement_seconds: float) -> dict[str, str]:
    match source.kind:
        case "postgresql":
            settings = postgresql_settings(statement_seconds)
            return {
                "hostaddr": LOOPBACK,
                "sslmode": {"off": "disable"}.get(source.tls, source.tls),
                "application_name": "onemanage",
                "options": " ".join(f"-c {name}={settings[name]}" for name in settings),
            }
        case "mysql":
            return {"ssl-mode": "REQUIRED"} if source.tls == "require" else {}
        case _:
            encrypt = "false" if source.tls == "off" else "true"
            return {
                "encrypt": encrypt,
                "trust_server_certificate": "true",
                "appname": "onemanage",
            }
