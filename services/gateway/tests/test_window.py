"""The window follows what the worker starts, without any server."""

from onemanage.gateway.window import LARGEST, Windows


class _Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def _started(windows: Windows, clock: _Clock, per_second: int, seconds: int) -> None:
    for _ in range(per_second * seconds):
        clock.now += 1 / per_second
        windows.started("psd")


def test_a_worker_that_starts_nothing_is_given_one_at_a_time() -> None:
    assert Windows().of("tasks.psd.low") == 1


def test_the_window_is_worth_thirty_milliseconds_of_starts() -> None:
    clock = _Clock()
    windows = Windows(clock)

    _started(windows, clock, per_second=500, seconds=10)

    assert 14 <= windows.of("tasks.psd.low") <= 16
    assert windows.of("tasks.psd.high") == windows.of("tasks.psd.low")
    assert windows.of("tasks.preview.low") == 1


def test_the_window_has_a_largest_size_and_shrinks_when_the_worker_slows_down() -> None:
    clock = _Clock()
    windows = Windows(clock)
    _started(windows, clock, per_second=5000, seconds=5)
    assert windows.of("tasks.psd.low") == LARGEST

    clock.now += 10

    assert windows.of("tasks.psd.low") == 1
