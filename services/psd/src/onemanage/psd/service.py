"""Parse and export: fetch the file, read it in a child, store what comes out."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import msgspec

from onemanage.contracts.base import artifacts_prefix, utc_now
from onemanage.contracts.psd import Document, ImageFile, Layer, Manifest, ParseExport
from onemanage.platform.sandbox import Sandbox, SandboxMemoryExceeded, SandboxTimeout
from onemanage.platform.storage import ObjectMissing, Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.platform.together import together
from onemanage.psd.domain.document import (
    ExportedDocument,
    ExportedImage,
    ExportedLayer,
    ExportProgress,
    Limits,
)
from onemanage.psd.domain.export import export_share, joined
from onemanage.psd.errors import InvalidDocument
from onemanage.psd.store import Store

type Report = Callable[[str, int, int], Awaitable[None]]
type OnProgress = Callable[[ExportProgress], Awaitable[None]]

_PNG = "image/png"
_UPLOADS_AT_ONCE = 4
_WORTH_SHARING = 16 << 20
"""Bytes of a file."""


class _Progress:
    """Of all children together: each says a step, and what all have to do."""

    def __init__(self) -> None:
        self._done = 0

    def after(self, step: ExportProgress) -> tuple[int, int]:
        """``done`` and ``total``."""
        self._done += step.done > 0
        return self._done, step.total


class PsdService:
    """Everything is written under keys made from task and run: a repeat rewrites it."""

    def __init__(
        self,
        storage: Storage,
        store: Store,
        sandbox: Sandbox,
        limits: Limits,
        *,
        child_seconds: float,
        children: int = 1,
    ) -> None:
        self._storage, self._store, self._sandbox = storage, store, sandbox
        self._limits, self._child_seconds = limits, child_seconds
        self._children = children

    async def parse_export(self, command: ParseExport, report: Report) -> Document:
        """Raises InvalidInput for what is the document's own fault."""
        prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
        with tempfile.TemporaryDirectory() as folder:
            exported = await self._export(command, Path(folder), prefix, report)
        document = _document(command, exported, prefix)
        layers = [_layer(layer, prefix) for layer in exported.layers]
        manifest = msgspec.json.encode(
            Manifest(document=document, layers=layers, details=exported.details)
        )
        await self._storage.put_bytes(
            document.manifest_key, manifest, "application/json"
        )
        # An attempt before this one may have lost its worker in the middle of an upload.
        await self._storage.abort_unfinished(prefix)
        await self._store.save(document, layers)
        return document

    async def _export(
        self, command: ParseExport, folder: Path, prefix: str, report: Report
    ) -> ExportedDocument:
        source, out = folder / "source", folder / "out"
        out.mkdir()
        try:
            await self._storage.get_file(command.file_key, source)
        except ObjectMissing:
            text = "The file is no longer there; upload it again."
            raise InvalidInput("file.missing", text, command.file_id) from None
        slots = asyncio.Semaphore(_UPLOADS_AT_ONCE)
        progress = _Progress()

        async def upload(image: ExportedImage) -> None:
            path = out / image.path
            try:
                await self._storage.put_file(prefix + image.path, path, _PNG)
                path.unlink()
            finally:
                slots.release()

        refusal: InvalidInput | None = None
        async with anyio.create_task_group() as uploads:

            async def on_progress(step: ExportProgress) -> None:
                if step.image is not None:
                    await slots.acquire()  # the child waits rather than fill the disk
                    uploads.start_soon(upload, step.image)
                await report("images", *progress.after(step))

            try:
                exported = await self._in_children(source, out, on_progress)
            except InvalidInput as error:
                refusal = error  # raised below: here the group would wrap it
        if refusal is not None:
            raise refusal
        return exported

    async def _in_children(
        self, source: Path, out: Path, on_progress: OnProgress
    ) -> ExportedDocument:
        """Several for a large file: a child decodes and encodes on one core."""
        large = source.stat().st_size >= _WORTH_SHARING
        shares = self._children if large else 1
        calls = [
            self._in_child(source, out, number, shares, on_progress)
            for number in range(shares)
        ]
        return joined(await together(calls))

    async def _in_child(
        self,
        source: Path,
        out: Path,
        number: int,
        shares: int,
        on_progress: OnProgress,
    ) -> ExportedDocument:
        try:
            return await self._sandbox.run(
                export_share,
                source,
                out,
                self._limits,
                number,
                shares,
                timeout=self._child_seconds,
                on_progress=on_progress,
            )
        except InvalidDocument as error:
            raise InvalidInput(error.code, error.message, error.where) from error
        except SandboxTimeout as error:
            text = (
                f"Reading the document took longer than {self._child_seconds:g} s; "
                "save it with fewer or smaller layers."
            )
            raise InvalidInput("psd.too_slow", text) from error
        except SandboxMemoryExceeded as error:
            text = (
                f"Reading the document takes more than {error.memory_limit >> 20} MiB "
                "of memory; save it smaller."
            )
            raise InvalidInput("psd.too_large", text) from error


def _image(image: ExportedImage | None, prefix: str) -> ImageFile | None:
    if image is None:
        return None
    return ImageFile(
        object_key=prefix + image.path,
        media_type=_PNG,
        width=image.width,
        height=image.height,
        size=image.size,
        sha256=image.sha256,
    )


def _layer(layer: ExportedLayer, prefix: str) -> Layer:
    same = {
        name: getattr(layer, name)
        for name in Layer.__struct_fields__
        if name not in ("image", "warnings", "unsupported")
    }
    return Layer(
        **same,
        image=_image(layer.image, prefix),
        warnings=list(layer.warnings),
        unsupported=list(layer.unsupported),
    )


def _document(
    command: ParseExport, exported: ExportedDocument, prefix: str
) -> Document:
    return Document(
        document_id=command.document_id,
        workspace_id=command.workspace_id,
        file_id=command.file_id,
        task_id=command.task_id,
        name=command.file_name,
        format=exported.format,
        width=exported.width,
        height=exported.height,
        color_mode=exported.color_mode,
        depth=exported.depth,
        icc_profile=exported.icc_profile,
        layer_count=exported.layer_count,
        image_count=exported.image_count,
        manifest_key=f"{prefix}manifest.json",
        composite=_image(exported.composite, prefix),
        composite_source=exported.composite_source,
        created_at=utc_now(),
        warnings=list(exported.warnings),
    )
