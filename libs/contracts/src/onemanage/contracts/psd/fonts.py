"""Fonts of a workspace: what text of its templates is set in. Kept by the psd service.

They are drawn with, and handed to nobody: not to another workspace, and not embedded.
"""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import Command, ListPlace, Query, derived_id, example_id
from onemanage.contracts.public import shows, shows_all
from onemanage.contracts.task import Task

MOST_FONTS = 1000
"""Of one workspace: each picture is made with all of them at hand."""


@shows_all
class FontFace(msgspec.Struct, frozen=True, kw_only=True):
    """One of a file: collections hold several."""

    index: int
    """In the file, from 0."""
    family: Annotated[str, Meta(examples=["Source Sans 3"])]
    style: Annotated[str, Meta(examples=["Bold"])]
    postscript_names: Annotated[
        list[str],
        Meta(
            description="By which documents name it: its own, then those of its "
            "instances where it is variable.",
            examples=[["SourceSans3-Bold"]],
        ),
    ]
    weight: Annotated[int, Meta(description="100 to 900.", examples=[700])] = 400
    italic: bool = False
    scripts: Annotated[
        list[str],
        Meta(
            description="ISO 15924 codes, that with the most letters first.",
            examples=[["Latn", "Cyrl"]],
        ),
    ] = []
    embedding: Annotated[
        str,
        Meta(
            description="What its licence bits allow of documents: installable, "
            "editable, preview or restricted.",
        ),
    ] = "installable"


@shows(
    "font_id",
    "task_id",
    "file_id",
    "name",
    "format",
    "faces",
    "size",
    "sha256",
    "created_at",
    "warnings",
)
class Font(msgspec.Struct, frozen=True, kw_only=True):
    """A font file that was read."""

    font_id: Annotated[str, Meta(examples=[example_id("fnt")])]
    workspace_id: str
    task_id: str
    file_id: str
    name: Annotated[str, Meta(description="Of the file.")]
    format: Annotated[
        str, Meta(description="ttf, otf, ttc or woff2.", examples=["otf"])
    ]
    faces: list[FontFace]
    size: Annotated[int, Meta(description="Bytes.")]
    sha256: str
    object_key: str
    """Of the font as it is drawn with: unpacked where it was WOFF2."""
    object_sha256: str
    created_at: datetime
    warnings: list[str] = []


def font_id(workspace_id: str, sha256: str) -> str:
    """Of a file: the same bytes are one font of a workspace."""
    return derived_id("fnt", workspace_id, sha256)


class AddFont(Command, frozen=True, kw_only=True, tag="psd.font"):
    """Read an uploaded file as a font, and keep it for the workspace's templates."""

    font_id: str
    file_id: str
    file_key: str
    file_name: str
    file_sha256: str
    file_size: int = 0


ADD_FONT = Task(
    "psd.font",
    command=AddFont,
    result=Font,
    worker="psd",
    makes="font_id",
    timeout=120.0,
)


class GetFont(Query, frozen=True, kw_only=True):
    font_id: str


class ListFonts(Query, frozen=True, kw_only=True):
    """Newest first, what comes after ``place``."""

    limit: int = 50
    place: ListPlace | None = None


class FontPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[Font]
    has_more: bool
