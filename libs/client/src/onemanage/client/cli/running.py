"""The loop of one command, and what a Ctrl-C does to it."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from onemanage.client.cli.exits import Exit

T = TypeVar("T")
_ENDINGS = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}


class Interrupted(Exception):
    """A signal has ended the command; ``exit`` says by which."""

    def __init__(self, exit: Exit) -> None:
        self.exit = exit
        super().__init__("Interrupted.")


class Loop:
    """Runs one coroutine. The first Ctrl-C cancels it and lets it clear up; the second
    leaves at once, after the ``last_words``."""

    def __init__(self, last_words: Callable[[], list[str]] = list) -> None:
        self._last_words = last_words
        self._caught: list[signal.Signals] = []

    def run(self, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Raises what it raises, or Interrupted."""
        try:
            asyncio.run(self._guarded(main))
        except (asyncio.CancelledError, KeyboardInterrupt):
            caught = self._caught[0] if self._caught else signal.SIGINT
            raise Interrupted(_ENDINGS[caught]) from None

    async def _guarded(self, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        task = asyncio.ensure_future(main())
        loop = asyncio.get_running_loop()

        def caught(which: signal.Signals) -> None:
            if self._caught:
                self._leave(_ENDINGS[which])
            self._caught.append(which)
            _say("Interrupted; clearing up. Ctrl-C again leaves at once.")
            task.cancel()

        for which in _ENDINGS:
            with suppress(NotImplementedError):  # Windows: KeyboardInterrupt comes
                loop.add_signal_handler(which, caught, which)
        try:
            await task
        finally:
            if self._caught and not task.cancelled():
                # It was through by then, or has made another error of it.
                task.exception()
                raise asyncio.CancelledError

    def _leave(self, exit: Exit) -> None:
        show_cursor = "\x1b[?25h" if sys.stderr.isatty() else ""
        lines = ["Left at once.", *self._last_words()]
        with suppress(OSError, ValueError):
            sys.stderr.write(show_cursor + "\n".join(lines) + "\n")
            sys.stderr.flush()
        os._exit(exit)


def _say(text: str) -> None:
    """To a person alone."""
    if sys.stderr.isatty():
        sys.stderr.write(text + "\n")


async def settled(work: Awaitable[T], seconds: float = 5.0) -> T:
    """Its result; where this is cancelled meanwhile, after a moment more for it.

    For short requests that change something: it is better known than guessed what
    became of them. Raises CancelledError where the moment was not enough.
    """
    inner = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(inner)
    except asyncio.CancelledError:
        if inner.cancelled():
            raise
        done, _ = await asyncio.wait({inner}, timeout=seconds)
        if not done:
            inner.cancel()
            raise
        raise Settled(inner) from None


class Settled(asyncio.CancelledError):
    """This was cancelled, and the work that it waited for was through by then."""

    def __init__(self, work: "asyncio.Future[Any]") -> None:
        self.work = work
        super().__init__()


@contextmanager
def waiting_for_people() -> Iterator[None]:
    """A Ctrl-C raises KeyboardInterrupt at once, where somebody is asked.

    The loop stands still meanwhile: nothing else goes on in a command that asks.
    """
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except EOFError:
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGINT, before)


def answer(question: str) -> str:
    """What somebody types. A Ctrl-C or the end of input raises KeyboardInterrupt."""
    with waiting_for_people():
        sys.stderr.write(question)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise EOFError
    return line.strip()
