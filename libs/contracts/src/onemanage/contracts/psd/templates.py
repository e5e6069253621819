"""Templates: documents with slots that values are put into. By the psd service."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import Command, ListPlace, Query, example_id
from onemanage.contracts.imaging.quick import QuickSource
from onemanage.contracts.public import shows, shows_all
from onemanage.contracts.task import Task

SLOT_KINDS = ("text", "picture", "color", "visibility", "choice")
OVERFLOWS = ("shrink", "clip", "grow", "ellipsis", "reject")
REMOVE_BACKGROUND = "remove_background"
"""As a slot's ``prepare``, instead of a recipe."""
FITS = ("fit", "fill", "as_is", "conform")


@shows_all
class SlotRules(msgspec.Struct, frozen=True, kw_only=True):
    """How a value is put into a slot. What is None follows from the layer."""

    overflow: str | None = None
    """Of text: shrink, clip, grow, ellipsis or reject. Box text shrinks, point text
    grows, where nobody says."""
    least_size: float | None = None
    """Of text that shrinks: points of the document, below which it is as reject."""
    fit: str | None = None
    """Of pictures: fit, fill, as_is or conform. Nobody says: fill."""
    align: str | None = None
    """Of pictures: two of left, center, right and top, middle, bottom, as
    ``left top``."""
    clip: bool = True
    """Of pictures: whether the box cuts off what lies beyond."""
    prepare: str | None = None
    """Of pictures: ``remove_background``, or a recipe as an address says it."""


@shows_all
class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the document that takes a value."""

    name: str
    """By which values and columns name it; unique in its template."""
    kind: str
    """text, picture, color, visibility or choice."""
    layer_ids: list[int]
    """As the document's: several where layers share a smart object or a tag."""
    origin: str = "user"
    """layer_name, text, variable (Photoshop's own) or user."""
    tag: str | None = None
    """Of ``text``: what stands in the text for it, as ``{{price}}``. None: the whole
    text is the value."""
    box: list[float] = []
    """left, top, right, bottom on the canvas, of the first layer."""
    default: str | bool | None = None
    """What it shows now. None of pictures."""
    example: str | None = None
    fonts: list[str] = []
    """PostScript names that its text is set in."""
    missing_fonts: list[str] = []
    """Of those, what nobody has, when the template was made."""
    choices: list[str] = []
    """Of ``choice``: the names of the group's layers."""
    target: str | None = None
    """Of ``color``: text, fill, stroke or overlay."""
    inside: str | None = None
    """Of a smart object that is a document with slots: which of those it is."""
    rules: SlotRules = SlotRules()


@shows(
    "template_id",
    "document_id",
    "task_id",
    "name",
    "slots",
    "width",
    "height",
    "revision",
    "created_at",
    "changed_at",
    "warnings",
)
class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed document and its slots."""

    template_id: Annotated[str, Meta(examples=[example_id("tpl")])]
    document_id: Annotated[str, Meta(examples=[example_id("doc")])]
    workspace_id: str
    task_id: str
    """That made or last changed it."""
    file_id: str
    file_key: str
    file_name: str
    name: str
    slots: list[Slot]
    width: int
    height: int
    revision: int = 1
    """One more with each change; results name the one they were made by."""
    created_at: datetime
    changed_at: datetime
    """When this revision was made."""
    warnings: list[str] = []
    file_sha256: str = ""
    name_encoding: str | None = None
    """As the document's, so that layers have the same names."""
    changes: list["SlotChange"] = []
    """All that users have asked for since it was made, in order."""


@shows_all
class SlotChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a user wants otherwise than it was found; a slot is known by its name."""

    name: str
    remove: bool = False
    rename: str | None = None
    kind: str | None = None
    """With ``layer_ids`` and no slot of the name: a new one."""
    layer_ids: list[int] | None = None
    tag: str | None = None
    target: str | None = None
    example: str | None = None
    rules: SlotRules | None = None


class DefineTemplate(Command, frozen=True, kw_only=True, tag="psd.template"):
    """Find the slots of a document, apply the changes, keep it as a template."""

    template_id: str
    document_id: str
    file_id: str
    file_key: str
    file_name: str
    file_sha256: str = ""
    name: str
    changes: list[SlotChange] = []
    """All that users have asked for since it was made, in order."""
    revision: int = 1
    """That this makes. Another that is there by then is somebody else's change."""


DEFINE_TEMPLATE = Task(
    "psd.template",
    command=DefineTemplate,
    result=Template,
    worker="psd",
    makes="template_id",
)


class SlotValue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one slot is to show. With none of these the slot is hidden; a slot without
    a value shows what the document shows."""

    text: str | None = None
    """Of text and choice; of color ``#rrggbb``."""
    shown: bool | None = None
    """Of visibility."""
    picture: QuickSource | None = None


@shows_all
class RenderOutput(msgspec.Struct, frozen=True, kw_only=True):
    """As what a filled template is written."""

    format: str = "png"
    """png, webp, avif or jpeg."""
    quality: int = 90
    width: int | None = None
    """Pixels; made smaller to fit within both, never larger."""
    height: int | None = None
    background: str | None = None
    """#rrggbb below the picture. JPEG is on white without."""


class GetTemplate(Query, frozen=True, kw_only=True):
    template_id: str
    revision: int | None = None
    """None: the latest. Those before it stay, for what was ordered by them."""


class ListTemplates(Query, frozen=True, kw_only=True):
    """Newest first, what comes after ``place``."""

    limit: int = 50
    place: ListPlace | None = None
    document_id: str | None = None


class TemplatePage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[Template]
    has_more: bool
