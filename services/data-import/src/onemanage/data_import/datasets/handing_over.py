"""Handing rows over to another service: of a data set, or of a file as it is."""

from onemanage.contracts.base import artifacts_prefix
from onemanage.contracts.datasets.handing_over import HandedOverRows, HandOverRows
from onemanage.contracts.imports.sources import FileSource
from onemanage.data_import.datasets.datasets import Datasets, NoDataset
from onemanage.data_import.datasets.snapshots import gone
from onemanage.data_import.domain.export_format import MEDIA_TYPES
from onemanage.data_import.domain.handed_over import HandedOver, too_many
from onemanage.data_import.domain.row_pages import InvalidRows, chosen
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.job import Job, Jobs, Report, file_missing
from onemanage.platform.tasks import InvalidInput

_OF_FILE = ChildFunction(
    "onemanage.data_import.domain.handing_over:hand_over_file", HandedOver, int
)
_OF_TABLE = ChildFunction(
    "onemanage.data_import.domain.handing_over_tables:hand_over_table", int, int
)
_NAME = "rows.parquet"
_STEP = "rows"


class HandingOver:
    """Everything is written under keys made from task and run: a repeat rewrites it.

    Who is given the rows deletes them; nothing here remembers them.
    """

    def __init__(self, sources: Jobs, tables: Jobs, datasets: Datasets) -> None:
        self._sources, self._tables, self._datasets = sources, tables, datasets

    async def hand_over(self, command: HandOverRows, report: Report) -> HandedOverRows:
        """Raises InvalidInput for what is no table, what is not there any more, and
        more rows than are wanted."""
        if command.source is not None:
            return await self._of_file(command, command.source, report)
        try:
            return await self._of_table(command, command.dataset_id or "", report)
        except NoDataset as error:
            raise gone(error) from None
        except InvalidRows as error:
            raise InvalidInput("hand_over.invalid", str(error)) from error

    async def _of_file(
        self, command: HandOverRows, source: FileSource, report: Report
    ) -> HandedOverRows:
        with self._sources.begin(source.file_name) as job:
            missing = file_missing(source.file_id)
            path = await job.fetch(source.file_key, "source", missing)

            async def on_progress(done: int) -> None:
                await report(_STEP, done, 0)

            target, asked = job.out / _NAME, (command.columns, command.most_rows)
            made = await job.run(
                _OF_FILE, path, target, *asked, on_progress=on_progress
            )
            return await _stored(job, command, made, source.file_name)

    async def _of_table(
        self, command: HandOverRows, dataset_id: str, report: Report
    ) -> HandedOverRows:
        most = command.most_rows
        with self._tables.begin(_NAME) as job:
            async with self._datasets.reading(
                command.workspace_id, dataset_id
            ) as reading:
                if most and await reading.count(command.filters, most + 1) > most:
                    raise too_many(most)
                columns = chosen(reading.dataset.columns, command.columns)
                source = job.folder / "rows.csv"
                rows = await reading.copy_csv(source, columns, command.filters)
                name = reading.dataset.name

            async def on_progress(done: int) -> None:
                await report(_STEP, done, rows)

            names = [column.name for column in columns]
            target = job.out / _NAME
            await job.run(_OF_TABLE, source, target, names, on_progress=on_progress)
            return await _stored(job, command, HandedOver(rows, names), name)


async def _stored(
    job: Job, command: HandOverRows, made: HandedOver, name: str
) -> HandedOverRows:
    prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
    stored = await job.upload(_NAME, MEDIA_TYPES["parquet"], prefix + _NAME)
    return HandedOverRows(
        object_key=stored.key,
        row_count=made.rows,
        columns=made.columns,
        size=stored.size,
        name=name,
    )
