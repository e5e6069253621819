import msgspec
import pytest

from onemanage.contracts.imports.sources import DatabaseSource
from onemanage.data_import.sources.errors import SourceFailed
from onemanage.data_import.sources.kinds import quoted, url
from onemanage.data_import.sources.select import MAX_QUERY, one_select

ALL = ("postgresql", "mysql", "sqlserver")


@pytest.mark.parametrize(
    ("kind", "query", "made"),
    [
        *((kind, "SELECT a FROM t", "SELECT a FROM t") for kind in ALL),
        *((kind, " select ';)' as a ; ", "select ';)' as a") for kind in ALL),
        *((kind, "SELECT 1 /* ) ; */ AS a", "SELECT 1   AS a") for kind in ALL),
        *((kind, "SELECT 1 AS a -- ) ;", "SELECT 1 AS a") for kind in ALL),
        *((kind, "(SELECT 1 AS a)", "(SELECT 1 AS a)") for kind in ALL),
        *((kind, "SELECT 'it''s;' AS a", "SELECT 'it''s;' AS a") for kind in ALL),
        ("postgresql", "WITH q AS (SELECT 1) TABLE q", "WITH q AS (SELECT 1) TABLE q"),
        ("postgresql", r"SELECT E'\';)' AS a", r"SELECT E'\';)' AS a"),
        ("postgresql", "SELECT $x$;)$x$ AS a", "SELECT $x$;)$x$ AS a"),
        ("postgresql", r"SELECT '\' AS a", r"SELECT '\' AS a"),
        ("postgresql", "SELECT /* /* ; */ ; */ 1 AS a", "SELECT   1 AS a"),
        ("mysql", r"SELECT '\';)' AS a", r"SELECT '\';)' AS a"),
        ("mysql", "SELECT `;)` FROM t # ;", "SELECT `;)` FROM t"),
        ("mysql", "SELECT 5--1 AS a", "SELECT 5--1 AS a"),
        ("mysql", 'SELECT ";)" AS a', 'SELECT ";)" AS a'),
        ("sqlserver", "SELECT [;)]]] FROM t", "SELECT [;)]]] FROM t"),
    ],
)
def test_one_select_is_taken_without_its_comments(
    kind: str, query: str, made: str
) -> None:
    assert one_select(kind, query) == made


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        *((kind, "") for kind in ALL),
        *((kind, "-- nothing\n ;") for kind in ALL),
        *((kind, "INSERT INTO t VALUES (1)") for kind in ALL),
        *((kind, "SELECT 1; SELECT 2") for kind in ALL),
        *((kind, "SELECT 1) AS q; DROP TABLE t --") for kind in ALL),
        *((kind, "SELECT 1) AS q, (SELECT 2") for kind in ALL),
        *((kind, "SELECT (1") for kind in ALL),
        *((kind, "SELECT 'a") for kind in ALL),
        *((kind, "SELECT 1 /* never closed") for kind in ALL),
        *((kind, "SELECT 1\0") for kind in ALL),
        *((kind, "SELECT " + "1" * MAX_QUERY) for kind in ALL),
        ("postgresql", "COPY t TO PROGRAM 'x'"),
        ("postgresql", "SELECT 1) TO PROGRAM 'x' --"),
        ("postgresql", r"SELECT '\'; DROP TABLE t --'"),
        ("mysql", "SELECT 1 /*! INTO OUTFILE '/x' */"),
        ("mysql", "SELECT 1 /*M! INTO OUTFILE '/x' */"),
        ("sqlserver", "WITH q AS (SELECT 1 AS a) SELECT a FROM q"),
        ("sqlserver", "EXEC sp_who"),
    ],
)
def test_what_is_no_single_select_is_refused(kind: str, query: str) -> None:
    with pytest.raises(SourceFailed) as refused:
        one_select(kind, query)
    assert refused.value.code == "database.not_a_select"


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("postgresql", '"a""b`]c"'),
        ("mysql", '`a"b``]c`'),
        ("sqlserver", '[a"b`]]c]'),
    ],
)
def test_a_name_cannot_leave_its_quotes(kind: str, made: str) -> None:
    assert quoted(kind, 'a"b`]c') == made
    for name in ("", "a\0b", "x" * 129):
        with pytest.raises(SourceFailed):
            quoted(kind, name)


@pytest.mark.parametrize("kind", ALL)
def test_a_field_cannot_become_another_part_of_the_address(kind: str) -> None:
    source = DatabaseSource(
        kind=kind,
        host="db.example.com",
        port=1,
        database="a/b?sslmode=disable#c",
        user="u:x@evil.example.com",
        sealed_password="",
    )
    made = url(source, "p@evil.example.com:1/?&", 4711, 5.0)
    scheme, _, rest = made.partition("://")
    entry, _, place = rest.partition("@")
    assert "evil.example.com" not in place
    assert entry == "u%3Ax%40evil.example.com:p%40evil.example.com%3A1%2F%3F%26"
    assert place.startswith(
        ("127.0.0.1:4711/a%2Fb%3Fsslmode%3Ddisable%23c?", "db.example.com:4711/a%2Fb")
    )
    assert scheme in ("postgresql", "mysql", "mssql")
    for address in ("::1", "[::1]"):
        there = url(msgspec.structs.replace(source, host=address), "p", 4711, 5.0)
        assert "@[::1]:4711/" in there or "@127.0.0.1:4711/" in there
    if kind == "postgresql":  # the name is TLS's; the connection goes to the forwarder
        assert "hostaddr=127.0.0.1" in place
