import base64

import pytest
from pydantic import ValidationError

from onemanage.gateway.http.problems import Problem
from onemanage.gateway.imports.source_schemas import DatabaseIn
from onemanage.platform.process.sealing import unseal

KEY = base64.b64encode(bytes(range(32))).decode()
GIVEN = {
    "kind": "postgresql",
    "host": "db.example.com",
    "database": "shop",
    "user": "reader",
    "password": "hunter2-hunter2",
    "schema": "public",
    "table": "orders",
}


def test_a_database_is_sealed_for_its_workspace() -> None:
    source = DatabaseIn.model_validate(GIVEN).sealed(KEY, "ws_1")
    assert (source.port, source.db_schema, source.table) == (5432, "public", "orders")
    assert "hunter2" not in repr(source)
    assert unseal(KEY, source.sealed_password, "ws_1") == "hunter2-hunter2"


def test_the_password_is_in_nothing_that_is_printed_or_compared() -> None:
    given = DatabaseIn.model_validate(GIVEN)
    assert "hunter2" not in repr(given) + str(given.asked()) + given.model_dump_json()
    assert given.asked() == DatabaseIn.model_validate(GIVEN).asked()
    with pytest.raises(ValidationError) as refused:
        DatabaseIn.model_validate({**GIVEN, "password": "hunter2\0"})
    assert "hunter2" not in str(refused.value)


def test_each_kind_has_its_usual_port() -> None:
    for kind, port in (("postgresql", 5432), ("mysql", 3306), ("sqlserver", 1433)):
        given = DatabaseIn.model_validate({**GIVEN, "kind": kind})
        assert given.sealed(KEY, "ws_1").port == port
    given = DatabaseIn.model_validate({**GIVEN, "port": 6543})
    assert given.sealed(KEY, "ws_1").port == 6543


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "sqlite"},
        {"kind": "postgresql://x"},
        {"host": "user@db"},
        {"host": "db/x"},
        {"host": "db?x=1"},
        {"host": ""},
        {"port": 0},
        {"port": 65536},
        {"database": ""},
        {"user": "a\0b"},
        {"query": "SELECT 1"},
        {"tls": "verify"},
        {"url": "postgresql://u:p@h/d"},
    ],
)
def test_what_cannot_be_a_database_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DatabaseIn.model_validate(GIVEN | change)


def test_without_a_key_there_is_no_importing_from_databases() -> None:
    with pytest.raises(Problem, match="not set up here"):
        DatabaseIn.model_validate(GIVEN).sealed("", "ws_1")
