"""What the sandbox's tests run in children."""

import ctypes
import os
import signal
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.steps import step
from onemanage.platform.sandbox.confinement import FILE_BYTES


class OutOfInk(InvalidInput):
    """The paper's own fault."""


def open_sockets() -> list[int]:
    """Which of its open files are sockets."""
    found = []
    for number in range(1024):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                found.append(number)
        except OSError:
            continue
    return found


def use(size: int, seconds: float) -> int:
    """So much memory, and so much of the processor's time."""
    held = b"x" * size
    while time.process_time() < seconds:
        pass
    return len(held)


def take_steps() -> int:
    for _ in range(3):
        with step("decode"):
            time.sleep(0.01)
    with step("encode"):
        return 7


def add(left: int, right: int) -> int:
    return left + right


def raise_error(error: str) -> None:
    raise {
        "ink": OutOfInk("ink.out", "No cyan is left. Send less.", "page 3"),
        "unknown": type("Unheard", (InvalidInput,), {})("ink.odd", "No such ink."),
        "value": ValueError("no such layer"),
    }[error]


def return_lock() -> object:
    return threading.Lock()


def exit_with(code: int) -> None:
    os._exit(code)


def leave() -> None:
    raise SystemExit(3)


def abort() -> None:
    os.abort()


def touch_nothing() -> int:
    return ctypes.string_at(0)[0]


def write_much(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(FILE_BYTES + 1)


def claim_a_number() -> int:
    """What a child does that has been taken over."""
    return cast(int, "seven")


def allocate(size: int) -> int:
    return len(bytearray(size))


def hang() -> None:
    time.sleep(600)


def sleep_and_tell(path: Path) -> None:
    path.write_text(str(os.getpid()))
    time.sleep(600)


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


def write_each(out: Path, names: list[str], report: Callable[[str], None]) -> int:
    """Each file holds its name; the last report waits until the first file is gone."""
    for name in names:
        (out / name).write_text(name)
        report(name)
    while (out / names[0]).exists():
        time.sleep(0.01)
    return len(names)


def name_another(out: Path, name: str, report: Callable[[str], None]) -> None:
    report(name)
    while True:
        time.sleep(1)


def compute() -> None:
    """For ever."""
    while True:
        pass


def compute_for(seconds: float) -> None:
    """Of processor time."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def write_some(folder: Path) -> None:
    (folder / "file").write_text("left")
    (folder / "below").mkdir()
    (folder / "below" / "file").write_text("left")


_kept: list[object] = []
"""What a call leaves to the next in the same child."""


def keep(size: int) -> int:
    _kept.append(bytearray(os.urandom(1)) * size)
    return os.getpid()


def spoil() -> None:
    _kept.append("spoiled")


def fail_if_spoiled() -> str:
    if _kept:
        os.abort()
    return "made"
