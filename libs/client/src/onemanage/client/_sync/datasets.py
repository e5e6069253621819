"""``client.datasets``: the tables that imports have made."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from onemanage.client import types
from onemanage.client._sync import operations
from onemanage.client._sync.tasks import OnProgress
from onemanage.client.errors import NotFound
from onemanage.client.frames import read
from onemanage.client.threads import run

_ID = re.compile(r"dst_[0-9a-f]{32}")
_NAMED = 10
"""Data sets that an error names."""


class Datasets(operations.Datasets):
    """What each operation does, and reading a table in one call."""

    def read(
        self,
        dataset: str,
        *,
        columns: Sequence[str] | None = None,
        filters: Sequence[types.FilterIn] | None = None,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Any:
        """The rows of a data set, by its name or id, in memory.

        A Table of pyarrow where that is installed, else a DataFrame of polars, else the
        bytes of a Parquet file. Of both the first two, other libraries take the rows by
        ``__arrow_c_stream__``. ``columns`` and ``filters`` are those of
        ``exports.create``; ``exports.content(…).save`` gives a file instead.

        Raises NotFound, TaskFailed.
        """
        dataset_id = self.id_of(dataset)
        task = self.exports.create(
            dataset_id, format="parquet", columns=columns, filters=filters
        )
        made = self._client.tasks.result(task, timeout=timeout, on_progress=on_progress)
        folder = Path(run(tempfile.mkdtemp, ".rows"))
        try:
            content = self.exports.content(dataset_id, made.id)
            path = content.save(folder / "rows.parquet", sha256=made.sha256)
            return run(read, path)
        finally:
            run(shutil.rmtree, folder)

    def id_of(self, dataset: str) -> str:
        """The id of a data set, by its name or id. Raises NotFound."""
        if _ID.fullmatch(dataset):
            return dataset
        names = []
        for found in self.list(limit=200):
            if found.name == dataset:
                return found.id
            names.append(found.name)
        there = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
        raise NotFound(
            f"There is no data set {dataset!r}.",
            status=404,
            code="not_found",
            hint=f"There are: {there}." if names else "There is none yet.",
        )
