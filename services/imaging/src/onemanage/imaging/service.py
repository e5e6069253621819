"""Imaging's use cases: fetch the picture, work on it in a child, store what comes out."""

import hashlib
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec
from anyio import to_thread

from onemanage.contracts.base import Command, artifacts_prefix, utc_now
from onemanage.contracts.imaging.analysis import Analysis
from onemanage.contracts.imaging.batches import Batch, FinishBatch
from onemanage.contracts.imaging.images import (
    AnalyzeImage,
    Asset,
    BackgroundImage,
    GenerateBackground,
    Transformation,
    TransformImage,
)
from onemanage.contracts.imaging.recipes import ENGINE_VERSION, recipe_key
from onemanage.imaging.deletion import Deletion
from onemanage.imaging.domain.results import (
    MadeBackground,
    VariantResult,
)
from onemanage.imaging.fetching import Fetcher
from onemanage.imaging.images import (
    fetch_addresses,
    fetch_image,
    fetch_named,
    fetch_shown,
    stored_image,
    storing,
    upload_made,
)
from onemanage.imaging.quick import QuickImages
from onemanage.imaging.store import Alone, Store
from onemanage.platform.process.figures import RENDERS
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.invalid_input import Words
from onemanage.platform.sandbox.job import Job, Jobs, Report, file_missing
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.platform.storage.storage import Storage

_WORDS = Words(
    "imaging", "Working on the image", "send it smaller, or ask for less at once"
)

