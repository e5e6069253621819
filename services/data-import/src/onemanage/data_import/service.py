"""The data-import service's use cases."""

from onemanage.data_import.imports import Imports
from onemanage.data_import.loading import Loader
from onemanage.data_import.plans import Plans
from onemanage.data_import.store import Store
from onemanage.data_import.undoing import Undo
from onemanage.platform.sandbox import Sandbox
from onemanage.platform.storage import Storage


class DataImportService:
    """A plan is asked for, changed by a person, and then imported."""

    def __init__(
        self,
        storage: Storage,
        store: Store,
        sandbox: Sandbox,
        loader: Loader,
        undo: Undo,
        *,
        plan_seconds: float,
    ) -> None:
        self.plans = Plans(storage, store, sandbox, plan_seconds)
        self.imports = Imports(storage, store, loader, undo, self.plans)
