"""What a document and its layers hold beyond the tree: the long part of a manifest.

Lengths and positions are in pixels of the canvas, from its top left, unless a field
says otherwise. Shares (opacity, density, …) go from 0 to 1, angles are in degrees,
counter-clockwise from the right. A colour is ``#rrggbb``: the document's own RGB values
without colour management, and CMYK, Lab and gray by their definition. Words are
Photoshop's, in lower case with underscores. A text that is longer, or a list that has
more entries than is reasonable, is cut, and ``warnings`` says so.
"""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta

from onemanage.contracts.psd.style import (
    Box,
    Effect,
    Fill,
    Part,
    RasterMask,
    ShapeStroke,
    VectorMask,
)

DETAILS_VERSION = "1.0"


class TextRun(Part, frozen=True, kw_only=True):
    """Characters of one style."""

    start: int
    """Characters of ``text`` before it."""
    length: int
    """Characters."""
    font: str
    """PostScript name."""
    family: str = ""
    """The font's family, taken from the PostScript name where the file has none."""
    size: float = 12.0
    """Pixels on the canvas, after the text's transform."""
    color: str | None = None
    bold: bool = False
    """Faux bold, not a bold font; likewise ``italic``."""
    italic: bool = False
    underline: bool = False
    strikethrough: bool = False
    caps: str = "normal"
    """normal, small_caps or all_caps."""
    baseline: str = "normal"
    """normal, superscript or subscript."""
    baseline_shift: float = 0.0
    """Pixels after the transform, upwards."""
    tracking: int = 0
    """Thousandths of the size."""
    leading: float | None = None
    """Pixels after the transform; None is automatic."""
    horizontal_scale: float = 1.0
    vertical_scale: float = 1.0
    language: int = 0
    """Photoshop's number."""


class Paragraph(Part, frozen=True, kw_only=True):
    """Text up to and with a line feed."""

    start: int
    """Characters of ``text`` before it."""
    length: int
    """Characters."""
    justification: str = "left"
    """left, right, center, justify_last_left, justify_last_right, justify_last_center
    or justify_all."""
    first_line_indent: float = 0.0
    """Pixels after the transform, as are the four that follow."""
    start_indent: float = 0.0
    end_indent: float = 0.0
    space_before: float = 0.0
    space_after: float = 0.0


class Text(Part, frozen=True, kw_only=True):
    """The text of a type layer."""

    text: str
    """Lines and paragraphs end in a line feed."""
    orientation: str = "horizontal"
    """horizontal or vertical."""
    kind: str | None = None
    """point or paragraph (in a frame)."""
    transform: list[float] = []
    """xx, xy, yx, yy, tx, ty: x' = xx x + yx y + tx, y' = xy x + yy y + ty."""
    box: list[float] = []
    """Left, top, width, height before the transform; of a paragraph its frame."""
    anti_alias: str | None = None
    """none, sharp, crisp, strong or smooth."""
    warp: str | None = None
    """arc, flag, …; None where the text is not warped."""
    paragraphs: list[Paragraph] = []
    runs: list[TextRun] = []


class Adjustment(Part, frozen=True, kw_only=True):
    """What an adjustment layer does to those below."""

    kind: str
    """levels, curves, hue_saturation, …"""
    parameters: dict[str, Any] = {}
    """In the units of Photoshop's dialogs. docs/psd.md lists them by kind."""


class SmartObject(Part, frozen=True, kw_only=True):
    """A file within the document, or beside it, that a layer shows."""

    kind: str
    """embedded, linked (a file elsewhere), alias or missing."""
    unique_id: str
    """What it is extracted by."""
    file_name: str = ""
    """The author's text, without folders; not fit to name a file by."""
    file_type: str | None = None
    """Four characters of its maker: png, 8bps, …"""
    media_type: str | None = None
    """By the first bytes, where it is embedded and known."""
    size: int | None = None
    """Bytes."""
    extractable: bool = False
    placed_id: str = ""
    """Of this placement; several layers may show one file."""
    width: float | None = None
    """Of the content, in its own pixels, as is ``height``."""
    height: float | None = None
    resolution: float | None = None
    """Of the content; pixels per inch."""
    transform: list[float] = []
    """x and y of the four corners, clockwise from the top left."""
    warped: bool = False
    filters: list[str] = []
    """Names of its smart filters, from the first applied."""


class Artboard(Part, frozen=True, kw_only=True):
    """What makes a group an artboard."""

    box: Box
    preset: str = ""
    """iPhone X, Web 1280, …"""
    background: str = "white"
    """white, black, transparent or color."""
    color: str | None = None
    """None where the background is transparent."""


class LayerCompState(Part, frozen=True, kw_only=True):
    """What a layer comp does with the layer."""

    comp_ids: list[int]
    """0 is the state in which the document was saved."""
    visible: bool | None = None
    """None where the comp leaves it as it is."""
    offset_x: float | None = None
    """Pixels from where the layer is, as is ``offset_y``."""
    offset_y: float | None = None


