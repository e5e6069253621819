"""How many groups are wanted, and why."""

from typing import Any

from msgspec.structs import replace

from onemanage.elastic.domain.deciding import Decision, Hold, Load, Measured, decide
from onemanage.elastic.domain.groups import Bounds, Group, Policy

from .samples import NOW, ago, group, load, policy

MEASURED = {"psd.parse_export": Measured(6.0, 50), "psd.render": Measured(2.0, 50)}


def decided(
    *loads: Load,
    groups: list[Group] | None = None,
    holds: list[Hold] | None = None,
    by: Policy | None = None,
) -> list[Decision]:
    return decide(loads, groups or [], holds or [], MEASURED, by or policy(), NOW)


def only(*loads: Load, **given: Any) -> Decision:
    (found,) = decided(*loads, **given)
    return found


def test_a_backlog_is_to_be_done_within_the_target() -> None:
    # 40 tasks of 6 s are 240 s of work: eight slots in 30 s, of which two are there.
    found = only(load(kinds={"psd.parse_export": 40}))

    assert (found.wanted, found.starts) == (3, 3)
    assert found.reason == "40 tasks have not started, 240 s of work for 2 slots"


def test_each_kind_counts_by_what_it_takes() -> None:
    kinds = {"psd.parse_export": 10, "psd.render": 30}

    assert only(load(kinds=kinds)).reason.startswith("40 tasks have not started, 120 s")


def test_what_workers_that_are_there_finish_in_time_starts_nothing() -> None:
    assert decided(load(kinds={"psd.parse_export": 10}, oldest=5.0)) == []
    assert decided(load()) == []


def test_there_are_never_more_slots_wanted_than_tasks() -> None:
    long = {"psd.parse_export": Measured(300.0, 50)}
    waits = load(kinds={"psd.parse_export": 1}, slots=0)

    (found,) = decide([waits], [], [], long, policy(), NOW)

    assert found.wanted == 1


def test_slots_that_are_busy_for_longer_than_the_target_are_none() -> None:
    long = {"psd.parse_export": Measured(300.0, 50)}
    waits = load(kinds={"psd.parse_export": 2}, running=2)

    (found,) = decide([waits], [], [], long, policy(), NOW)

    assert found.starts == 1


def test_where_the_oldest_waits_too_long_all_the_same_there_is_one_more() -> None:
    late = load(kinds={"psd.parse_export": 4}, oldest=45.0)

    found = only(late, groups=[group(1)])

    assert (found.have, found.wanted) == (1, 2)
    assert "the oldest waits 45 s of at most 30" in found.reason


def test_nobody_is_started_for_who_waits_for_a_group_that_is_on_its_way() -> None:
    late = load(kinds={"psd.parse_export": 4}, oldest=45.0)
    coming = group(1, state="starting", ordered_at=ago(40), started_at=None)

    assert decided(late, groups=[coming]) == []


def test_no_more_than_the_bound_and_no_more_than_a_step_at_once() -> None:
    flood = load(kinds={"psd.parse_export": 9000})

    assert only(flood).starts == 4
    assert only(flood, by=policy(step=2)).starts == 2
    assert decided(flood, groups=[group(n) for n in range(4)]) == []


def test_between_two_decisions_there_is_time_to_see_what_the_first_did() -> None:
    flood = load(kinds={"psd.parse_export": 9000})
    last = [group(1, ordered_at=ago(10), started_at=None, state="starting")]

    found = only(flood, groups=last)

    assert found.starts == 0
    assert found.reason.endswith("Not more now: the last were ordered 10 s ago")


def test_groups_that_drain_are_replaced_while_there_is_work() -> None:
    draining = [group(n, state="draining") for n in range(4)]

    assert only(load(kinds={"psd.parse_export": 9000}), groups=draining).starts == 4


def test_a_floor_is_kept_without_any_work() -> None:
    by = policy(bounds={"psd": Bounds(least=2)})

    assert only(load(), by=by).starts == 2
    assert decided(load(), by=by, groups=[group(1), group(2)]) == []


def test_a_heavy_task_has_a_large_group_at_once() -> None:
    waits = load(kinds={}, pending=1, heavy=1)
    first = [group(1, ordered_at=ago(1), started_at=None, state="starting")]

    found = only(waits, groups=first)

    assert (found.heavy, found.starts, found.price) == (True, 1, 1.6)
    assert found.reason == "1 heavy task has not started"


def test_a_heavy_task_whose_group_is_on_its_way_has_no_second_one() -> None:
    by = policy(bounds={"psd": Bounds(most_heavy=3)})
    for coming in (
        group(1, heavy=True, state="wanted", started_at=None),
        group(1, heavy=True, started_at=ago(20)),
    ):
        assert decided(load(pending=1, heavy=1), groups=[coming], by=by) == []
        assert only(load(pending=2, heavy=2), groups=[coming], by=by).starts == 1


def test_what_was_refused_is_not_asked_for_until_later() -> None:
    hold = Hold(service="psd", heavy=False, until=ago(-60), reason="OutOfQuota: 50")
    flood = load(kinds={"psd.parse_export": 9000})

    found = only(flood, holds=[hold])

    assert found.starts == 0
    assert "until 02:01:00 UTC nothing is started: OutOfQuota: 50" in found.reason
    assert only(flood, holds=[replace(hold, until=ago(1))]).starts == 4


def test_the_budget_of_an_hour_is_what_all_groups_cost_together() -> None:
    flood = load(kinds={"psd.parse_export": 9000})
    running = [group(1, ordered_at=ago(600))]

    found = only(flood, groups=running, by=policy(budget_hour=1.0))

    assert found.starts == 2  # 0.3 + 2 * 0.3 <= 1.0
    assert "the budget of 1 an hour has no 0.3 left beside the 0.9" in found.reason


def test_the_budget_of_a_day_holds_though_nothing_ends_before_its_time() -> None:
    flood = load(kinds={"psd.parse_export": 9000})
    before = group(1, state="gone", ordered_at=ago(36_000), ended_at=ago(0))
    by = policy(budget_day=3.0 + 2 * 0.3 * policy().life / 3600 + 0.01)

    found = only(flood, groups=[before], by=by)

    assert found.starts == 2
    assert "a day has no" in found.reason


def test_where_money_is_short_heavy_tasks_and_who_waits_longest_come_first() -> None:
    by = policy(
        bounds={"psd": Bounds(), "imaging": Bounds()}, budget_hour=1.6 + 0.3 + 0.01
    )
    waits = [
        load(kinds={"psd.parse_export": 9000}, oldest=3.0, heavy=1),
        load(service="imaging", kinds={"imaging.transform": 9000}, oldest=9.0),
    ]

    found = {(each.service, each.heavy): each.starts for each in decided(*waits, by=by)}

    assert found == {("psd", True): 1, ("imaging", False): 1, ("psd", False): 0}


def test_of_a_service_without_bounds_nothing_is_started() -> None:
    assert decided(load(service="preview", kinds={"preview.publish": 9000})) == []


def test_a_task_of_a_kind_that_nobody_has_measured_is_guessed_at() -> None:
    found = only(load(kinds={"psd.compare": 60}), by=policy(unknown=7.0))

    assert "420 s of work" in found.reason


def test_what_lies_before_workers_is_taken_to_be_as_usual() -> None:
    # The mean of fifty of 6 s and fifty of 2 s.
    assert "120 s of work" in only(load(pending=30, slots=0)).reason
