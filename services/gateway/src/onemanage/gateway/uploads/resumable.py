"""What a request may do to an upload in parts. Its bytes never come by here."""

import asyncio
from datetime import datetime, timedelta

import msgspec

from onemanage.contracts.base import utc_now
from onemanage.contracts.public import shows_all
from onemanage.gateway.access.callers import suspended
from onemanage.gateway.http.problems import Problem, not_found
from onemanage.gateway.limits import quotas
from onemanage.gateway.limits.limits import Limits as OwnLimits
from onemanage.gateway.store import StorageFull, WorkspaceClosed
from onemanage.gateway.uploads.plan import (
    missing_parts,
    part_count,
    size_of,
    smallest_part,
)
from onemanage.gateway.uploads.store import UploadRow, UploadStore
from onemanage.platform.storage.parts import (
    MAX_PART,
    MAX_PARTS,
    Part,
    Parts,
    UploadMissing,
)
from onemanage.platform.storage.storage import Storage

_UNKNOWN = "application/octet-stream"
"""Storage is told a type before anybody can know it; downloads tell the file's own."""
_USUAL_PART = 16 * 1024 * 1024
_NAMED = 20
"""Missing parts that a refusal names."""
_CLOSED = ("aborted", "expired")
_CLEARED_AT_ONCE = 2
"""Each holds a connection to the database for as long as storage takes."""


class Limits(msgspec.Struct, frozen=True):
    """Bytes of one, and seconds: that an address is good for, that an upload is kept
    without anybody asking for addresses, and that it is kept at all."""

    max_bytes: int
    address: int
    idle: float
    longest: float


@shows_all
class UploadPart(msgspec.Struct, frozen=True):
    """A part, and where to put it while it is missing."""

    number: int
    size: int
    received: bool
    url: str | None


class PartsPage(msgspec.Struct, frozen=True):
    """Parts in order; ``next_from`` is the number that the next page begins with."""

    items: list[UploadPart]
    next_from: int | None


class Resumable:
    """Uploads in parts, of one process. ``public`` is where clients reach storage; where
    it is empty, nobody has said, and no upload is offered."""

    def __init__(
        self,
        storage: Storage,
        store: UploadStore,
        limits: Limits,
        public: str,
    ) -> None:
        self.storage, self.store, self.limits = storage, store, limits
        self.parts = Parts(storage, public)
        self._is_offered = bool(public)
        self._turns = asyncio.Semaphore(_CLEARED_AT_ONCE)

    def check_offered(self) -> None:
        """Raises a 501 Problem."""
        if not self._is_offered:
            detail = (
                "This installation takes no uploads in parts: its storage has no "
                "address for clients (S3_PUBLIC_ENDPOINT). Use POST /v1/files."
            )
            raise Problem(501, "upload.not_offered", detail)

    async def begin(
        self, new: UploadRow, idempotency_key: str | None, own: OwnLimits
    ) -> UploadRow:
        """Write it down, then begin it in storage. Raises Problem for a key that came
        with another request, and where there is no room for it by ``own``, the
        workspace's."""
        idle, most = self.limits.idle, own.stored_bytes
        try:
            row = await self.store.begin(new, idempotency_key, idle, most)
        except StorageFull as full:
            raise quotas.storage_full(own, full.used) from None
        except WorkspaceClosed:
            raise suspended() from None
        if _asked(row) != _asked(new):
            detail = "This Idempotency-Key came with another upload; use a new one."
            raise Problem(422, "idempotency_key_reused", detail)
        return await self._begun(row) if row.state == "open" else row

    async def known(self, workspace_id: str, upload_id: str) -> UploadRow:
        """Raises a 404 Problem."""
        return _found(await self.store.get(workspace_id, upload_id), upload_id)

    async def gone_on_with(self, workspace_id: str, upload_id: str) -> UploadRow:
        """As ``known``, for whoever is about to send parts. Raises a 409 Problem where
        it takes none any more."""
        idle, longest = self.limits.idle, self.limits.longest
        found = await self.store.go_on(workspace_id, upload_id, idle, longest)
        row = _found(found, upload_id)
        if row.state != "open":
            raise ended(row)
        return await self._begun(row)

    async def page(self, row: UploadRow, first: int, limit: int) -> PartsPage:
        """Parts from number ``first`` on: with an address where one is missing, or has
        another size than it should. Raises a 409 Problem where storage has ended it."""
        count = part_count(row.size, row.part_size)
        last = min(first + limit - 1, count)
        sizes = {
            number: size_of(number, row.size, row.part_size)
            for number in range(first, last + 1)
        }
        arrived = {
            part.number
            for part in await self._arrived(row, first, last)
            if sizes.get(part.number) == part.size
        }
        missing = [each for each in sizes.items() if each[0] not in arrived]
        urls = await self.parts.presign(
            row.object_key, row.storage_id or "", missing, self.limits.address
        )
        at = {number: url for (number, _), url in zip(missing, urls, strict=True)}
        items = [
            UploadPart(number, size, number in arrived, at.get(number))
            for number, size in sizes.items()
        ]
        return PartsPage(items, last + 1 if last < count else None)

    async def check_whole(self, row: UploadRow) -> None:
        """Raises a 409 Problem that names parts which are missing."""
        row = await self._begun(row)
        missing = missing_parts(row.size, row.part_size, await self._arrived(row))
        if missing:
            named = ", ".join(map(str, missing[:_NAMED]))
            more = ", …" if len(missing) > _NAMED else ""
            detail = (
                f"{len(missing):,} of {part_count(row.size, row.part_size):,} parts are "
                f"missing, or have another size than they should: {named}{more}. "
                f"GET /v1/uploads/{row.id}/parts tells where to put them."
            )
            raise Problem(409, "upload.parts_missing", detail, missing=missing[:_NAMED])

    async def abort(self, workspace_id: str, upload_id: str) -> None:
        """Raises a 409 Problem where it is a file by now, or about to be one."""
        if not await self.store.abort(workspace_id, upload_id):
            row = await self.known(workspace_id, upload_id)
            if row.state in ("completing", "completed"):
                raise ended(row)
        await self.clear(upload_id)

    async def clear(self, upload_id: str | None = None) -> int:
        """Delete what ended uploads, or this one, have left in storage; how many.

        Any step may be repeated after a crash or by another replica at the same time.
        """
        count = 0
        while True:
            async with self._turns, self.store.to_clear(upload_id) as object_key:
                if object_key is None:
                    return count
                await self.storage.delete_prefix(object_key)
                count += 1

    async def sweep(self) -> int:
        """End what was abandoned, clear after it, and forget what ended long ago."""
        await self.store.expire(self.limits.idle)
        count = await self.clear()
        await self.store.forget(self.limits.longest)
        return count

    async def _begun(self, row: UploadRow) -> UploadRow:
        """A process may have died between writing the upload down and beginning it."""
        if row.storage_id is not None:
            return row
        begun = await self.storage.begin_multipart(row.object_key, _UNKNOWN)
        known = await self.store.set_storage_id(row.id, begun)
        if known != begun:
            await self.storage.abort_multipart(row.object_key, begun)
        return msgspec.structs.replace(row, storage_id=known)

    async def _arrived(
        self, row: UploadRow, first: int = 1, last: int = MAX_PARTS
    ) -> list[Part]:
        try:
            return await self.parts.arrived(
                row.object_key, row.storage_id or "", first, last
            )
        except UploadMissing:
            raise ended(row) from None


