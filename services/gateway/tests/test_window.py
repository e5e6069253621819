"""The window follows what the worker starts, without any server."""

from onemanage.contracts.base import Capacity
from onemanage.gateway.tasks.window import LARGEST, Windows


class _Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def _started(windows: Windows, clock: _Clock, per_second: int, seconds: int) -> None:
    for _ in range(per_second * seconds):
        clock.now += 1 / per_second
        windows.started("psd")


def test_where_no_worker_has_said_anything_one_is_handed_over() -> None:
    assert Windows().of("tasks.psd.low") == 1


def test_the_window_is_one_and_a_half_times_the_slots_of_the_living_workers() -> None:
    clock = _Clock()
    windows = Windows(clock)
    windows.tell("psd", Capacity(worker_id="a", high=8, low=6))
    windows.tell("psd", Capacity(worker_id="b", high=2, low=1))
    assert windows.of("tasks.psd.high") == 15
    assert windows.of("tasks.psd.low") == 10

    windows.tell("psd", Capacity(worker_id="b", high=0, low=0))
    assert windows.of("tasks.psd.low") == 9

    clock.now += 11
    assert windows.of("tasks.psd.low") == 1


def test_a_single_slot_has_a_single_task_before_it() -> None:
    windows = Windows()
    windows.tell("psd", Capacity(worker_id="a", high=2, low=1))
    assert windows.of("tasks.psd.low") == 1


def test_of_short_tasks_the_window_is_worth_thirty_milliseconds_of_starts() -> None:
    clock = _Clock()
    windows = Windows(clock)

    _started(windows, clock, per_second=500, seconds=10)

    assert 14 <= windows.of("tasks.psd.low") <= 16
    assert windows.of("tasks.psd.high") == windows.of("tasks.psd.low")
    assert windows.of("tasks.preview.low") == 1


def test_the_window_has_a_largest_size_and_shrinks_when_the_worker_slows_down() -> None:
    clock = _Clock()
    windows = Windows(clock)
    _started(windows, clock, per_second=20_000, seconds=5)
    assert windows.of("tasks.psd.low") == LARGEST

    clock.now += 10

    assert windows.of("tasks.psd.low") == 1


def test_a_window_of_one_is_refilled_at_once_and_a_larger_one_by_halves() -> None:
    clock = _Clock()
    windows = Windows(clock)
    assert windows.pause("tasks.psd.low") == 0

    windows.tell("psd", Capacity(worker_id="a", high=9, low=8))
    _started(windows, clock, per_second=200, seconds=3)

    half_of_twelve = 6 / 200
    assert 0.9 * half_of_twelve < windows.pause("tasks.psd.low") < 1.1 * half_of_twelve
