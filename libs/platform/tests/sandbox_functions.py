"""What the sandbox's tests run in children."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path


class OutOfInk(Exception):
    def __init__(self, color: str, *, left: int) -> None:
        super().__init__(color)
        self.color = color
        self.left = left

    def __reduce__(self) -> tuple[Callable[[str, int], "OutOfInk"], tuple[str, int]]:
        return out_of_ink, (self.color, self.left)


def out_of_ink(color: str, left: int) -> OutOfInk:
    return OutOfInk(color, left=left)


class CannotTravel(Exception):
    def __init__(self) -> None:
        super().__init__("it holds a lock")
        self.lock = threading.Lock()


class LosesItsArguments(Exception):
    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"{first} and {second}")


def add(left: int, right: int) -> int:
    return left + right


def raise_error(error: str) -> None:
    raise {
        "ink": OutOfInk("cyan", left=3),
        "lock": CannotTravel(),
        "lost": LosesItsArguments(1, 2),
        "value": ValueError("no such layer"),
    }[error]


def return_lock() -> object:
    return threading.Lock()


def exit_with(code: int) -> None:
    os._exit(code)


def leave() -> None:
    raise SystemExit(3)


def allocate(size: int) -> int:
    return len(bytearray(size))


def sleep_and_tell(path: Path) -> None:
    path.write_text(str(os.getpid()))
    time.sleep(600)


def kill_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def count_to(last: int, report: Callable[[int], None]) -> str:
    for number in range(1, last + 1):
        report(number)
    return "done"


def report_and_sleep(report: Callable[[int], None]) -> None:
    report(os.getpid())
    time.sleep(600)


def describe() -> dict[str, object]:
    """What a child holds: its open files, environment, signals and modules."""
    import sys

    files = [os.readlink(f"/proc/self/fd/{fd}") for fd in _open_files()]
    return {
        "files": files,
        "blas": os.environ.get("OPENBLAS_NUM_THREADS"),
        "term": signal.getsignal(signal.SIGTERM) is signal.SIG_DFL,
        "int": signal.getsignal(signal.SIGINT) is signal.SIG_IGN,
        "modules": sorted(sys.modules),
        "threads": threading.active_count(),
    }


def _open_files() -> list[str]:
    names = []
    for name in os.listdir("/proc/self/fd"):
        if os.path.lexists(f"/proc/self/fd/{name}"):
            names.append(name)
    return names
