"""Merges: a template and the rows of a table become pictures.

``prepare`` looks through the rows that were handed over, ``make`` makes the pictures of
a chunk of them, ``finish`` ends the whole. Each may be repeated from any point: rows are
saved in one transaction, and a picture has its row once it is stored.
"""

from onemanage.platform.sandbox.job import Jobs
from onemanage.platform.storage.source_cache import SourceCache
from onemanage.platform.storage.storage import Storage
from onemanage.psd.domain.document import Limits
from onemanage.psd.merges.finishing import Finishing
from onemanage.psd.merges.making import Making
from onemanage.psd.merges.pictures import Pictures
from onemanage.psd.merges.preparing import Preparing
from onemanage.psd.store import Store


class Merges:
    """What carries out each of the steps."""

    def __init__(
        self,
        storage: Storage,
        store: Store,
        jobs: Jobs,
        limits: Limits,
        cache: SourceCache | None,
    ) -> None:
        self.pictures = Pictures(storage)
        self.prepare = Preparing(storage, store, jobs).prepare
        self.make = Making(storage, store, jobs, limits, cache, self.pictures).make
        self.finish = Finishing(store, jobs).finish
