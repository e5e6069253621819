"""Making a file of an upload in parts: what the gateway's worker does.

Every step may be repeated by another attempt: storage tells whether the parts are one
object by now, the row tells whether that was found wanting, or is a file.
"""

from typing import NoReturn

from onemanage.contracts.base import ErrorInfo
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.uploads import CompleteUpload, UploadedFile
from onemanage.gateway.files import sniff
from onemanage.gateway.store import FileRow, Store
from onemanage.gateway.uploads.plan import missing_parts
from onemanage.gateway.uploads.store import UploadRow, UploadStore
from onemanage.platform.sandbox.job import Report
from onemanage.platform.storage.inspecting import beginning, sha256_of
from onemanage.platform.storage.parts import Parts, UploadMissing
from onemanage.platform.storage.storage import ObjectMissing, Storage


class Refused(InvalidInput):
    """What came is not what was announced."""


class Completion:
    """Completes uploads, any number at once; of each a chunk is in memory."""

    def __init__(self, storage: Storage, files: Store, uploads: UploadStore) -> None:
        self._storage, self._files, self._uploads = storage, files, uploads
        self._parts = Parts(storage)

    async def complete(self, command: CompleteUpload, report: Report) -> UploadedFile:
        """Raises InvalidInput where it is not what was announced, or is gone."""
        workspace_id, upload_id = command.workspace_id, command.upload_id
        row = await self._uploads.get(workspace_id, upload_id)
        if row is None:
            raise _gone(upload_id)
        if row.error is not None:
            raise Refused(row.error.code, row.error.message, row.error.where)
        if row.ended_at is None:
            await report("join", 0, row.size)
            try:
                file = await self._file_of(row, command.sha256, report)
            except Refused as refusal:
                await self._refuse(row, refusal)
        else:
            file = None
        file = file or await self._files.file(workspace_id, row.file_id)
        if file is None:
            await self._storage.delete_prefix(row.object_key)
            raise _gone(upload_id)
        return UploadedFile(
            file_id=file.id,
            name=file.name,
            size=file.size,
            sha256=file.sha256,
            media_type=file.media_type,
        )

    async def _file_of(
        self, row: UploadRow, wanted: str | None, report: Report
    ) -> FileRow | None:
        """None where it was ended by somebody else meanwhile."""
        await self._join(row)
        try:
            head, size = await beginning(
                self._storage, row.object_key, sniff.HEAD_BYTES
            )
        except ObjectMissing:
            return None
        media_type = sniff.media_type(head)
        _check(row, size, media_type)

        async def told(done: int) -> None:
            await report("hash", done, size)

        found = await sha256_of(self._storage, row.object_key, size, told)
        if wanted is not None and found != wanted:
            text = (
                f"The file has the SHA-256 {found}, and {wanted} was announced. It was "
                "deleted: look whether it was changed while it was sent, and send it "
                "again."
            )
            raise Refused("upload.wrong_hash", text, "/sha256")
        return await self._uploads.finish(row.id, found, media_type)

    async def _join(self, row: UploadRow) -> None:
        """One object of the parts that storage has; nothing where it is one already."""
        upload = (row.object_key, row.storage_id or "")
        try:
            arrived = await self._parts.arrived(*upload)
            missing = missing_parts(row.size, row.part_size, arrived)
            if not missing:
                await self._parts.complete(*upload, arrived)
        except UploadMissing:
            return
        # Storage drops the parts one by one once it has the object: whoever looks while
        # another attempt joins them sees some only.
        if missing and not await self._storage.keys(row.object_key, 1):
            text = (
                f"{len(missing):,} parts have another size than when the upload was "
                f"completed, the first is part {missing[0]}. Send the file again."
            )
            raise Refused("upload.parts_changed", text, f"part {missing[0]}")

    async def _refuse(self, row: UploadRow, refusal: Refused) -> NoReturn:
        """The verdict first: another attempt finds it, whatever is left by then."""
        error = ErrorInfo(
            code=refusal.code, message=refusal.message, where=refusal.where
        )
        await self._uploads.fail(row.id, error)
        await self._storage.delete_prefix(row.object_key)
        raise refusal


def _check(row: UploadRow, size: int, media_type: str) -> None:
    """Raises Refused."""
    if size != row.size:
        text = (
            f"The file has {size:,} bytes, and {row.size:,} were announced. It was "
            "deleted: send it again."
        )
        raise Refused("upload.wrong_size", text, "/size")
    if row.media_type not in (None, media_type):
        text = (
            f"By its first bytes the file is {media_type}, and {row.media_type} was "
            "announced. It was deleted: send the right one, or name no media_type."
        )
        raise Refused("upload.wrong_type", text, "/media_type")


def _gone(upload_id: str) -> InvalidInput:
    text = "The upload was aborted, or has expired. Begin another one."
    return InvalidInput("upload.gone", text, upload_id)
