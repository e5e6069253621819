"""Facts about uploaded files. Produced by the gateway."""

from onemanage.contracts.base import Event
from onemanage.contracts.public import shows


@shows("file_id", "name", "size", "sha256", "media_type")
class FileUploadCompleted(
    Event, frozen=True, kw_only=True, tag="file.upload.completed"
):
    """A file is whole in object storage. Its ``task_id`` is the file's own id."""

    file_id: str
    name: str
    size: int
    """Bytes."""
    sha256: str
    media_type: str
    """By magic bytes, never by the name's ending."""
    object_key: str
