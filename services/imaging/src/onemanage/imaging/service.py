"""The imaging service's use cases: fetch, domain, store, return the result."""

from onemanage.imaging.store import Store
from onemanage.platform.storage import Storage


class ImagingService:
    """Everything is written under keys made from the task id: a rerun rewrites it."""

    def __init__(self, storage: Storage, store: Store) -> None:
        self._storage, self._store = storage, store
