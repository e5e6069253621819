"""``client.psd``: documents, and what is in them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Literal

from onemanage.client import types
from onemanage.client._async import operations
from onemanage.client._async.tasks import OnProgress
from onemanage.client._async.transfers import saved_archive
from onemanage.client.results import Exported
from onemanage.client.sources import Source


class AsyncPsd(operations.AsyncPsd):
    """What each operation does, and taking a document apart in one call."""

    async def export(
        self,
        source: Source | None = None,
        *,
        to: str | os.PathLike[str] | None = None,
        document_id: str | None = None,
        of: Literal["document", "layers", "slices"] | None = None,
        layers: types.LayersIn | None = None,
        format: Literal["png", "webp", "avif", "jpeg", "tiff", "exr"] | None = None,
        scales: Sequence[float] | None = None,
        rendered: bool | None = None,
        name: str | None = None,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Exported:
        """Parse a document, and write its layers, its composite and ``manifest.json``
        into the folder ``to``.

        ``document_id`` names one that is parsed already. With ``of``, ``layers``,
        ``format``, ``scales`` or ``rendered`` it is a rendition that is made and
        written; ``renditions.create`` says what each means. ``timeout`` is for each of
        the two. Raises TaskFailed, and Timeout while the server goes on.
        """
        parsed = await self._parsed(source, document_id, name, timeout, on_progress)
        options = (of, layers, format, scales, rendered)
        if all(one is None for one in options):
            content = self.documents.archive(parsed.id)
            return Exported(parsed, None, await saved_archive(content, to))
        task = await self.renditions.create(
            parsed.id,
            of=of or "layers",
            layers=layers,
            format=format,
            scales=scales,
            rendered=rendered,
        )
        made = await self._client.tasks.result(
            task, timeout=timeout, on_progress=on_progress
        )
        content = self.renditions.archive(made.id)
        return Exported(parsed, made, await saved_archive(content, to))

    async def _parsed(
        self,
        source: Source | None,
        document_id: str | None,
        name: str | None,
        timeout: float | None,
        on_progress: OnProgress | None,
    ) -> types.DocumentResult:
        if document_id is not None:
            if source is not None:
                raise TypeError("Give the source or document_id, not both.")
            # It says all that the result of its task has said.
            return types.DocumentResult(
                (await self.documents.get(document_id)).to_dict()
            )
        if source is None:
            raise TypeError("Give the source, or the document_id of a parsed document.")
        sent = await self._client.files.sendable(source, name)
        task = await self.documents.create(
            sent.source, file_id=sent.file_id, name=sent.name
        )
        return await self._client.tasks.result(
            task, timeout=timeout, on_progress=on_progress
        )
