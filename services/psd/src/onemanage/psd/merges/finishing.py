"""Ending a merge: the manifest, the rejects and a contact sheet."""

from pathlib import Path

import msgspec

from onemanage.contracts.base import utc_now
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.psd.documents import ImageFile
from onemanage.contracts.psd.merges import (
    MAX_SHEET,
    FinishMerge,
    Merge,
    MergedRow,
    RowError,
    files_prefix,
)
from onemanage.platform.process.gather import gather_few
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.job import AT_ONCE, Job, Jobs, Report
from onemanage.psd.domain.document import ExportedImage
from onemanage.psd.domain.merges.written import (
    MANIFEST_CSV,
    MANIFEST_PARQUET,
    REJECTS_CSV,
    ToldRow,
    Written,
)
from onemanage.psd.images import image_file
from onemanage.psd.store import Store

_WRITE = ChildFunction("onemanage.psd.domain.merges.manifest:write_files", Written)
_SHEET = ChildFunction("onemanage.psd.domain.merges.sheet:contact_sheet", ExportedImage)
_PAGE = 1000
_CSV, _PARQUET = "text/csv; charset=utf-8", "application/vnd.apache.parquet"
_WEBP = "image/webp"
_STEP = "files"


class Finishing:
    """Everything is written under keys made from merge and run: a repeat rewrites it."""

    def __init__(self, store: Store, jobs: Jobs) -> None:
        self._store, self._jobs = store, jobs

    async def finish(self, command: FinishMerge, report: Report) -> Merge:
        """Raises InvalidInput where the rows could not be looked through: with what was
        wrong then."""
        if command.chunks is None:
            raise _refused(command)
        merge = await self._store.merges.known(command.workspace_id, command.merge_id)
        await self._store.merges.reject_waiting(merge.merge_id, _not_made(command))
        prefix = files_prefix(command.workspace_id, merge.merge_id, command.run)
        with self._jobs.begin(merge.merge_id, prefix) as job:
            await report(_STEP, 0, 2)
            shown = await self._write(job, merge, prefix)
            await report(_STEP, 1, 2)
            sheet = await self._sheet(job, shown, prefix) if shown else None
        finished = msgspec.structs.replace(
            merge,
            contact_sheet=sheet,
            manifest_key=prefix + MANIFEST_CSV,
            rejects_key=prefix + REJECTS_CSV,
            finished_at=utc_now(),
        )
        await self._store.merges.finish(finished)
        await report(_STEP, 2, 2)
        counted = await self._store.merges.get(merge.workspace_id, merge.merge_id)
        return counted or finished

    async def _write(self, job: Job, merge: Merge, prefix: str) -> list[MergedRow]:
        """The first rows that have a picture."""
        path, shown = job.folder / "rows.jsonl", list[MergedRow]()
        with path.open("wb") as lines:
            after, is_more = 0, True
            while is_more:
                page = await self._store.merges.rows(merge.merge_id, after, _PAGE)
                cells = await self._store.merges.cells(merge.merge_id, after, _PAGE)
                for row in page.items:
                    told = ToldRow(row=row, cells=cells[row.number])
                    lines.write(msgspec.json.encode(told) + b"\n")
                shown += [row for row in page.items if row.images]
                del shown[MAX_SHEET:]
                after, is_more = after + _PAGE, page.has_more
        given = merge.columns, len(merge.spec.outputs)
        await job.run(_WRITE, path, job.out, *given)
        for name, kind in (
            (MANIFEST_CSV, _CSV),
            (MANIFEST_PARQUET, _PARQUET),
            (REJECTS_CSV, _CSV),
        ):
            await job.upload(name, kind, prefix + name)
        return shown

    async def _sheet(self, job: Job, rows: list[MergedRow], prefix: str) -> ImageFile:
        async def fetch(row: MergedRow) -> tuple[Path, str]:
            smallest = min(row.images, key=lambda image: image.width * image.height)
            gone = InvalidInput(
                "merge.picture_gone", "A picture is not stored any more."
            )
            name = f"picture-{row.number}"
            return await job.fetch(smallest.object_key, name, gone), row.name

        pictures = await gather_few(fetch, [(row,) for row in rows], AT_ONCE)
        made = await job.run(_SHEET, pictures, job.out)
        await job.upload(made.path, _WEBP, prefix + made.path)
        return image_file(made, prefix, _WEBP)


def _refused(command: FinishMerge) -> InvalidInput:
    error = command.error
    if error is not None:
        return InvalidInput(error.code, error.message, error.where)
    text = "The rows were not looked through, as that was cancelled."
    return InvalidInput("merge.cancelled", text)


def _not_made(command: FinishMerge) -> RowError:
    """Of rows whose chunk has ended without a result."""
    error = command.error
    if error is not None:
        return RowError(code=error.code, message=error.message)
    text = "The task that this row was in was cancelled."
    return RowError(code="merge.cancelled", message=text)
