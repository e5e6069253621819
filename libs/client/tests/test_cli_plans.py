"""A plan of an import, changed as the command line says."""

from typing import Any

import pytest

from onemanage.client.cli.exits import UsageError
from onemanage.client.cli.plans import Changes, changed, mode, warnings


@pytest.fixture
def plan() -> dict[str, Any]:
    names = ["order_id", "ordered_on", "amount"]
    columns = [
        {"position": at, "name": name, "header": name.title(), "type": "text"}
        for at, name in enumerate(names, 1)
    ]
    found = [
        {
            "position": 2,
            "warnings": [{"code": "mixed_types", "message": "Not all are dates."}],
        }
    ]
    findings = {
        "rows": 5,
        "columns": found,
        "warnings": [{"code": "left_out", "message": "a\nb"}],
    }
    table = {"table": "orders", "columns": columns, "findings": findings}
    return {
        "id": "pln_1",
        "tables": [table],
        "options": {"mode": "append", "keys": []},
    }


def test_a_plan_is_changed_and_the_old_one_stays(plan: dict[str, Any]) -> None:
    said = Changes(
        table="sales",
        types=["ordered_on=date:%d.%m.%Y", "Amount=numeric(10,2)"],
        leave_out=["order_id"],
        max_rejects=3,
    )
    new = changed(plan, said)
    (table,) = new["tables"]
    assert table["table"] == "sales"
    first, second, third = table["columns"]
    assert first["include"] is False
    assert (second["type"], second["format"]) == ("date", "%d.%m.%Y")
    assert (third["type"], third["precision"], third["scale"]) == ("numeric", 10, 2)
    assert new["options"] == {"mode": "append", "keys": [], "max_rejects": 3}
    assert plan["tables"][0]["table"] == "orders"


def test_keys_alone_mean_an_upsert(plan: dict[str, Any]) -> None:
    new = changed(plan, Changes(keys=["order_id"]))
    assert mode(new["options"]) == "upsert by order_id"


@pytest.mark.parametrize(
    "said",
    [Changes(types=["no=text"]), Changes(keys=["no"]), Changes(leave_out=["no"])],
)
def test_a_column_that_is_not_there_is_said_with_those_that_are(
    plan: dict[str, Any], said: Changes
) -> None:
    with pytest.raises(UsageError, match="order_id, ordered_on, amount"):
        changed(plan, said)


@pytest.mark.parametrize("kind", ["", "money", "numeric(3", "numeric(a,b)"])
def test_a_type_that_is_none_is_said_with_those_that_are(
    plan: dict[str, Any], kind: str
) -> None:
    with pytest.raises(UsageError, match="Types: text, boolean"):
        changed(plan, Changes(types=[f"amount={kind}"]))


def test_warnings_name_their_columns_on_one_line_each(plan: dict[str, Any]) -> None:
    told = warnings(plan["tables"][0])
    assert told == ["a\\nb", "ordered_on: Not all are dates."]
