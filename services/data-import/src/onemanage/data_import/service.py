"""The data-import service's use cases."""

from onemanage.data_import.datasets.datasets import Datasets
from onemanage.data_import.datasets.exports import Exports
from onemanage.data_import.datasets.snapshots import Snapshots
from onemanage.data_import.imports.imports import Imports
from onemanage.data_import.imports.loading import Loader
from onemanage.data_import.imports.undoing import Undo
from onemanage.data_import.plans.plans import Plans
from onemanage.data_import.sources.service import Databases
from onemanage.data_import.store import Store
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.platform.storage.storage import Storage


class DataImportService:
    """A plan is asked for, changed by a person, and then imported."""

    def __init__(
        self,
        storage: Storage,
        store: Store,
        sandbox: Sandbox,
        loader: Loader,
        undo: Undo,
        databases: Databases,
        datasets: Datasets,
        *,
        plan_seconds: float,
        dataset_seconds: float,
    ) -> None:
        self.plans = Plans(storage, store, sandbox, databases, plan_seconds)
        self.imports = Imports(storage, store, loader, undo, self.plans, databases)
        made = store.made
        self.snapshots = Snapshots(
            storage, datasets, made, sandbox, child_seconds=dataset_seconds
        )
        self.exports = Exports(
            storage, datasets, made, sandbox, child_seconds=dataset_seconds
        )