_MAKE_VARIANTS = ChildFunction(
    "onemanage.imaging.domain.pipeline:make_variants",
    list[VariantResult],
    VariantResult,
)
_MAKE_BACKGROUND = ChildFunction(
    "onemanage.imaging.domain.background.make:make_background", MadeBackground
)
_CONTACT_SHEET = ChildFunction(
    "onemanage.imaging.domain.contact_sheet:contact_sheet", list[VariantResult]
)
_ANALYZE_FILE = ChildFunction(
    "onemanage.imaging.domain.analysis.of_file:analyze_file", Analysis
)


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
        quick: QuickImages | None = None,
        images_per_child: int = 1,
    ) -> None:
        self.quick, self._images_per_child = quick, images_per_child
        self._store, self._fetcher, self._weights = store, fetcher, weights
        self._jobs = Jobs(storage, sandbox, _WORDS, child_seconds)
        self.deletion = Deletion(storage, store.sessions)

    async def transform(
        self, command: TransformImage, report: Report
    ) -> Transformation:
        """Raises InvalidInput. What was made before is not made again.

        Requests for the same at the same time wait for the first of them.
        """
        owner, most = command.workspace_id, self._most_in_child(command)
        with self._jobs.begin(_name(command), _prefix(command), owner, most) as job:
            source, digest = None, _known_sha256(command)
            if digest is None:
                source = await self._fetch(command, job)
                digest = await to_thread.run_sync(_sha256, source)
            others = await fetch_addresses(job, self._fetcher, command)
            fetched = [
                await to_thread.run_sync(_sha256, one) for one in others.values()
            ]
            key = recipe_key(digest, command.recipe, ENGINE_VERSION, fetched)
            async with self._store.alone(command.workspace_id, key) as alone:
                before = await alone.made_before()
                # An attempt of the same task may have lost its worker after that.
                if before is None or before.task_id == command.task_id:
                    source = source or await self._fetch(command, job)
                    return await self._make(
                        command, key, job, source, others, report, alone
                    )
                if source is None:
                    await self._look_for(command)
                made = _shown_again(before, command)
                await alone.save(made, command.run)
                return made

    def _most_in_child(self, command: TransformImage) -> int:
        """Of the workspace's own files, images share a child (ADR 55), where its start
        is much beside the work."""
        is_own = command.url is None and not command.addresses
        return self._images_per_child if is_own and _is_one(command) else 1

    async def _fetch(self, command: TransformImage, job: Job) -> Path:
        if command.url is not None:
            path = job.folder / "source"
            await self._fetcher.fetch(
                command.url, path, command.sealed_url, command.workspace_id
            )
            return path
        if command.artifact is not None:
            artifact = command.artifact
            return await fetch_image(job, artifact.object_key, artifact.name)
        assert command.file_key is not None  # the gateway gives one of the three
        return await fetch_image(job, command.file_key, command.file_name)

    async def _look_for(self, command: TransformImage) -> None:
        """Raises InvalidInput where the source was deleted: nothing more is to be made
        of it, also where that takes no look into it."""
        key = command.artifact.object_key if command.artifact else command.file_key
        assert key is not None  # of an address no hash is known before
        if not await self._jobs.storage.has(key):
            raise file_missing(_name(command), _name(command))

    async def _make(
        self,
        command: TransformImage,
        key: str,
        job: Job,
        source: Path,
        others: dict[str, Path],
        report: Report,
        alone: Alone,
    ) -> Transformation:
        recipe = command.recipe
        others |= await fetch_named(job, command.watermarks)
        async with job.uploads() as upload:
            images = await job.run(
                _MAKE_VARIANTS,
                source,
                recipe,
                job.out,
                others,
                self._weights,
                on_progress=storing(upload, len(recipe.variants), report),
            )
            made = Transformation(
                transformation_id=command.transformation_id,
                workspace_id=command.workspace_id,
                task_id=command.task_id,
                file_id=command.file_id,
                name=_name(command),
                recipe=recipe,
                key=key,
                variants=[stored_image(image, _prefix(command)) for image in images],
                created_at=utc_now(),
            )
            await alone.save(made, command.run)  # committed once all are stored
        RENDERS.add("recipe", by=len(made.variants))
        return made

    async def generate_background(
        self, command: GenerateBackground, report: Report
    ) -> BackgroundImage:
        """Raises InvalidInput."""
        prefix = _prefix(command)
        with self._jobs.begin(command.file_name, prefix) as job:
            source = await self._picture(command, job)
            pictures = await fetch_named(
                job, [command.picture] if command.picture else []
            )
            made = await job.run(
                _MAKE_BACKGROUND,
                source,
                command.spec,
                pictures,
                job.out,
                self._weights,
            )
            images = await upload_made(job, made.images, prefix, report)
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
            source=command.url or command.source,
        )
        await self._store.save_background(background, command.run)
        RENDERS.add("background", by=len(images))
        return background

    async def _picture(self, command: GenerateBackground, job: Job) -> Path:
        """What is to lose its background. Raises InvalidInput."""
        if command.url is None:
            what = command.source or command.file_id
            return await fetch_image(job, command.file_key, what)
        path = job.folder / "source"
        await self._fetcher.fetch_patiently(
            command.url, path, command.sealed_url, command.workspace_id
        )
        return path

    async def finish_batch(self, command: FinishBatch, report: Report) -> Batch:
        """The contact sheet of what the batch has made. Raises InvalidInput."""
        prefix = _prefix(command)
        with self._jobs.begin("the contact sheet", prefix) as job:
            shown = await fetch_shown(job, command.images)
            made = await job.run(_CONTACT_SHEET, shown, job.out) if shown else []
            stored = await upload_made(job, made, prefix, report)
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
        """Raises InvalidInput, also where the file was deleted meanwhile."""
        with self._jobs.begin(command.file_name) as job:
            source = await fetch_image(job, command.file_key, command.file_id)
            analysis = await job.run(_ANALYZE_FILE, source, command.include)
        asset = Asset(
            file_id=command.file_id,
            workspace_id=command.workspace_id,
            task_id=command.task_id,
            name=command.file_name,
            analysis=analysis,
            created_at=utc_now(),
        )
        await self._store.save_asset(asset)
        # A deletion takes the file away before it says that nothing is left of it.
        if not await self._jobs.storage.has(command.file_key):
            await self._store.forget_asset(asset)
            raise file_missing(command.file_id)
        return asset


def _prefix(command: Command) -> str:
    return artifacts_prefix(command.workspace_id, command.task_id, command.run)


def _name(command: TransformImage) -> str:
    if command.url is not None:
        path = urlsplit(command.url).path
        return unquote(path.rpartition("/")[2]) or "image"
    return command.artifact.name if command.artifact else command.file_name


def _is_one(command: TransformImage) -> bool:
    return len(command.recipe.variants) <= 1


def _known_sha256(command: TransformImage) -> str | None:
    """Of the source, where it was found out when that was stored."""
    if command.url is not None:
        return None
    return command.artifact.sha256 if command.artifact else command.file_sha256


def _shown_again(before: Transformation, command: TransformImage) -> Transformation:
    """A transformation of its own, with the images of one that was made before."""
    return msgspec.structs.replace(
        before,
        transformation_id=command.transformation_id,
        task_id=command.task_id,
        file_id=command.file_id,
        name=_name(command),
        created_at=utc_now(),
        reused_from=before.reused_from or before.transformation_id,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
