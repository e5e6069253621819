"""What happens inside a child of the sandbox."""

import ctypes
import os
import pickle
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from io import BufferedReader
from operator import sub
from typing import Any

from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.steps import steps_told
from onemanage.platform.sandbox.confinement import (
    Bounds,
    Confinement,
    memory_in_use,
    renew_seconds,
    take_own_uid,
)
from onemanage.platform.sandbox.messages import (
    Message,
    OutOfMemory,
    Raised,
    Refused,
    Reported,
    Returned,
    Started,
    Stepped,
    encoded,
    framed,
)

_PR_SET_PDEATHSIG = 1
MOST_LEFT = 64 << 20
"""Bytes that calls may leave behind; a child that has kept more ends."""


@dataclass(frozen=True)
class Call:
    """One call, as the parent pickles it: it is trusted, what comes back is not."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    reports: bool
    bounds: Bounds
    tells_steps: bool = False
    most_calls: int = 1
    """That the child may carry out, one after the other."""
    most_left: int = MOST_LEFT


@dataclass(frozen=True)
class Prepared:
    """What children of a fork server have in common, made before the first of them."""

    confinement: Confinement
    handled: tuple[int, ...]
    """Signals that the server has handlers for."""


def prepare(readable: Sequence[str]) -> Prepared:
    """In the fork server; ``readable`` is what children may read."""
    others = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}
    handled = tuple(
        int(number) for number in others if callable(signal.getsignal(number))
    )
    return Prepared(Confinement(readable), handled)


def run_calls(reading: int, writing: int, server: int, prepared: Prepared) -> None:
    """Carry out the call that comes to be read, and write what becomes of it; then
    further ones, where this child may stay for them.

    All that does not depend on the call is done before it comes, which may be long
    after. Where none comes this ends.
    """
    missing = take_own_uid()
    _die_with(server)  # not before: another uid forgets it
    _reset_signals(prepared.handled)
    with open(reading, "rb") as stream:
        try:
            confining = prepared.confinement.begin()
            call = _next_call(stream)
            if call is None:
                return
            if call.bounds.folders:
                tempfile.tempdir = os.environ["TMPDIR"] = str(call.bounds.folders[0])
            missing += confining.take_effect(call.bounds, call.most_calls)
        except Exception as error:  # nothing of the input was read: no fault of its
            _send(writing, _raised(error))
            return
        if call.most_calls == 1:
            stream.close()
            _carry_out(call, missing, writing)
            return
        before = memory_in_use()
        _carry_out(call, missing, writing)
        for _ in range(1, call.most_calls):
            if max(map(sub, memory_in_use(), before)) > call.most_left:
                return
            further = _next_call(stream)
            if further is None:
                return
            renew_seconds(further.bounds)
            _carry_out(further, [], writing)


def _next_call(stream: BufferedReader) -> Call | None:
    """None where there is no further one."""
    return pickle.load(stream) if stream.peek(1) else None


def _carry_out(call: Call, missing: list[str], writing: int) -> None:
    _send(writing, Started(missing))
    try:
        with steps_told() if call.tells_steps else nullcontext() as steps:
            outcome = _outcome(call, writing)
        if steps is not None:
            _send(writing, Stepped(steps.told()))
        _send(writing, outcome)
    except MemoryError:
        _send(writing, OutOfMemory())


def _outcome(call: Call, writing: int) -> Message:
    def report(progress: object) -> None:
        _send(writing, Reported(encoded(progress)))

    args = (*call.args, report) if call.reports else call.args
    try:
        return Returned(encoded(call.function(*args)))
    except MemoryError:
        return OutOfMemory()
    except InvalidInput as error:
        name = type(error).__name__
        return Refused(name, error.code, error.message, error.where)
    except Exception as error:  # whatever it is, the parent is to know it
        return _raised(error)


def _raised(error: Exception) -> Raised:
    return Raised("".join(traceback.format_exception(error)))


def _send(writing: int, message: Message) -> None:
    view = memoryview(framed(message))
    while view:
        view = view[os.write(writing, view) :]


def _die_with(server: int) -> None:
    """Let the kernel kill this child when the fork server ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server:  # it ended before that
        os._exit(1)


def _reset_signals(handled: Sequence[int]) -> None:
    for number in handled:
        signal.signal(number, signal.SIG_DFL)
    # A file over its size ends the child, rather than be taken for a full disk.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # ^C reaches the whole group; whether the call goes on is the parent's decision
    signal.signal(signal.SIGINT, signal.SIG_IGN)
