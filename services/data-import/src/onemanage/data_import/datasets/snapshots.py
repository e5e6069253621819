"""After an import: the table as Parquet in object storage, and its profile beside it."""

import msgspec

from onemanage.contracts.base import artifacts_prefix
from onemanage.contracts.datasets.datasets import (
    Cell,
    ColumnProfile,
    Dataset,
    DatasetProfile,
    DatasetSnapshot,
    DroppedDataset,
    ListRows,
)
from onemanage.contracts.datasets.tasks import DropDataset, SnapshotDataset
from onemanage.data_import.datasets.datasets import Datasets, NoDataset, Reading
from onemanage.data_import.datasets.store import MadeStore, folder_of
from onemanage.data_import.domain.export_format import MEDIA_TYPES, open_ended
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.job import Job, Jobs, Report
from onemanage.platform.tasks import InvalidInput

_MAKE_SNAPSHOT = ChildFunction(
    "onemanage.data_import.domain.snapshot:make_snapshot",
    list[ColumnProfile],
    tuple[str, int],
)
_TABLE = "snapshot.parquet"
_FIRST_ROWS = 20
_SHOWN = 200
"""Characters of a value among the first rows."""


def gone(error: NoDataset) -> InvalidInput:
    """As whoever asked for the task is told."""
    return InvalidInput("data_import.no_dataset", str(error), error.dataset_id)


class Snapshots:
    """Everything is written under keys made from task and run: a repeat rewrites it.

    The newest moment counts, whichever task ends last: so profile and previews follow
    the table also where imports and undos come quickly one after the other.
    """

    def __init__(self, jobs: Jobs, datasets: Datasets, made: MadeStore) -> None:
        self._jobs, self._storage = jobs, jobs.storage
        self._datasets, self._made = datasets, made

    async def snapshot(
        self, command: SnapshotDataset, report: Report
    ) -> DatasetSnapshot:
        """Raises InvalidInput where the data set is gone."""
        prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
        with self._jobs.begin(command.dataset_id) as job:
            try:
                made = await self._snapshot(command, prefix, job, report)
            except NoDataset as error:
                raise gone(error) from None
        await self._storage.abort_unfinished(prefix)
        await self._discard_superseded(command.dataset_id)
        return made

    async def drop(self, command: DropDataset) -> DroppedDataset:
        """Table and row at once, then the objects that were made of it.

        Previews go with the event of it. Safe to repeat from any point.
        """
        await self._made.drop(
            command.workspace_id, command.dataset_id, command.created_at
        )
        await self._discard_superseded(command.dataset_id)
        return DroppedDataset(dataset_id=command.dataset_id, name=command.name)

    async def _discard_superseded(self, dataset_id: str) -> None:
        old = await self._made.superseded(dataset_id)
        for made in old:
            await self._storage.delete_prefix(folder_of(made))
        await self._made.forget(old)

    async def _snapshot(
        self, command: SnapshotDataset, prefix: str, job: Job, report: Report
    ) -> DatasetSnapshot:
        source = job.folder / "rows.csv"
        async with self._datasets.reading(
            command.workspace_id, command.dataset_id
        ) as reading:
            dataset, taken_at = reading.dataset, reading.taken_at
            job.name = dataset.name
            first_rows = await _first_rows(reading)
            columns = await reading.with_digits(dataset.columns)
            rows = await reading.copy_csv(source, columns)

        async def on_progress(step: tuple[str, int]) -> None:
            name, done = step
            await report(name, done, rows if name == "rows" else len(columns))

        profiles = await job.run(
            _MAKE_SNAPSHOT,
            source,
            job.out / _TABLE,
            columns,
            open_ended(dataset.columns),
            on_progress=on_progress,
        )
        profile = DatasetProfile(
            dataset_id=dataset.dataset_id,
            name=dataset.name,
            import_id=command.import_id,
            taken_at=taken_at,
            row_count=rows,
            columns=profiles,
            first_rows=first_rows,
        )
        made = await self._store(command, prefix, dataset, profile, job)
        await self._made.save(made, dataset)
        return made

    async def _store(
        self,
        command: SnapshotDataset,
        prefix: str,
        dataset: Dataset,
        profile: DatasetProfile,
        job: Job,
    ) -> DatasetSnapshot:
        """Table and profile, under keys that begin with ``prefix``."""
        parquet = await job.upload(_TABLE, MEDIA_TYPES["parquet"], prefix + _TABLE)
        data = msgspec.json.encode(profile)
        key = f"{prefix}profile.json"
        await self._storage.put_bytes(key, data, "application/json")
        return _made(command, dataset, profile, parquet.key, parquet.size, key)


async def _first_rows(reading: Reading) -> list[list[Cell]]:
    dataset = reading.dataset
    if not dataset.columns:
        return []
    query = ListRows(
        workspace_id=dataset.workspace_id,
        dataset_id=dataset.dataset_id,
        limit=_FIRST_ROWS,
    )
    page = await reading.page(query)
    return [
        [value[:_SHOWN] if isinstance(value, str) else value for value in row]
        for row in page.rows
    ]


def _made(
    command: SnapshotDataset,
    dataset: Dataset,
    profile: DatasetProfile,
    snapshot_key: str,
    snapshot_size: int,
    profile_key: str,
) -> DatasetSnapshot:
    return DatasetSnapshot(
        dataset_id=dataset.dataset_id,
        workspace_id=dataset.workspace_id,
        name=dataset.name,
        import_id=command.import_id,
        task_id=command.task_id,
        taken_at=profile.taken_at,
        row_count=profile.row_count,
        column_count=len(profile.columns),
        snapshot_key=snapshot_key,
        snapshot_size=snapshot_size,
        profile_key=profile_key,
    )
