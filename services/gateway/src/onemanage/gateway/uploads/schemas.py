"""Uploads in parts in HTTP bodies."""

from datetime import datetime

from pydantic import BaseModel, Field, field_validator

from onemanage.contracts.base import example_id
from onemanage.gateway.http.ids import MAX_INT8
from onemanage.gateway.http.schemas import Body
from onemanage.gateway.http.shown import Answer, list_of
from onemanage.gateway.uploads.resumable import UploadPart
from onemanage.gateway.uploads.store import UploadRow

_HEX = Field(
    default=None,
    pattern=r"^[0-9A-Fa-f]{64}$",
    description="What the whole file has, as 64 hex digits; checked at the end.",
    examples=["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
)


class _WithHash(Body):
    sha256: str | None = _HEX

    @field_validator("sha256")
    @classmethod
    def _in_small_letters(cls, given: str | None) -> str | None:
        return None if given is None else given.lower()


class UploadRequest(_WithHash):
    """A file that is going to be sent in parts."""

    name: str = Field(min_length=1, max_length=1024, examples=["orders.parquet"])
    size: int = Field(ge=1, le=MAX_INT8, description="Bytes.", examples=[5_368_709_120])
    part_size: int | None = Field(
        default=None,
        ge=1,
        le=MAX_INT8,
        description="Bytes of each part but the last. 16 MiB where it is left out, or "
        "more where that would be more than 10,000 parts.",
        examples=[16777216],
    )
    media_type: str | None = Field(
        default=None,
        max_length=255,
        description="Fail at the end where the first bytes say something else.",
        examples=["application/vnd.apache.parquet"],
    )


class CompleteRequest(_WithHash):
    """All parts are there."""


class PartOut(Answer, of=UploadPart):
    """A part. ``url`` is where to PUT it, while it is missing."""


class PartList(BaseModel):
    items: list[PartOut]
    next_from: int | None = Field(
        description="Give it back as ?from= for the next page; null on the last.",
        examples=[101],
    )
    urls_expire_at: datetime = Field(
        description="Ask again for addresses of what is missing then."
    )


class UploadOut(Answer, of=UploadRow):
    """An upload in parts, as it stands."""

    parts: int = Field(description="How many there are.", examples=[2385])
    task_id: str | None = Field(
        description="Of the task that makes a file of it, once that was asked for.",
        examples=[example_id("tsk")],
    )
    file_id: str | None = Field(
        description="Once it is completed.", examples=[example_id("fil")]
    )


class BegunUploadOut(UploadOut):
    """With where to put the first parts."""

    addresses: PartList


UploadList = list_of(UploadOut)
