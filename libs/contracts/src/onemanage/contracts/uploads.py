"""Uploads in parts: made whole and looked at. Carried out by the gateway's worker."""

from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import Command, example_id
from onemanage.contracts.public import shows_all
from onemanage.contracts.task import Task


@shows_all
class UploadedFile(msgspec.Struct, frozen=True, kw_only=True):
    """The file that an upload has become."""

    file_id: Annotated[str, Meta(examples=[example_id("fil")])]
    name: Annotated[str, Meta(examples=["poster.psd"])]
    size: Annotated[int, Meta(description="Bytes.", examples=[1048576])]
    sha256: Annotated[str, Meta(description="64 hex digits.")]
    media_type: Annotated[
        str,
        Meta(
            description="By its first bytes.",
            examples=["image/vnd.adobe.photoshop"],
        ),
    ]


class CompleteUpload(Command, frozen=True, kw_only=True, tag="upload.complete"):
    """Make one file of the parts that storage has, and check that it is the right one.

    What else there is to know of the upload stands in its row.
    """

    upload_id: str
    sha256: str | None = None
    """What it must be, as 64 hex digits; None where nobody has said."""


COMPLETE = Task(
    "upload.complete",
    command=CompleteUpload,
    result=UploadedFile,
    worker="gateway",
    makes="file_id",
    timeout=3600,
    leaves=None,
)
