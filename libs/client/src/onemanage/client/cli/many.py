"""A run over files: some at once, a line for each, a summary, and a journal.

One file that is bad does not hold up the others. What would be the same with every one,
as no server or a wrong key, ends the run.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onemanage.client.cli import text
from onemanage.client.cli.errors import exit_of, is_hopeless, record_of, told
from onemanage.client.cli.exits import CommandError, Exit, of_many
from onemanage.client.cli.inputs import Input
from onemanage.client.cli.journal import Entry, Journal, run_name, sweep
from onemanage.client.cli.profiles import state_folder
from onemanage.client.cli.progress import Bar, Bars, bars
from onemanage.client.cli.session import Cli

Record = dict[str, Any]


@dataclass(frozen=True)
class Done:
    """What came of one file, for programs and for people."""

    record: Record
    text: str
    exit: Exit = Exit.DONE
    is_on_stdout: bool = False
    """Its bytes are there, so nothing else may be."""


@dataclass
class Step:
    """One file on its way."""

    input: Input
    item: str
    """What the journal knows it by."""

    entry: Entry
    bar: Bar
    journal: Journal = field(repr=False)

    @property
    def name(self) -> str:
        """Of the file."""
        return self.input.name

    def known(self, what: str) -> str | None:
        """The id of what an earlier run has made."""
        return self.entry.steps.get(what)

    def key(self, what: str) -> str:
        """The Idempotency-Key of one request for this file."""
        return f"{self.entry.key}-{what}"

    def made(self, what: str, made: str) -> None:
        """Note an id that a step has made."""
        if self.entry.steps.get(what) != made:
            self.journal.step(self.item, what, made)

    def renew(self) -> None:
        """Forget what an earlier run has made, and order it anew."""
        self.entry = self.journal.begin(self.item, self.input.name)

    def dropped(self) -> None:
        """Note that nothing is left of it."""
        self.journal.dropped(self.item)


Each = Callable[[Step], Awaitable[Done]]


@dataclass
class Run:
    """What the options of a run over files say."""

    command: str
    jobs: int = 4
    again: bool = False
    journal: Path | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    """Those that make another run of it."""

    is_there: Callable[[Record], bool] = lambda record: True
    """Whether what an earlier run has made of a file still is."""

    def journal_path(self, server: str, key: str) -> Path:
        """Of this run at this server with this key."""
        if self.journal is not None:
            return self.journal
        folder = Path.cwd()
        name = run_name(
            server=server, key=key, folder=folder, command=self.command, **self.options
        )
        return state_folder() / "runs" / f"{name}.jsonl"


async def over(cli: Cli, run: Run, inputs: Sequence[Input], each: Each) -> None:
    """Do each, and end the command with what became of all."""
    entrance = cli.entrance()
    path = run.journal_path(entrance.server, entrance.key)
    if run.journal is None:
        sweep(path.parent)
    with Journal(path, again=run.again) as journal:
        with bars(cli.output.is_watched, len(inputs)) as shown:
            work = _Work(cli, run, journal, shown, each, list(inputs))
            try:
                await work.all()
            except (asyncio.CancelledError, BrokenPipeError):
                work.say_interrupted()
                raise
        work.summarize()


class _Work:
    def __init__(
        self,
        cli: Cli,
        run: Run,
        journal: Journal,
        shown: Bars,
        each: Each,
        inputs: list[Input],
    ) -> None:
        self._cli, self._run, self._journal = cli, run, journal
        self._bars, self._each, self._inputs = shown, each, inputs
        self._waiting = iter(inputs)
        self._begun = time.monotonic()
        self._exits: list[Exit] = []
        self._before = 0
        self._hopeless: Exception | None = None

    async def all(self) -> None:
        """Raises what is hopeless; CancelledError when every file was left in order."""
        count = min(self._run.jobs, len(self._inputs))
        workers = [asyncio.ensure_future(self._worker()) for _ in range(count)]
        try:
            await asyncio.gather(*workers)
        except asyncio.CancelledError:  # so are the workers, which clear up
            await asyncio.gather(*workers, return_exceptions=True)
            raise
        except BaseException:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            raise
        if self._hopeless is not None:
            raise self._hopeless

    def summarize(self) -> None:
        """The last line, where there were many; and the code of the command."""
        self._cli.end(of_many(self._exits))
        if len(self._inputs) > 1:
            self._cli.output.note(self._summary())

    def say_interrupted(self) -> None:
        """What stays to be done, and how."""
        left = len(self._inputs) - len(self._exits)
        if left:
            self._cli.output.warn(
                f"{len(self._exits)} of {len(self._inputs)} through. The same command"
                " goes on with the rest."
            )

    def _summary(self) -> str:
        counts = {
            "done": sum(exit in (Exit.DONE, Exit.PARTLY_DONE) for exit in self._exits),
            "done before": self._before,
        }
        counts["done"] -= self._before
        counts["failed"] = len(self._exits) - counts["done"] - self._before
        parts = [f"{count} {what}" for what, count in counts.items() if count]
        seconds = time.monotonic() - self._begun
        return f"{', '.join(parts)} in {text.duration(seconds)}"

    async def _worker(self) -> None:
        for item in self._waiting:
            if self._hopeless is not None:
                return
            self._exits.append(await self._one(item))
            self._bars.finished(len(self._exits))

    async def _one(self, input: Input) -> Exit:
        try:
            item = input.identity() if input.path else f"stdin {uuid.uuid4()}"
            entry = self._journal.entry(item)
            if entry and entry.result is not None and self._is_there(entry.result):
                return self._told_before(input, entry.result)
            if entry is None or entry.is_done:
                entry = self._journal.begin(item, input.name)
        except CommandError as error:
            return self._failed(input, error)
        with self._bar(input) as bar:
            step = Step(input, item, entry, bar, self._journal)
            try:
                done = await self._each(step)
            except Exception as error:
                if not _is_told(error):
                    raise
                return self._failed(input, error, step)
        record = {"file": _place(input), "state": "done", **done.record}
        self._journal.done(item, {**done.record, "exit": int(done.exit)})
        shown = text.shown(_place(input))
        if done.is_on_stdout:
            self._cli.output.note(f"{shown}: {done.text}")
        else:
            self._cli.output.line(record, f"{shown}: {done.text}")
        return done.exit

    @contextlib.contextmanager
    def _bar(self, input: Input) -> Iterator[Bar]:
        bar = self._bars.add(input.name)
        try:
            yield bar
        finally:
            bar.remove()

    def _is_there(self, record: Record) -> bool:
        return self._run.is_there(record)

    def _told_before(self, input: Input, result: Record) -> Exit:
        self._before += 1
        exit = Exit(result.pop("exit", Exit.DONE))
        record = {"file": _place(input), "state": "done_before", **result}
        self._cli.output.line(record, f"{text.shown(_place(input))}: done before")
        return exit

    def _failed(
        self, input: Input, error: Exception, step: "Step | None" = None
    ) -> Exit:
        if is_hopeless(error):
            self._hopeless = self._hopeless or error
            return exit_of(error)
        if step is not None:
            step.dropped()
        if self._cli.output.is_json:
            failed = {"state": "failed", "error": record_of(error)}
            self._cli.output.line({"file": _place(input), **failed}, "")
        else:
            self._cli.output.warn(f"{text.shown(_place(input))}: {told(error)}")
        return exit_of(error)


def _place(input: Input) -> str:
    return str(input.path) if input.path else "-"


def _is_told(error: Exception) -> bool:
    from onemanage.client.errors import OneManageError

    if isinstance(error, BrokenPipeError):
        return False
    return isinstance(error, (CommandError, OneManageError, OSError))
