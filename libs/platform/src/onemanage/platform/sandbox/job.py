"""One job of a service: fetch its inputs, work on them in children, store what they make.

    with jobs.begin("poster.psd", prefix) as job:
        source = await job.fetch(file_key, "source", file_missing(file_id))
        async with job.uploads() as upload:
            made = await job.run(work, source, job.out)
            await upload(made.path, made.media_type)

A child reads and writes the folder of its job, and no other.
"""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anyio import Semaphore, create_task_group

from onemanage.contracts.invalid_input import InvalidInput
from onemanage.platform.process.attempts import is_first_attempt
from onemanage.platform.process.telemetry import span
from onemanage.platform.sandbox.invalid_input import Words, as_invalid_input
from onemanage.platform.sandbox.rooms import Room
from onemanage.platform.sandbox.sandbox import Sandbox, made_in
from onemanage.platform.storage.storage import ObjectMissing, Storage
from onemanage.platform.storage.writing import StoredObject

type Report = Callable[[str, int, int], Awaitable[None]]
"""A step, how far it is, and how far it goes; what ``Progress.report`` takes besides is
a task's own wish."""
type Upload = Callable[[str, str], Awaitable[None]]
"""Store the file of this name, which is finished in ``out``, as this media type."""

AT_ONCE = 4
"""Objects that a job reads or writes at a time: each takes its part in memory."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """What the jobs of a service have in common."""

    storage: Storage
    sandbox: Sandbox
    words: Words
    """For what ends a child, and is its input's fault."""
    seconds: float
    """That one child may run."""

    def blaming(self, name: str) -> AbstractContextManager[None]:
        """Inside, a child that its input ``name`` has ended is InvalidInput.

        For what runs children in a way of its own; a job says so by itself.
        """
        return as_invalid_input(self.words, name)

    @contextmanager
    def begin(
        self, name: str, prefix: str = "", owner: str = "", most_calls: int = 1
    ) -> Iterator["Job"]:
        """A job whose folder goes with it.

        ``name`` is the input's, for its sender; ``prefix`` is of the keys of what is
        uploaded. Of ``most_calls`` over one, the child that carries it out may carry out
        others of this ``owner``, one after the other.
        """
        if most_calls > 1:
            with self.sandbox.room(owner, most_calls) as room:
                yield Job(self, room.folder, name, prefix, room)
            return
        with tempfile.TemporaryDirectory() as folder:
            yield Job(self, Path(folder).resolve(), name, prefix)


class Job:
    """``folder`` is for what is fetched; ``out``, below it, for what children make.

    ``name`` is the input's; it may be given later, where it is found out on the way.
    """

    def __init__(
        self,
        jobs: Jobs,
        folder: Path,
        name: str,
        prefix: str,
        room: Room | None = None,
    ) -> None:
        self._jobs, self._storage, self._room = jobs, jobs.storage, room
        self.name, self._prefix = name, prefix
        self.folder, self.out = folder, folder / "out"
        self.out.mkdir()

    async def fetch(self, key: str, name: str, missing: InvalidInput) -> Path:
        """The object, as a file of this name in the folder; ``missing`` is raised where
        there is none any more."""
        path = self.folder / name
        try:
            with span("fetch"):
                await self._storage.get_file(key, path)
        except ObjectMissing:
            raise missing from None
        return path

    async def run[R](
        self,
        function: Callable[..., R],
        *args: object,
        on_progress: Callable[[Any], Awaitable[None]] | None = None,
    ) -> R:
        """The function's value, of a child that is described at ``Sandbox.run``.

        Raises InvalidInput where the input has taken the child too long, too much
        memory or down, and what the function refuses.
        """
        with self._jobs.blaming(self.name):
            return await self._jobs.sandbox.run(
                function,
                *args,
                timeout=self._jobs.seconds,
                folders=[self.folder],
                on_progress=on_progress,
                room=self._room,
            )

    async def upload(self, name: str, media_type: str, key: str) -> StoredObject:
        """Store the file that a child has made in ``out``, and delete it there."""
        path = made_in(self.out, name)
        with span("upload"):
            stored = await self._storage.put_file(key, path, media_type)
        path.unlink()
        return stored

    @asynccontextmanager
    async def uploads(self) -> AsyncIterator[Upload]:
        """Inside, files are stored under the prefix while work goes on; all are at the
        end. Whoever has one more than a few at once waits, rather than fill the disk.

        What fails first ends the rest, and is raised as it is.
        """
        slots = Semaphore(AT_ONCE)

        async def store(name: str, media_type: str) -> None:
            try:
                await self.upload(name, media_type, self._prefix + name)
            finally:
                slots.release()

        try:
            async with create_task_group() as group:

                async def upload(name: str, media_type: str) -> None:
                    await slots.acquire()
                    group.start_soon(store, name, media_type)

                yield upload
        except ExceptionGroup as failures:
            raise failures.exceptions[0]
        # An attempt before this one may have lost its worker in the middle of an upload.
        if not is_first_attempt():
            await self._storage.abort_unfinished(self._prefix)


def file_missing(file_id: str, what: str = "The file") -> InvalidInput:
    """For an upload that is no longer there."""
    text = f"{what} is no longer stored. Upload it again."
    return InvalidInput("file.missing", text, file_id)
