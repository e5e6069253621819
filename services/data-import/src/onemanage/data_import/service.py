"""The data-import service's use cases."""

from onemanage.data_import.datasets.datasets import Datasets
from onemanage.data_import.datasets.exports import Exports
from onemanage.data_import.datasets.handing_over import HandingOver
from onemanage.data_import.datasets.snapshots import Snapshots
from onemanage.data_import.deletion import Deletion
from onemanage.data_import.imports.imports import Imports
from onemanage.data_import.imports.loading import Loader
from onemanage.data_import.imports.undoing import Undo
from onemanage.data_import.plans.plans import Plans
from onemanage.data_import.sources.service import Databases
from onemanage.data_import.store import Store
from onemanage.platform.sandbox.invalid_input import Words
from onemanage.platform.sandbox.job import Jobs
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.platform.storage.storage import Storage

_SOURCE = Words("data_import", "Reading the source", "split it into several files")
_DATASET = Words("export", "Writing the file", "ask for fewer rows or columns")


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
        sources = Jobs(storage, sandbox, _SOURCE, plan_seconds)
        self.plans = Plans(sources, store, databases)
        self.imports = Imports(sources, store, loader, undo, self.plans, databases)
        made = Jobs(storage, sandbox, _DATASET, dataset_seconds)
        self.snapshots = Snapshots(made, datasets, store.made)
        self.exports = Exports(made, datasets, store.made)
        self.handing_over = HandingOver(sources, made, datasets)
        self.deletion = Deletion(storage, store)
