"""How long tasks take, of events that come in any order."""

from datetime import UTC, datetime, timedelta

from onemanage.elastic.domain.measuring import Stopwatch

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KIND = "psd.parse_export"


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_task_whose_end_is_heard_before_its_start_is_measured_all_the_same() -> None:
    watch = Stopwatch()
    watch.ended(KIND, "tsk_1", at(3))
    watch.started("tsk_1", at(1))
    watch.started("tsk_2", at(4))
    watch.ended(KIND, "tsk_2", at(6))
    assert (watch.measured[KIND].seconds, watch.measured[KIND].count) == (2.0, 2)


def test_the_start_of_a_further_run_is_not_paired_with_the_end_of_the_run_before() -> (
    None
):
    watch = Stopwatch()
    watch.ended(KIND, "tsk_1", at(3))
    watch.started("tsk_1", at(10))
    assert not watch.measured
    watch.ended(KIND, "tsk_1", at(14))
    assert watch.measured[KIND].seconds == 4.0
