"""Making the pictures of a chunk of a merge, such as are not there yet."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from anyio import Semaphore, create_task_group, to_thread
from loguru import logger

from onemanage.contracts.imaging.quick import QuickSource
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.psd.merge_pictures import NamedPicture
from onemanage.contracts.psd.merges import (
    Merge,
    MergedImage,
    MergedRows,
    MergeRows,
    RowError,
    picture_prefix,
)
from onemanage.contracts.psd.templates import Slot, Template
from onemanage.platform.process.figures import RENDERS
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.job import (
    AT_ONCE,
    Job,
    Jobs,
    Report,
    file_missing,
)
from onemanage.platform.storage.quick_sources import cached_object, copy_files
from onemanage.platform.storage.source_cache import SourceCache
from onemanage.platform.storage.storage import Storage
from onemanage.psd.domain.document import ExportedImage, Limits
from onemanage.psd.domain.formats import ENDINGS, MEDIA_TYPES
from onemanage.psd.domain.merges.cells import RowValues, row_values
from onemanage.psd.domain.templates.rows import FilledRow, Filling, Rejection, Row
from onemanage.psd.merges.pictures import PictureMissing, Pictures
from onemanage.psd.merges.store import Todo
from onemanage.psd.quick import TemplateFiles
from onemanage.psd.slot_fonts import needed
from onemanage.psd.store import Store

_FILL: ChildFunction[int] = ChildFunction(
    "onemanage.psd.domain.templates.fill:fill_rows", int, FilledRow
)
_CHUNKS_OF_A_CHILD = 50
"""Carried out by one child, which keeps what it has compiled."""
_OF_ONE_ROW = ("merge.too_slow", "merge.too_large", "merge.unreadable")
"""What ends a child by the row that it has in hand."""
_STEP = "pictures"


class Making:
    """A picture is stored whole before its row says so: a chunk that is repeated makes
    what is left."""

    def __init__(
        self,
        storage: Storage,
        store: Store,
        jobs: Jobs,
        limits: Limits,
        cache: SourceCache | None,
        pictures: Pictures,
    ) -> None:
        self._storage, self._store, self._jobs = storage, store, jobs
        self._limits, self._cache, self._pictures = limits, cache, pictures

    async def make(self, command: MergeRows, report: Report) -> MergedRows:
        """Raises InvalidInput for what concerns all of them."""
        merge = await self._store.merges.known(command.workspace_id, command.merge_id)
        todo = await self._store.merges.todo(merge.merge_id, command.chunk)
        done = _Done(self._store, merge, todo, report)
        if todo:
            template = await self._template(merge)
            with self._jobs.begin(
                template.file_name,
                owner=f"merge {merge.workspace_id}",
                most_calls=_CHUNKS_OF_A_CHILD,
            ) as job:
                await self._make(job, merge, template, done)
        RENDERS.add("merge", by=done.made)
        return MergedRows(
            merge_id=merge.merge_id,
            chunk=command.chunk,
            made=done.made,
            rejected=done.rejected,
            pixels=done.pixels,
        )

    async def _template(self, merge: Merge) -> Template:
        found = await self._store.templates.get(
            merge.workspace_id, merge.template_id, merge.template_revision
        )
        if found is None:
            text = "The template is not there any more."
            raise InvalidInput("merge.no_template", text, merge.template_id)
        return found

    async def _make(
        self, job: Job, merge: Merge, template: Template, done: "_Done"
    ) -> None:
        filling = await self._filling(job, template)
        rows = await self._rows(job, merge, template, done)
        outputs = merge.spec.outputs
        async with create_task_group() as group:
            slots = Semaphore(AT_ONCE)

            async def store(filled: FilledRow) -> None:
                try:
                    await done.store(job, filled)
                finally:
                    slots.release()

            async def on_progress(filled: FilledRow) -> None:
                if done.begin(filled.number):
                    await slots.acquire()
                    group.start_soon(store, filled)

            while left := [row for row in rows if row.number not in done.begun]:
                before = len(done.begun)
                try:
                    await job.run(
                        _FILL, filling, left, outputs, job.out, on_progress=on_progress
                    )
                except InvalidInput as error:
                    if error.code not in _OF_ONE_ROW or _is_of_all(error, done, before):
                        raise
                    await done.blame(left, error)

    async def _filling(self, job: Job, template: Template) -> Filling:
        fonts = await self._store.fonts.all(template.workspace_id)
        files = TemplateFiles(template, needed(template, fonts))
        for source, copy in files.copies(job.folder):
            await self._copy(source, copy)
        return files.filling(job.folder, self._limits)

    async def _copy(self, source: QuickSource, copy: Path) -> None:
        """Each chunk works on copies of its own; the worker's disk has them."""
        assert self._cache is not None  # a worker has one
        async with cached_object(self._cache, self._storage, source) as path:
            await to_thread.run_sync(copy_files, {path: copy})

    async def _rows(
        self, job: Job, merge: Merge, template: Template, done: "_Done"
    ) -> list[Row]:
        """Those whose pictures are at hand; others are rejected here."""
        given = {one.number: _values(merge, template.slots, one) for one in done.todo}
        wanted = {name for one in given.values() for name in one.pictures.values()}
        own = merge.workspace_id, merge.task_id
        at_hand = await self._pictures.fetched(job, *own, wanted)
        done.pixels += at_hand.pixels
        rows = []
        for one in done.todo:
            values = given[one.number]
            try:
                rows.append(_row(one, values, at_hand.files, merge))
            except _NoPicture as missing:
                await done.reject(one.number, missing.error)
        return rows


