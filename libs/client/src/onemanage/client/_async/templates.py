"""``client.templates``: pictures of a design with other values, one or many."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from onemanage.client import types
from onemanage.client._async import operations
from onemanage.client._async.merged import AsyncMerged
from onemanage.client._async.tasks import OnProgress
from onemanage.client.frames import ArrowStream, is_frame
from onemanage.client.names import safe_name
from onemanage.client.pictures import Picture
from onemanage.client.ranges import part_of
from onemanage.client.requests import Request, given, headers, segment
from onemanage.client.sources import Source


class AsyncTemplates(operations.AsyncTemplates):
    """What each operation does, and making pictures in one call."""

    async def render(
        self,
        template_id: str,
        values: Mapping[str, Any] | None = None,
        *,
        format: Literal["png", "webp", "avif", "jpeg"] | None = None,
        quality: int | None = None,
        width: int | None = None,
        height: int | None = None,
        background: str | None = None,
        missing_fonts: Literal["fail", "substitute"] | None = None,
        idempotency_key: str | None = None,
    ) -> Picture:
        """Put values into the slots, and give the picture: ``.save(…)``, ``.pil()``.

        ``renders.create`` keeps it at the server instead, and tells its address; each
        argument means the same there. ``.warnings`` of the picture are such as text set
        in another font.
        """
        request = Request(
            "POST",
            f"/v1/templates/{segment(template_id)}/renders",
            headers=headers(once=True, idempotency_key=idempotency_key),
            json=given(
                values=values,
                format=format,
                quality=quality,
                width=width,
                height=height,
                background=background,
                missing_fonts=missing_fonts,
            ),
        )
        response = await self._transport.send(request)
        part = part_of(response)
        warnings = json.loads(response.headers.get("X-Image-Warnings", "[]"))
        return Picture(
            response.content,
            part.media_type.partition(";")[0],
            safe_name(part.name, "picture"),
            tuple(warnings),
        )

    async def merge(
        self,
        template_id: str,
        data: Source | ArrowStream | None = None,
        *,
        dataset: str | None = None,
        file_id: str | None = None,
        mapping: Mapping[str, str] | None = None,
        filters: Sequence[str] | None = None,
        outputs: Sequence[types.OutputBody] | None = None,
        name: str | None = None,
        on_empty: Literal["keep", "hide", "reject"] | None = None,
        missing_fonts: Literal["fail", "substitute"] | None = None,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> AsyncMerged:
        """Make a picture of each row of a table, and wait for all of them.

        The table is ``data``, a file or a data frame, which is uploaded; the
        ``file_id`` of an uploaded one; or ``dataset``, a data set's name or id. What
        the others mean is told at ``merges.create``. Rows that cannot be made hold up
        no other: ``.rejected`` counts them, ``.save_rejects(…)`` writes them, to be put
        right. ``.save(…)`` writes the pictures.

        Raises TaskFailed; Timeout while the server goes on; NotFound for a data set.
        """
        said = [one is not None for one in (data, dataset, file_id)]
        if sum(said) != 1:
            raise TypeError("Give one of: the data, dataset=, file_id=.")
        if data is not None:
            file_id = await self._uploaded(data)
        dataset_id = None
        if dataset is not None:
            dataset_id = await self._client.datasets.id_of(dataset)
        task = await self._client.merges.create(
            template_id,
            dataset_id=dataset_id,
            file_id=file_id,
            mapping=mapping,
            filters=filters,
            outputs=outputs,
            name=name,
            on_empty=on_empty,
            missing_fonts=missing_fonts,
        )
        made = await self._client.tasks.result(
            task, timeout=timeout, on_progress=on_progress
        )
        return AsyncMerged(await self._client.merges.get(made.id), self._client)

    async def _uploaded(self, data: Source | ArrowStream) -> str:
        if is_frame(data):
            return (await self._client.imports.uploaded(data, "frame")).id
        return (await self._client.files.upload(cast(Source, data))).id
