"""Tasks that a command waits for, and what becomes of them at a Ctrl-C.

A task that this command has ordered itself is cancelled: nobody else waits for it. One
that was there before, or that could not be cancelled, is named with how to go on.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Protocol

from onemanage.client.cli.output import Output
from onemanage.client.cli.progress import Bar
from onemanage.client.cli.running import Settled, settled
from onemanage.client.cli.text import shown

if TYPE_CHECKING:
    from onemanage.client import AsyncOneManage

ENDED = ("completed", "failed", "cancelled")
SECONDS = 5.0
"""To cancel what is ours, and to let a short request end, after a Ctrl-C."""


class Notes(Protocol):
    """Where it is noted which task does what: the journal's step of one file."""

    @property
    def name(self) -> str:
        """Of what is worked on."""

    @property
    def bar(self) -> Bar:
        """Where it is drawn how far it is."""

    def known(self, what: str) -> str | None:
        """The id of what an earlier run has made."""

    def key(self, what: str) -> str:
        """The Idempotency-Key of the request that orders it."""

    def made(self, what: str, made: str) -> None:
        """Note an id."""

    def renew(self) -> None:
        """Forget what an earlier run has made: it is no good, and is ordered anew."""

    def dropped(self) -> None:
        """Note that nothing is left of it."""


class Orders:
    """Of one command."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._waiting: dict[str, str] = {}
        """Names of what is worked on, by their tasks."""

    def last_words(self) -> list[str]:
        """Of what goes on where this process leaves at once."""
        return [goes_on(task, name) for task, name in self._waiting.items()]

    async def done(
        self,
        client: "AsyncOneManage",
        notes: Notes,
        what: str,
        order: Callable[[str], Awaitable[Any]],
    ) -> Any:
        """The completed task that ``order`` has asked for, with the key it is given.

        Gone on with where an earlier run has ordered it. Raises TaskFailed.
        """
        known = notes.known(what)
        task = None if known is None else await _as_it_stands(client, known)
        if task is None:
            if known is not None:
                notes.renew()
            task = await self._placed(client, notes, what, order(notes.key(what)))
        if task.state == "completed":
            return task
        return await self._ended(client, notes, task)

    async def _placed(
        self, client: "AsyncOneManage", notes: Notes, what: str, order: Awaitable[Any]
    ) -> Any:
        try:
            task = await settled(order, SECONDS)
        except Settled as late:
            if late.work.exception() is None:
                task = late.work.result()
                notes.made(what, task.id)
                await self.give_up(client, task.id, notes.name, notes.dropped)
            raise
        notes.made(what, task.id)
        return task

    async def _ended(self, client: "AsyncOneManage", notes: Notes, task: Any) -> Any:
        self._waiting[task.id] = notes.name
        try:
            return await client.tasks.wait(task, on_progress=shows(notes.bar))
        except asyncio.CancelledError:
            await self.give_up(client, task.id, notes.name, notes.dropped)
            raise
        finally:
            self._waiting.pop(task.id, None)

    async def watched(self, client: "AsyncOneManage", task_id: str, bar: Bar) -> Any:
        """A task of somebody else, when it is completed. Raises TaskFailed."""
        self._waiting[task_id] = task_id
        try:
            return await client.tasks.wait(task_id, on_progress=shows(bar))
        finally:
            self._waiting.pop(task_id, None)

    async def give_up(
        self,
        client: "AsyncOneManage",
        task_id: str,
        name: str,
        dropped: Callable[[], None],
    ) -> None:
        """Cancel what nobody waits for any more; say so, or how to go on."""
        from onemanage.client.errors import OneManageError

        try:
            cancelled = client.tasks.cancel(task_id, wait=SECONDS)
            task = await asyncio.wait_for(cancelled, SECONDS + 1)
        except (OneManageError, asyncio.TimeoutError):
            self._output.warn(goes_on(task_id, name))
            return
        if task.state == "cancelled":
            dropped()
            self._output.warn(f"{shown(name)}: the task {task_id} is cancelled.")
        elif task.state == "completed":
            self._output.warn(f"{shown(name)}: the task {task_id} was done by then.")
        else:
            self._output.warn(goes_on(task_id, name))


async def _as_it_stands(client: "AsyncOneManage", task_id: str) -> Any:
    """The task, where something may still come of it."""
    from onemanage.client.errors import NotFound

    try:
        task = await client.tasks.get(task_id)
    except NotFound:
        return None
    return None if task.state in ("failed", "cancelled") else task


def shows(bar: Bar) -> Callable[[Any], None]:
    """Draws the progress of a task. Called with each that is told."""

    def show(progress: Any) -> None:
        update(bar, progress if isinstance(progress, dict) else progress.to_dict())

    return show


def update(bar: Bar, progress: dict[str, Any]) -> None:
    """Draw it: ``step``, ``done``, ``total``, and of an import how fast it is."""
    bar.update(
        str(progress.get("step", "")),
        int(progress.get("done") or 0),
        progress.get("total"),
        unit="rows" if progress.get("step") == "rows" else "",
        per_second=progress.get("per_second"),
        seconds_left=progress.get("seconds_left"),
    )


def goes_on(task_id: str, name: str) -> str:
    """That the task is not ended by this command's end."""
    of = "" if name == task_id else f"{shown(name)}: "
    return (
        f"{of}the task {task_id} goes on. See: onemanage tasks watch {task_id};"
        f" stop it: onemanage tasks cancel {task_id}"
    )