class _NoPicture(Exception):
    def __init__(self, column: str, why: PictureMissing) -> None:
        super().__init__(why.message)
        self.error = RowError(code=why.code, message=why.message, column=column)


class _Done:
    """What has become of the chunk's pictures so far."""

    def __init__(
        self, store: Store, merge: Merge, todo: Sequence[Todo], report: Report
    ) -> None:
        self._store, self._merge, self._report = store, merge, report
        self.todo = todo
        self._ids = {one.number: one.picture_id for one in todo}
        self.begun: set[int] = set()
        self.made = self.rejected = self.pixels = 0

    def begin(self, number: int) -> bool:
        """False where a child before this one had it ready."""
        is_new = number not in self.begun
        self.begun.add(number)
        return is_new

    async def store(self, job: Job, filled: FilledRow) -> None:
        """Its images, then that they are there; or why there are none."""
        if filled.rejection is not None:
            await self.reject(filled.number, _row_error(filled.rejection, self._merge))
            return
        picture_id = self._ids[filled.number]
        own = self._merge.workspace_id, self._merge.merge_id
        prefix = picture_prefix(*own, picture_id)
        formats = [output.format for output in self._merge.spec.outputs]
        images = []
        for number, image in enumerate(filled.images, 1):
            kind = formats[number - 1]
            key = f"{prefix}{number}.{ENDINGS[kind]}"
            await job.upload(image.path, MEDIA_TYPES[kind], key)
            images.append(_image(image, number, kind, key))
            self.pixels += image.width * image.height
        await self._store.merges.made(self._merge, picture_id, images, filled.warnings)
        self.made += 1
        await self._tell()

    async def reject(self, number: int, error: RowError) -> None:
        """Of the rows that want this picture."""
        self.begun.add(number)
        merge_id = self._merge.merge_id
        await self._store.merges.rejected(merge_id, self._ids[number], error)
        self.rejected += 1
        await self._tell()

    async def blame(self, left: Sequence[Row], error: InvalidInput) -> None:
        """The row that the child had in hand when it ended: the first that is not
        there."""
        row = next(one for one in left if one.number not in self.begun)
        logger.warning("Row {} has ended its child: {}", row.number, error.message)
        told = RowError(code=error.code, message=error.message)
        await self.reject(row.number, told)

    async def _tell(self) -> None:
        await self._report(_STEP, self.made + self.rejected, len(self.todo))


def _is_of_all(error: InvalidInput, done: _Done, before: int) -> bool:
    """Nothing has been made since the row before was blamed: it is the template."""
    return len(done.begun) == before and done.rejected > 0 and done.made == 0


def _values(merge: Merge, slots: Sequence[Slot], one: Todo) -> RowValues:
    cells = dict(zip(merge.columns, one.cells, strict=True))
    return row_values(slots, merge.slots, cells, on_empty=merge.spec.on_empty)


def _row(
    one: Todo,
    values: RowValues,
    at_hand: Mapping[NamedPicture, Path | PictureMissing],
    merge: Merge,
) -> Row:
    """Raises _NoPicture."""
    pictures: dict[str, Path] = {}
    for slot, name in values.pictures.items():
        found = at_hand[name]
        if isinstance(found, PictureMissing):
            raise _NoPicture(merge.slots[slot], found)
        pictures[slot] = found
    names = tuple(
        f"{one.number}-{number}.{ENDINGS[output.format]}"
        for number, output in enumerate(merge.spec.outputs, 1)
    )
    return Row(number=one.number, values=values.values, pictures=pictures, names=names)


def _row_error(rejection: Rejection, merge: Merge) -> RowError:
    return RowError(
        code=rejection.code,
        message=rejection.message,
        column=merge.slots.get(rejection.slot),
    )


def _image(image: ExportedImage, number: int, kind: str, key: str) -> MergedImage:
    return MergedImage(
        name=f"{number}.{ENDINGS[kind]}",
        object_key=key,
        media_type=MEDIA_TYPES[kind],
        width=image.width,
        height=image.height,
        size=image.size,
        sha256=image.sha256,
        crc32=image.crc32,
    )
