"""Publishing previews of a data set: its first rows and profile, and histograms."""

from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from onemanage.contracts.base import derived_id, utc_now
from onemanage.contracts.datasets.datasets import DatasetProfile
from onemanage.contracts.previews.datasets import PublishDataset, PublishedDataset
from onemanage.contracts.previews.previews import Preview
from onemanage.platform.process.gather import gather_few
from onemanage.platform.sandbox.job import AT_ONCE
from onemanage.platform.storage.storage import ObjectMissing, Storage
from onemanage.platform.storage.writing import StoredObject
from onemanage.platform.tasks import InvalidInput
from onemanage.preview.domain.chart import (
    HEIGHT,
    MEDIA_TYPE,
    WIDTH,
    has_chart,
    histogram_svg,
)
from onemanage.preview.store import Store, object_name

_MAX_CHARTS = 100
_JSON = "application/json"


class _Part(NamedTuple):
    """What one preview shows."""

    kind: str
    column: str | None
    position: int
    data: bytes

    @property
    def ending(self) -> str:
        return "json" if self.kind == "rows" else "svg"


class DatasetPreviews:
    """Objects are named by preview and task: a rerun rewrites, a renewal does not."""

    def __init__(self, storage: Storage, store: Store, lifetime: timedelta) -> None:
        self._storage, self._store, self._lifetime = storage, store, lifetime

    async def publish(self, command: PublishDataset) -> PublishedDataset:
        """Raises InvalidInput where the profile is no longer there."""
        profile = await self._profile(command.profile_key)
        parts, warnings = _parts(profile)
        await self._store.announce_objects(_key(command, part) for part in parts)
        expires_at = utc_now() + self._lifetime

        async def publish(part: _Part) -> Preview:
            media_type = _JSON if part.kind == "rows" else MEDIA_TYPE
            stored = await self._storage.put_bytes(
                _key(command, part), part.data, media_type
            )
            return _preview(command, profile, part, stored, expires_at)

        previews = await gather_few(publish, [(part,) for part in parts], AT_ONCE)
        await self._store.publish(command.workspace_id, previews)
        await self._take_back_if_outdated(command)
        return PublishedDataset(
            dataset_id=command.dataset_id,
            preview_count=len(previews),
            expires_at=expires_at,
            warnings=warnings,
        )

    async def _take_back_if_outdated(self, command: PublishDataset) -> None:
        """A drop deletes the profile before it says so, and a newer snapshot does too:
        whoever publishes across that would show what is no more."""
        try:
            await self._profile(command.profile_key)
        except InvalidInput:
            await self._store.discard_run(
                command.workspace_id, command.task_id, command.run
            )
            raise

    async def _profile(self, key: str) -> DatasetProfile:
        try:
            data = await self._storage.get_bytes(key)
        except ObjectMissing:
            text = (
                "The data set has changed since, or is dropped. Its newest profile is "
                "published after each import."
            )
            raise InvalidInput("preview.no_profile", text) from None
        return msgspec.json.decode(data, type=DatasetProfile)


def _parts(profile: DatasetProfile) -> tuple[list[_Part], list[str]]:
    parts = [_Part("rows", None, 0, _page(profile))]
    warnings = []
    for position, column in enumerate(profile.columns, start=1):
        if not has_chart(column):
            continue
        if len(parts) > _MAX_CHARTS:
            warnings.append(f"Only the first {_MAX_CHARTS} histograms are published.")
            break
        svg = histogram_svg(column).encode()
        parts.append(_Part("histogram", column.name, position, svg))
    return parts, warnings


def _page(profile: DatasetProfile) -> bytes:
    """What a page needs to show a data set, as one JSON object."""
    return msgspec.json.encode(
        {
            "name": profile.name,
            "row_count": profile.row_count,
            "taken_at": profile.taken_at,
            "columns": profile.columns,
            "rows": profile.first_rows,
        }
    )


def _preview_id(command: PublishDataset, part: _Part) -> str:
    which = "rows" if part.column is None else f"column {part.column}"
    return derived_id("prv", command.dataset_id, which)


def _key(command: PublishDataset, part: _Part) -> str:
    folder = f"previews/{command.workspace_id}/{_preview_id(command, part)}"
    return f"{folder}/{object_name(command.task_id, command.run, part.ending)}"


def _preview(
    command: PublishDataset,
    profile: DatasetProfile,
    part: _Part,
    stored: StoredObject,
    expires_at: datetime,
) -> Preview:
    is_chart = part.column is not None
    return Preview(
        preview_id=_preview_id(command, part),
        document_id="",
        layer_id=None,
        name=part.column or profile.name,
        width=WIDTH if is_chart else 0,
        height=HEIGHT if is_chart else 0,
        size=stored.size,
        media_type=stored.media_type,
        sha256=stored.sha256,
        object_key=stored.key,
        expires_at=expires_at,
        dataset_id=command.dataset_id,
        kind=part.kind,
        column=part.column,
        position=part.position,
    )
