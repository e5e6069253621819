"""Fonts: read in a child, and kept as they are drawn with."""

from onemanage.contracts.base import artifacts_prefix, utc_now
from onemanage.contracts.psd.fonts import MOST_FONTS, AddFont, Font
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.job import Jobs, Report, file_missing
from onemanage.platform.storage.storage import Storage
from onemanage.psd.domain.font_facts import ReadFont
from onemanage.psd.errors import InvalidFont
from onemanage.psd.store import Store

_READ = ChildFunction("onemanage.psd.domain.read_font:read_font", ReadFont)
_MEDIA_TYPES = {
    "ttf": "font/ttf",
    "otf": "font/otf",
    "ttc": "font/collection",
}
MAX_BYTES = 48 << 20
"""Of a font file; those of all Chinese characters have 20 MB. Its reader checks it too."""


class Fonts:
    """Of one process."""

    def __init__(self, storage: Storage, store: Store, jobs: Jobs) -> None:
        self._storage, self._store, self._jobs = storage, store, jobs

    async def add(self, command: AddFont, report: Report) -> Font:
        """Raises InvalidInput for what is no font, or one too many."""
        workspace_id = command.workspace_id
        there = await self._store.fonts.get(workspace_id, command.font_id)
        if there is not None and there.task_id != command.task_id:
            return there
        if command.file_size > MAX_BYTES:
            text = (
                f"The font has {command.file_size:,} bytes, and {MAX_BYTES:,} are the "
                "most. Send it with fewer characters."
            )
            raise InvalidFont("font.too_large", text, command.file_name)
        if await self._store.fonts.count(workspace_id) >= MOST_FONTS:
            text = (
                f"There are {MOST_FONTS} fonts already. Delete some that are not used."
            )
            raise InvalidFont("font.too_many", text, command.file_name)
        prefix = artifacts_prefix(workspace_id, command.task_id, command.run)
        with self._jobs.begin(command.file_name, prefix) as job:
            missing = file_missing(command.file_id)
            source = await job.fetch(command.file_key, "source", missing)
            read = await job.run(_READ, source, job.out, command.file_name)
            key = f"{prefix}font.{read.ending}"
            await job.upload(read.path, _MEDIA_TYPES[read.ending], key)
        kept = await self._store.fonts.save(_font(command, read, key))
        if kept.object_key != key:  # another task was first
            await self._storage.delete([key])
        return kept


def _font(command: AddFont, read: ReadFont, key: str) -> Font:
    return Font(
        font_id=command.font_id,
        workspace_id=command.workspace_id,
        task_id=command.task_id,
        file_id=command.file_id,
        name=command.file_name,
        format=read.format,
        faces=list(read.faces),
        size=command.file_size,
        sha256=command.file_sha256,
        object_key=key,
        object_sha256=read.sha256,
        created_at=utc_now(),
        warnings=list(read.warnings),
    )