class LayerDetails(Part, frozen=True, kw_only=True):
    """A layer beyond its place in the tree."""

    layer_id: int
    """As in the manifest's layers."""
    psd_id: int | None = None
    """Photoshop's own id, which stays when the layer moves or is renamed."""
    fill_opacity: float = 1.0
    """0 to 1; leaves effects as they are."""
    locks: list[str] = []
    """transparency, pixels, position, nesting or all."""
    clipping_base: int | None = None
    """The layer that this one is clipped to."""
    knockout: str | None = None
    """shallow or deep."""
    mask: RasterMask | None = None
    vector_mask: VectorMask | None = None
    effects: list[Effect] = []
    """In the file's order."""
    effects_enabled: bool = True
    """The one switch for all."""
    text: Text | None = None
    fonts: list[str] = []
    """PostScript names that the text uses."""
    fill: Fill | None = None
    """Of a fill layer or a shape."""
    stroke: ShapeStroke | None = None
    adjustment: Adjustment | None = None
    smart_object: SmartObject | None = None
    artboard: Artboard | None = None
    colors: list[str] = []
    """Those that stand in text, fills, strokes and overlays that are switched on."""
    comps: list[LayerCompState] = []
    label: str | None = None
    """Colour in the layers panel: red, orange, …"""
    link_group: int | None = None
    """Layers of one number are linked and move together."""
    modified_at: datetime | None = None
    warnings: list[str] = []


class Guide(Part, frozen=True, kw_only=True):
    """A guide across the whole canvas."""

    orientation: str
    """horizontal or vertical."""
    position: float
    """Pixels from the top or the left."""


class Slice(Part, frozen=True, kw_only=True):
    """A slice for the web."""

    slice_id: int
    kind: str
    """user, auto or layer."""
    box: Box
    name: str = ""
    psd_layer_id: int | None = None
    """``psd_id`` of the layer that it follows."""
    url: str = ""
    alt: str = ""


class LayerComp(Part, frozen=True, kw_only=True):
    """A saved state of the layers panel."""

    comp_id: int
    name: str = ""
    comment: str = ""


class Channel(Part, frozen=True, kw_only=True):
    """A channel past the colours."""

    name: str
    kind: str | None = None
    """alpha, inverted_alpha or spot."""


class EmbeddedFile(Part, frozen=True, kw_only=True):
    """A file that smart objects show."""

    unique_id: Annotated[str, Meta(description="As smart objects name it.")]
    kind: Annotated[str, Meta(description="embedded, linked or alias.")]
    file_name: Annotated[
        str,
        Meta(
            description="The author's text, without folders; not fit to name a file by.",
            examples=["logo.svg"],
        ),
    ] = ""
    file_type: Annotated[
        str | None, Meta(description="Four characters of its maker: png, 8bps, …")
    ] = None
    media_type: Annotated[
        str | None,
        Meta(
            description="By the first bytes; null where they are unknown or not here.",
            examples=["image/png"],
        ),
    ] = None
    size: Annotated[int | None, Meta(description="Bytes.")] = None
    extractable: bool = False
    path: str | None = None
    """Where it was extracted to, beside the manifest; None where it was not."""
    sha256: Annotated[str | None, Meta(description="Of what was extracted.")] = None


class DocumentDetails(Part, frozen=True, kw_only=True, omit_defaults=False):
    """A document beyond its layers. What the file does not say is None or empty."""

    ppi_x: float | None = None
    """Pixels per inch, as is ``ppi_y``."""
    ppi_y: float | None = None
    pixel_aspect_ratio: float | None = None
    """Width of a pixel by its height."""
    guides: list[Guide] = []
    slices: list[Slice] = []
    artboards: list[int] = []
    """Layer ids."""
    comps: list[LayerComp] = []
    last_comp: int | None = None
    """The layer comp that was applied last."""
    global_angle: float | None = None
    """Degrees; where the document's light comes from."""
    global_altitude: float | None = None
    """Degrees of that light above the canvas."""
    icc_profile: str | None = None
    """Name of the embedded profile."""
    channels: list[Channel] = []
    paths: list[str] = []
    """Names of the saved paths."""
    files: list[EmbeddedFile] = []
    created: str | None = None
    """As in the XMP, by ISO 8601, as is ``modified``."""
    modified: str | None = None
    software: str | None = None
    """What made the document, as in the XMP."""
    writer: str | None = None
    """What saved the file."""
    copyrighted: bool | None = None
    url: str | None = None
    """Where its owner wants to be found."""
    colors_in_table: int | None = None
    """Of an indexed document."""
    thumbnail_width: int | None = None
    """Pixels, as is ``thumbnail_height``."""
    thumbnail_height: int | None = None
    merged_image: bool | None = None
    """Whether the file says that its merged image shows the document."""
    name_encoding: str | None = None
    """In which encoding names were read that have no Unicode form."""
    name_encoding_confidence: float | None = None
    """0 to 1: how sure that is; 1 where it was chosen."""
    details_version: str = DETAILS_VERSION
    warnings: list[str] = []
