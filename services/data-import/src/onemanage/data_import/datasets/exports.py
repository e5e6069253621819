"""Exporting a data set to one file in object storage."""

from pathlib import Path

from onemanage.contracts.base import artifacts_prefix, utc_now
from onemanage.contracts.datasets.datasets import (
    DatasetColumn,
    DatasetExport,
    ExportSpec,
)
from onemanage.contracts.datasets.tasks import ExportDataset
from onemanage.data_import.datasets.datasets import Datasets, NoDataset, Reading
from onemanage.data_import.datasets.snapshots import gone
from onemanage.data_import.datasets.store import MadeStore
from onemanage.data_import.domain.export_format import (
    MAX_ROWS,
    MEDIA_TYPES,
    open_ended,
    too_many_rows,
)
from onemanage.data_import.domain.row_pages import InvalidRows, chosen
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.job import Job, Jobs, Report
from onemanage.platform.tasks import InvalidInput

_WRITE_TABLE = ChildFunction(
    "onemanage.data_import.domain.export:write_table", int, int
)


class Exports:
    """Everything is written under keys made from task and run: a repeat rewrites it."""

    def __init__(self, jobs: Jobs, datasets: Datasets, made: MadeStore) -> None:
        self._jobs, self._storage = jobs, jobs.storage
        self._datasets, self._made = datasets, made

    async def export(self, command: ExportDataset, report: Report) -> DatasetExport:
        """Raises InvalidInput for what cannot be exported."""
        try:
            return await self._export(command, report)
        except NoDataset as error:
            raise gone(error) from None
        except InvalidRows as error:
            raise InvalidInput("export.invalid", str(error)) from error

    async def _export(self, command: ExportDataset, report: Report) -> DatasetExport:
        prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
        kind = _known(command.spec.format)
        name = f"export.{kind}"
        with self._jobs.begin(name) as job:
            source = (job.out / name) if kind == "csv" else (job.folder / "rows.csv")
            async with self._datasets.reading(
                command.workspace_id, command.dataset_id
            ) as reading:
                dataset = reading.dataset
                columns = await _columns(reading, command.spec)
                rows = await _copy(reading, command.spec, columns, source)
            if kind != "csv":
                endless = open_ended(dataset.columns)
                await _convert(job, source, kind, columns, endless, rows, report)
            stored = await job.upload(name, MEDIA_TYPES[kind], prefix + name)
        await self._storage.abort_unfinished(prefix)
        made = DatasetExport(
            export_id=command.export_id,
            dataset_id=command.dataset_id,
            workspace_id=command.workspace_id,
            task_id=command.task_id,
            spec=command.spec,
            file_name=f"{dataset.name}.{kind}",
            row_count=rows,
            size=stored.size,
            sha256=stored.sha256,
            media_type=stored.media_type,
            object_key=stored.key,
            created_at=utc_now(),
        )
        await self._made.save(made, dataset)
        return made


async def _convert(
    job: Job,
    source: Path,
    kind: str,
    columns: list[DatasetColumn],
    endless: frozenset[str],
    rows: int,
    report: Report,
) -> None:
    async def on_progress(done: int) -> None:
        await report("rows", done, rows)

    target = job.out / job.name
    await job.run(
        _WRITE_TABLE, source, target, kind, columns, endless, on_progress=on_progress
    )


def _known(kind: str) -> str:
    """Raises InvalidRows for what is no format of exports."""
    if kind not in MEDIA_TYPES:
        raise InvalidRows(
            f"Unknown format {kind!r}. Choose one of {', '.join(MEDIA_TYPES)}."
        )
    return kind


async def _columns(reading: Reading, spec: ExportSpec) -> list[DatasetColumn]:
    columns = chosen(reading.dataset.columns, spec.columns)
    return columns if spec.format == "csv" else await reading.with_digits(columns)


async def _copy(
    reading: Reading, spec: ExportSpec, columns: list[DatasetColumn], path: Path
) -> int:
    if (
        spec.format == "xlsx"
        and await reading.count(spec.filters, MAX_ROWS) >= MAX_ROWS
    ):
        raise too_many_rows()
    is_csv = spec.format == "csv"
    return await reading.copy_csv(
        path,
        columns,
        spec.filters,
        header=is_csv,
        guard_formulas=is_csv and spec.guard_formulas,
        byte_order_mark=is_csv and spec.byte_order_mark,
    )
