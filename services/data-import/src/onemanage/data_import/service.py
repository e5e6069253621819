"""The data-import service's use cases: fetch, domain, store, return the result."""

from onemanage.data_import.datasets import Datasets
from onemanage.data_import.exports import Exports
from onemanage.data_import.made import MadeStore
from onemanage.data_import.snapshots import Snapshots
from onemanage.data_import.store import Store
from onemanage.platform.sandbox import Sandbox
from onemanage.platform.storage import Storage


class DataImportService:
    """Everything is written under keys made from the task id: a rerun rewrites it."""

    def __init__(
        self,
        storage: Storage,
        store: Store,
        datasets: Datasets,
        made: MadeStore,
        sandbox: Sandbox,
        *,
        child_seconds: float,
    ) -> None:
        self._storage, self._store = storage, store
        self.snapshots = Snapshots(
            storage, datasets, made, sandbox, child_seconds=child_seconds
        )
        self.exports = Exports(
            storage, datasets, made, sandbox, child_seconds=child_seconds
        )
