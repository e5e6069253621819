"""What happens inside a child of the sandbox. The standard library alone."""

import ctypes
import os
import pickle
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from typing import Any

_PR_SET_PDEATHSIG = 1


class Kind(Enum):
    """What a message from the child carries."""

    PROGRESS = "progress"
    RESULT = "result"
    RAISED = "raised"
    """A pickled exception."""
    UNPICKLABLE = "unpicklable"
    """The text of an exception or of a pickling error."""
    OUT_OF_MEMORY = "out_of_memory"


type Message = tuple[Kind, Any]


@dataclass(frozen=True)
class Job:
    """One call. The fork server's child unpickles it and calls ``_bootstrap``."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    reports: bool
    memory_limit: int

    def _bootstrap(self, parent_sentinel: int) -> int:
        """Run the call and return the exit code (the name is multiprocessing's)."""
        _die_with_the_server()
        _reset_signals()
        resource.setrlimit(resource.RLIMIT_AS, (self.memory_limit, self.memory_limit))
        inherited = forkserver.get_inherited_fds() or []
        with Connection(inherited[0], readable=False) as connection:
            _send(connection, self._call(connection))
        return 0

    def _call(self, connection: Connection) -> Message:
        def report(progress: object) -> None:
            connection.send((Kind.PROGRESS, progress))

        args = (*self.args, report) if self.reports else self.args
        try:
            return Kind.RESULT, self.function(*args)
        except MemoryError:
            return Kind.OUT_OF_MEMORY, None
        except Exception as error:
            return _raised(error)


def _raised(error: Exception) -> Message:
    """The exception in pickled form, if it comes out of the pickle as it went in."""
    text = "".join(traceback.format_exception(error))
    error.add_note(f"In the sandbox:\n{text}")
    try:
        pickled = pickle.dumps(error)
        same = type(pickle.loads(pickled)) is type(error)
    except Exception:  # a foreign __reduce__ or __init__ may raise anything
        same = False
    return (Kind.RAISED, pickled) if same else (Kind.UNPICKLABLE, text)


def _send(connection: Connection, message: Message) -> None:
    try:
        connection.send(message)
    except MemoryError:
        connection.send((Kind.OUT_OF_MEMORY, None))
    except Exception:  # pickling runs foreign code, which may raise anything
        connection.send((Kind.UNPICKLABLE, traceback.format_exc()))


def _die_with_the_server() -> None:
    """Let the kernel kill this child when the fork server ends.

    The server ends when the last writing end of its "alive" pipe is closed.
    multiprocessing hands one to every child, so a busy child would keep the
    server, and with it itself, alive after the parent's death: close it.
    """
    os.close(forkserver._forkserver._forkserver_alive_fd)  # type: ignore[attr-defined]  # typeshed leaves it out
    if sys.platform == "linux":
        from onemanage.platform.sandbox_preload import SERVER_PID

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != SERVER_PID:  # it ended before prctl was called
            os._exit(1)


def _reset_signals() -> None:
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # ^C reaches the whole group; whether the call goes on is the parent's decision
    signal.signal(signal.SIGINT, signal.SIG_IGN)
