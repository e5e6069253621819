"""What has become of the rows of a merge."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from onemanage.client import types
from onemanage.client._async.pages import AsyncPages
from onemanage.client._async.transfers import AsyncContent, saved_archive

if TYPE_CHECKING:
    from onemanage.client._async.client import AsyncOneManage


@dataclass(frozen=True)
class AsyncMerged:
    """A merge that has ended. Its pictures are at the server, until it is deleted."""

    merge: types.MergeOut
    _client: AsyncOneManage = field(repr=False)

    @property
    def id(self) -> str:
        """By which ``client.merges`` knows it."""
        return self.merge.id

    @property
    def completed(self) -> int:
        """Rows that have a picture."""
        return self.merge.completed

    @property
    def rejected(self) -> int:
        """Rows that have none."""
        return self.merge.rejected

    def rejects(self) -> AsyncPages[types.MergedRowOut, types.MergedRowList]:
        """Each row that has no picture, with its line and the ``error``."""
        return self._client.merges.rows(self.id, state="rejected")

    async def save(self, to: str | os.PathLike[str]) -> list[Path]:
        """Write all pictures into a folder, each by its row's name, with summary.json.

        Raises NotWritable.
        """
        return await saved_archive(self._client.merges.archive(self.id), to)

    async def save_rejects(
        self, to: str | os.PathLike[str], *, overwrite: bool = False
    ) -> Path | None:
        """Write the rejected rows as CSV, to be put right and sent again by
        ``merges.resubmit``; None where there are none.

        Raises NotWritable.
        """
        if not self.rejected:
            return None
        content = self._client.merges.rejects(self.id)
        return await content.save(to, overwrite=overwrite)

    def contact_sheet(self) -> AsyncContent:
        """The first pictures on one."""
        return self._client.merges.contact_sheet(self.id)
