"""Imaging's use cases: fetch the picture, work on it in a child, store what comes out."""

import hashlib
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec
from anyio import to_thread

from onemanage.contracts.base import artifacts_prefix, utc_now
from onemanage.contracts.imaging.batches import Batch, FinishBatch
from onemanage.contracts.imaging.images import (
    AnalyzeImage,
    Asset,
    BackgroundImage,
    GenerateBackground,
    Transformation,
    TransformImage,
)
from onemanage.contracts.imaging.recipes import recipe_key
from onemanage.imaging.child import Child, Report
from onemanage.imaging.domain.contact_sheet import contact_sheet
from onemanage.imaging.domain.jobs import analyze_file, make_background
from onemanage.imaging.domain.pipeline import ENGINE_VERSION, run_recipe
from onemanage.imaging.fetching import Fetcher
from onemanage.imaging.store import Store
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.platform.storage.storage import Storage


class ImagingService:
    """Everything is written under keys made from task and run: a repeat rewrites it."""

    def __init__(
        self,
        storage: Storage,
        store: Store,
        sandbox: Sandbox,
        fetcher: Fetcher,
        *,
        child_seconds: float,
        weights: Path | None = None,
    ) -> None:
        self._store, self._fetcher, self._weights = store, fetcher, weights
        self._child = Child(storage, sandbox, child_seconds)

    async def transform(
        self, command: TransformImage, report: Report
    ) -> Transformation:
        """Raises InvalidInput. What was made before is not made again.

        Requests for the same at the same time wait for the first of them.
        """
        with tempfile.TemporaryDirectory() as folder:
            source = await self._fetch(command, Path(folder))
            digest = await to_thread.run_sync(_sha256, source)
            key = recipe_key(digest, command.recipe, ENGINE_VERSION)
            async with self._store.alone(command.workspace_id, key):
                made = await self._made_before(command, key)
                if made is None:
                    made = await self._make(command, key, source, Path(folder), report)
                await self._store.save_transformation(made, command.run)
        return made

    async def _fetch(self, command: TransformImage, folder: Path) -> Path:
        path = folder / "source"
        if command.url is not None:
            await self._fetcher.fetch(
                command.url, path, command.sealed_url, command.workspace_id
            )
            return path
        if command.artifact is not None:
            artifact = command.artifact
            return await self._child.fetch(artifact.object_key, artifact.name, path)
        assert command.file_key is not None  # the gateway gives one of the three
        return await self._child.fetch(command.file_key, command.file_name, path)

    async def _made_before(
        self, command: TransformImage, key: str
    ) -> Transformation | None:
        before = await self._store.made_before(command.workspace_id, key)
        # An attempt of the same task may have saved its row and lost its worker.
        if before is None or before.task_id == command.task_id:
            return None
        return msgspec.structs.replace(
            before,
            transformation_id=command.transformation_id,
            task_id=command.task_id,
            file_id=command.file_id,
            name=_name(command),
            created_at=utc_now(),
            reused_from=before.reused_from or before.transformation_id,
        )

    async def _make(
        self,
        command: TransformImage,
        key: str,
        source: Path,
        folder: Path,
        report: Report,
    ) -> Transformation:
        out = folder / "out"
        out.mkdir()
        watermarks = await self._child.fetch_named(command.watermarks, folder)
        made = await self._child.run(
            run_recipe,
            source,
            command.recipe,
            out,
            watermarks,
            folder=folder,
            name=_name(command),
        )
        prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
        return Transformation(
            transformation_id=command.transformation_id,
            workspace_id=command.workspace_id,
            task_id=command.task_id,
            file_id=command.file_id,
            name=_name(command),
            recipe=command.recipe,
            key=key,
            variants=await self._child.store(made, out, prefix, report),
            created_at=utc_now(),
        )

    async def generate_background(
        self, command: GenerateBackground, report: Report
    ) -> BackgroundImage:
        """Raises InvalidInput."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source = await self._child.fetch(
                command.file_key, command.file_id, folder / "source"
            )
            named = [command.picture] if command.picture else []
            pictures = await self._child.fetch_named(named, folder)
            out = folder / "out"
            out.mkdir()
            made = await self._child.run(
                make_background,
                source,
                command.spec,
                pictures,
                out,
                self._weights,
                folder=folder,
                name=command.file_name,
            )
            prefix = artifacts_prefix(
                command.workspace_id, command.task_id, command.run
            )
            images = await self._child.store(made.images, out, prefix, report)
        background = BackgroundImage(
            background_id=command.background_id,
            workspace_id=command.workspace_id,
            task_id=command.task_id,
            file_id=command.file_id,
            name=command.file_name,
            spec=command.spec,
            removal=made.removal,
            images=images,
            created_at=utc_now(),
            warnings=list(made.warnings),
        )
        await self._store.save_background(background, command.run)
        return background

    async def finish_batch(self, command: FinishBatch, report: Report) -> Batch:
        """The contact sheet of what the batch has made. Raises InvalidInput."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            shown = await self._child.fetch_shown(command.images, folder)
            out = folder / "out"
            out.mkdir()
            made = []
            if shown:
                made = await self._child.run(
                    contact_sheet, shown, out, folder=folder, name="the contact sheet"
                )
            prefix = artifacts_prefix(
                command.workspace_id, command.task_id, command.run
            )
            stored = await self._child.store(made, out, prefix, report)
        return Batch(
            batch_id=command.batch_id,
            workspace_id=command.workspace_id,
            task_id=command.task_id,
            total=command.total,
            completed=command.completed,
            failed=command.failed,
            cancelled=command.cancelled,
            contact_sheet=stored[0] if stored else None,
            created_at=utc_now(),
        )

    async def analyze(self, command: AnalyzeImage) -> Asset:
        """Raises InvalidInput."""
        with tempfile.TemporaryDirectory() as folder:
            source = await self._child.fetch(
                command.file_key, command.file_id, Path(folder) / "source"
            )
            analysis = await self._child.run(
                analyze_file, source, folder=Path(folder), name=command.file_name
            )
        asset = Asset(
            file_id=command.file_id,
            workspace_id=command.workspace_id,
            task_id=command.task_id,
            name=command.file_name,
            analysis=analysis,
            created_at=utc_now(),
        )
        await self._store.save_asset(asset)
        return asset


def _name(command: TransformImage) -> str:
    if command.url is not None:
        path = urlsplit(command.url).path
        return unquote(path.rpartition("/")[2]) or "image"
    return command.artifact.name if command.artifact else command.file_name


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
