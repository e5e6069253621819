"""Rows against what the provider has."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from onemanage.elastic.domain.groups import Group, Policy, name_of, token_of
from onemanage.elastic.domain.matching import Matched, gone, held_after, match, outlived
from onemanage.elastic.drivers.driver import SeenGroup

from .samples import NOW, ago, group, policy

SERVICES = ("psd", "data_import")


def seen(of: Group, **changes: Any) -> SeenGroup:
    given: dict[str, Any] = {
        "provider_id": of.provider_id or "eci-new",
        "name": name_of(of.service, of.token),
        "token": of.token,
        "service": of.service.replace("_", "-"),
        "state": "running",
        "size": "2-4Gi",
    }
    return SeenGroup(**given | changes)


def matched(
    groups: list[Group], found: list[SeenGroup], by: Policy | None = None
) -> Matched:
    return match(groups, found, SERVICES, by or policy(), NOW)


def wanted(**changes: Any) -> Group:
    given: dict[str, Any] = {
        "state": "wanted",
        "ordered_at": ago(5),
        "started_at": None,
        "provider_id": None,
        "size": None,
        "price": 0.3,
    }
    return group(7, **given | changes)


def test_what_is_as_its_row_says_changes_nothing() -> None:
    row = group(1)

    assert matched([row], [seen(row)]) == Matched()


def test_a_call_whose_answer_nobody_heard_is_found_by_its_token() -> None:
    row = wanted()
    for told in (seen(row, spot=True), seen(row, token=None, spot=True)):
        (found,) = matched([row], [told]).changed

        assert (found.state, found.provider_id) == ("running", "eci-new")
        assert (found.started_at, found.price) == (NOW, 0.1)


def test_a_call_that_was_not_made_stays_wanted() -> None:
    assert matched([wanted()], []) == Matched()


def test_an_order_is_given_up_that_nobody_could_say_anything_about() -> None:
    (found,) = matched([wanted(ordered_at=ago(1000))], []).changed

    assert (found.state, found.refused) == ("gone", True)
    assert found.cost(ago(86400), NOW) == 0


def test_a_group_without_a_row_gets_one_and_is_let_alone() -> None:
    stranger = wanted(service="data_import")
    told = seen(stranger, state="running", started_at=ago(50), zone="h")

    found = matched([], [told])

    (adopted,) = found.changed
    assert (adopted.token, adopted.service) == (stranger.token, "data_import")
    assert (adopted.state, adopted.price, adopted.ordered_at) == (
        *("running", 0.3),
        ago(50),
    )
    assert found.ends == []


def test_what_is_not_ours_is_let_alone() -> None:
    other = seen(group(1), name="someone-elses", token=None)

    assert matched([], [other]) == Matched()
    assert token_of("onemanage-data-import-00ab") == "00ab"
    assert token_of("onemanage-x") is None


def test_a_group_that_comes_back_after_it_was_missed_lives_again() -> None:
    row = gone(group(1), "its provider knows it no longer", ago(20))

    found = matched([row], [seen(row)])

    (again,) = found.changed
    assert (again.state, again.ended_at, again.told_end) == ("running", None, False)
    assert found.ends == []


def test_a_second_group_of_one_token_is_ended() -> None:
    row = group(1)

    found = matched([row], [seen(row), seen(row, provider_id="eci-2")])

    assert [each.provider_id for each in found.ends] == ["eci-2"]
    assert found.changed == []


def test_one_of_two_that_a_call_has_made_is_kept() -> None:
    row = wanted()

    found = matched(
        [row], [seen(row, provider_id="eci-1"), seen(row, provider_id="eci-2")]
    )

    assert [each.provider_id for each in found.changed] == ["eci-1"]
    assert [each.provider_id for each in found.ends] == ["eci-2"]


def test_a_group_that_has_ended_is_gone_and_what_it_cost_is_known() -> None:
    row = group(1)

    for told in ([seen(row, state="ended", reason="Succeeded")], []):
        found = matched([row], told)

        (ended,) = found.changed
        assert (ended.state, ended.ended_at) == ("gone", NOW)
        assert ended.cost(ago(86400), NOW) == 0.3
        assert found.died == []


def test_a_group_that_is_not_listed_yet_is_waited_for() -> None:
    row = group(1, state="starting", ordered_at=ago(20), started_at=None)

    assert matched([row], []) == Matched()


def test_a_group_that_ends_before_it_can_have_been_idle_has_died() -> None:
    never = group(1, state="starting", ordered_at=ago(300), started_at=None)
    young = group(2, ordered_at=ago(60), started_at=ago(30))
    told = [seen(each, state="ended", reason="OOMKilled") for each in (never, young)]

    found = matched([never, young], told)

    assert [each.end_reason for each in found.died] == ["OOMKilled"] * 2


def test_a_group_takes_no_more_tasks_at_its_age_and_is_ended_when_none_can_be_left() -> (
    None
):
    old, too_old = policy().age + 10, policy().life + 10
    rows = [
        group(1, ordered_at=ago(old), started_at=ago(old)),
        group(2, ordered_at=ago(too_old), started_at=ago(too_old), state="draining"),
    ]

    found = matched(rows, [seen(row) for row in rows])

    assert [(each.token, each.state) for each in found.changed] == [
        (rows[0].token, "draining")
    ]
    assert [each.provider_id for each in found.ends] == ["eci-2"]


def test_a_group_that_does_not_come_to_run_is_ended() -> None:
    row = group(1, state="starting", ordered_at=ago(700), started_at=None)

    (ending,) = matched([row], [seen(row, state="starting", reason="no image")]).ends

    assert ending.why == "it does not run after 700 s: no image"


def test_each_refusal_after_another_waits_twice_as_long_up_to_an_hour() -> None:
    row, now, hold = group(1), NOW, None
    waits = []
    for _ in range(7):
        hold = held_after(hold, row, "OutOfQuota", 120.0, now)
        waits.append((hold.until - now).total_seconds())
        now = hold.until + timedelta(seconds=10)

    assert waits == [120, 240, 480, 960, 1920, 3600, 3600]
    later = held_after(hold, row, "NoStock", 120.0, now + timedelta(hours=2))
    assert later.refusals == 1


def test_a_refusal_is_forgotten_when_a_later_group_has_run_for_a_while() -> None:
    hold = held_after(None, group(1), "OutOfQuota", 120.0, ago(1000))
    before = group(1, ordered_at=ago(2000))
    young = group(2, ordered_at=ago(300), started_at=ago(20))
    settled = group(3, ordered_at=ago(300), started_at=ago(200))

    assert outlived([hold], [before, young], policy(), NOW) == set()
    assert outlived([hold], [before, young, settled], policy(), NOW) == {("psd", False)}
    assert outlived([], [settled], policy(), NOW) == set()


def test_a_look_at_what_changed_changes_nothing_more() -> None:
    row = wanted()
    first = matched([row], [seen(row)])

    again = matched(first.changed, [seen(replace(row, provider_id="eci-new"))])

    assert again == Matched()
