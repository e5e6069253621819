"""The data-import service's use cases: fetch, domain, store, return the result."""

from onemanage.data_import.store import Store
from onemanage.platform.storage import Storage


class DataImportService:
    """Everything is written under keys made from the task id: a rerun rewrites it."""

    def __init__(self, storage: Storage, store: Store) -> None:
        self._storage, self._store = storage, store
