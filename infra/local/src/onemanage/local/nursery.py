"""Python processes that find everything imported: forked, not started.

Imports are most of a start: six services import the same libraries for some ten
seconds of CPU between them. Here one fork server of the standard library imports them
once, and each service is forked from it: a process of its own, in its own session,
with its own environment, running the ``main()`` it would run by itself.
"""

import ctypes
import gc
import io
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import forkserver, reduction, spawn
from multiprocessing.forkserver import ForkServer, read_signed

_FIRST = "onemanage.local.nursery_preload"
_LAST = "onemanage.local.nursery_warm"
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15


@dataclass(frozen=True, kw_only=True)
class Birth:
    """What a fork is to become. multiprocessing unpickles it and calls _bootstrap."""

    name: str
    module: str
    options: Sequence[str]
    environment: Mapping[str, str]

    def _bootstrap(self, parent_sentinel: int) -> int:
        """Become the service; returns its exit code."""
        gc.freeze()  # going through what all share would copy it, and cost each 0.2 s
        gc.enable()
        (output,) = forkserver.get_inherited_fds() or []
        # Else this child would keep the fork server alive after the runner's end.
        os.close(forkserver._forkserver._forkserver_alive_fd)  # type: ignore[attr-defined]  # typeshed leaves it out
        self._belong_to_the_server()
        os.setsid()
        for stream in (1, 2):
            os.dup2(output, stream)
        os.close(output)
        os.environ.clear()
        os.environ.update(self.environment)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.argv = [self.module, *self.options]
        try:
            import_module(self.module).main()
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else 1
        finally:
            sys.stdout.flush()  # the fork server's children end without it
        return 0

    def _belong_to_the_server(self) -> None:
        from onemanage.local.nursery_preload import SERVER_PID

        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        libc.prctl(_PR_SET_NAME, self.name.encode())
        if os.getppid() != SERVER_PID:  # it ended before prctl was called
            os._exit(1)


class Forked:
    """A running fork, with what Child needs of a ``subprocess.Popen``."""

    def __init__(self, pid: int, sentinel: int, output: int) -> None:
        self.pid = pid
        self.stdout = os.fdopen(output, "rb", buffering=0)
        self._sentinel = sentinel
        self._exit_code: int | None = None

    def wait(self) -> int:
        """Negative for a signal, as in subprocess."""
        if self._exit_code is None:
            try:
                self._exit_code = read_signed(self._sentinel)
            except EOFError:  # the fork server was killed, and its children with it
                self._exit_code = -int(signal.SIGKILL)
            os.close(self._sentinel)
        return self._exit_code


class Nursery:
    """Forks services from a server that has imported ``modules``."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._server = ForkServer()
        self._server.set_forkserver_preload([_FIRST, *modules, _LAST])

    def open(self) -> None:
        """Start the server and return when it has imported everything."""
        nothing = Birth(name="first", module=__name__, options=(), environment={})
        first = self.fork(nothing)
        with first.stdout:
            first.wait()

    def fork(self, birth: Birth) -> Forked:
        """Blocks while the server still imports."""
        reading, writing = os.pipe()
        try:
            sentinel, stream = self._server.connect_to_new_process([writing])
        finally:
            os.close(writing)
        with open(stream, "wb") as child:
            pid = read_signed(sentinel)
            child.write(_pickled(birth))
        return Forked(pid, sentinel, reading)

    def close(self) -> None:
        """End the fork server. What was forked lives on only as long as it does."""
        self._server._stop()  # type: ignore[attr-defined]  # typeshed leaves it out


@dataclass(frozen=True, kw_only=True)
class Fork:
    """A start from the nursery, where others are a Command."""

    nursery: Nursery
    birth: Birth

    def start(self) -> Forked:
        """Fork the child that the birth describes."""
        return self.nursery.fork(self.birth)


def _pickled(birth: Birth) -> bytes:
    preparation = spawn.get_preparation_data(birth.name)
    # The runner's main module and its secret are none of a service's business.
    for unwanted in ("init_main_from_name", "init_main_from_path", "authkey"):
        preparation.pop(unwanted, None)
    buffer = io.BytesIO()
    reduction.dump(preparation, buffer)
    reduction.dump(birth, buffer)
    return buffer.getvalue()


def main() -> None:
    """What the first fork does: nothing. That it could says that imports are done."""