def chosen_part_size(size: int, asked: int | None) -> int:
    """Bytes of a part. Raises a 422 Problem where what is ``asked`` cannot be."""
    least = smallest_part(size)
    if asked is None:
        return max(_USUAL_PART, least)
    if least <= asked <= MAX_PART:
        return asked
    detail = (
        f"Parts of a file of {size:,} bytes may have {least:,} to {MAX_PART:,} bytes: "
        f"there may be {MAX_PARTS:,} of them. Send such a part_size, or none."
    )
    raise Problem(
        422,
        "upload.part_size",
        detail,
        errors=[{"pointer": "/part_size", "detail": f"Not {least} to {MAX_PART}."}],
    )


def agreed_sha256(row: UploadRow, given: str | None) -> str | None:
    """What the file must have. Raises a 422 Problem where two things were said."""
    if given is not None and row.sha256 not in (None, given):
        raise other_hash()
    return given or row.sha256


def other_hash() -> Problem:
    """A 422 Problem: it is being completed with another SHA-256."""
    detail = "The upload was given another SHA-256 before. Leave it out, or send that."
    errors = [{"pointer": "/sha256", "detail": "Not the one that was given before."}]
    return Problem(422, "upload.other_hash", detail, errors=errors)


def ended(row: UploadRow) -> Problem:
    """A 409 Problem: it takes no more parts."""
    now = "ended" if row.state == "open" else row.state
    do = {
        "completing": f"Follow its task, or cancel it: /v1/tasks/{row.task_id}.",
        "completed": f"It is the file /v1/files/{row.file_id} now.",
    }.get(row.state, "Begin another one.")
    detail = f"This upload is {now} and takes no more parts. {do}"
    return Problem(409, "upload.ended", detail, state=row.state)


def is_closed(row: UploadRow) -> bool:
    """Whether it will never be a file, and no task says why."""
    return row.state in _CLOSED


def urls_end_at(limits: Limits) -> datetime:
    """When addresses that are made now are good no more."""
    return utc_now() + timedelta(seconds=limits.address)


def _found(row: UploadRow | None, upload_id: str) -> UploadRow:
    if row is None:
        raise not_found("upload", upload_id)
    return row


def _asked(row: UploadRow) -> tuple[object, ...]:
    return row.name, row.size, row.sha256, row.media_type, row.part_size
