"""What is sent to the server and what it answers.

Made by scripts/client.py from the API's description; do not change it by hand.

What is only answered is a Model, read by attributes. What can be sent is a TypedDict, also
where it is answered, so that a recipe which comes back can be sent again. Of a value that
is one of some a newer server may answer another one, which therefore is a str, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Literal, TypedDict, TypeVar, Union

from onemanage.client.model import Model

if TYPE_CHECKING:
    from typing_extensions import Required

__all__ = [
    "TaskResult",
    "AcceptRequest",
    "Adjust",
    "Adjustment",
    "Affine",
    "Analysis",
    "AnalysisRequest",
    "ApiKeyList",
    "ApiKeyOut",
    "ApiKeyRequest",
    "Artboard",
    "AssetOut",
    "AssetResult",
    "AudioStream",
    "AuditEntryList",
    "AuditEntryOut",
    "AutoLevels",
    "AutoOutput",
    "AvifOutput",
    "Background",
    "BackgroundImageResult",
    "BackgroundOut",
    "BackgroundRequest",
    "BackgroundSpec",
    "BatchFailureOut",
    "BatchOut",
    "BatchRequest",
    "BatchResult",
    "BegunUploadOut",
    "BestOutput",
    "BevelLight",
    "Blur",
    "BlurredOriginal",
    "Border",
    "Box",
    "BoxOut",
    "Channel",
    "Clahe",
    "CodeRequest",
    "ColorMatrix",
    "ColorStop",
    "Colorize",
    "ColumnBody",
    "ColumnFindingsOut",
    "ColumnProfile",
    "CompleteRequest",
    "Composite",
    "ContactShadow",
    "Convolve",
    "Covers",
    "Crop",
    "CropAspect",
    "CropTo",
    "CurrentWorkspaceRequest",
    "CurvePoint",
    "Curves",
    "CutCellOut",
    "DatabaseIn",
    "DatasetColumnOut",
    "DatasetExportResult",
    "DatasetList",
    "DatasetOut",
    "DatasetSnapshotResult",
    "DatasetWithColumns",
    "Decision",
    "DeletedResult",
    "DeliveryList",
    "DeliveryOut",
    "Denoise",
    "Description",
    "DialectBody",
    "DiffOut",
    "DiffRequest",
    "DiscardedOut",
    "Document",
    "DocumentDetails",
    "DocumentDiffResult",
    "DocumentList",
    "DocumentOut",
    "DocumentRequest",
    "DocumentResult",
    "DropShadow",
    "DroppedDatasetResult",
    "Duotone",
    "Effect",
    "EmbeddedFile",
    "EmbeddedFileList",
    "EmbeddedFileOut",
    "Equalize",
    "ErrorInfo",
    "ExportOut",
    "ExportRequest",
    "ExportSpec",
    "Face",
    "FileList",
    "FileOut",
    "FileReference",
    "Fill",
    "FilterIn",
    "FindingsOut",
    "Flip",
    "FontFace",
    "FontFaceOut",
    "FontList",
    "FontOut",
    "FontResult",
    "FoundLayerList",
    "FoundLayerOut",
    "Gamma",
    "GifOutput",
    "Gradient",
    "GradientOverlay",
    "GradientStop",
    "Grain",
    "Grayscale",
    "Guide",
    "HandedOverRowsResult",
    "HandlerOut",
    "HealthOut",
    "HeatMapOut",
    "HistogramBin",
    "HostsOut",
    "HostsRequest",
    "Hue",
    "ImageFile",
    "ImageInfoOut",
    "ImageLayer",
    "ImageOut",
    "ImageWatermark",
    "ImportList",
    "ImportOut",
    "ImportPlanResult",
    "ImportRequest",
    "ImportResult",
    "ImportedTable",
    "ImportedTableOut",
    "InvitationList",
    "InvitationOut",
    "InvitationRequest",
    "JpegOutput",
    "JxlOutput",
    "Kind",
    "Layer",
    "LayerComp",
    "LayerCompState",
    "LayerDetails",
    "LayerDetailsOut",
    "LayerDifferenceOut",
    "LayerGradient",
    "LayerList",
    "LayerMask",
    "LayerOut",
    "LayerReference",
    "LayerSelection",
    "LayersIn",
    "LetterList",
    "LetterOut",
    "LimitsOut",
    "LimitsRequest",
    "LoginRequest",
    "Lut",
    "MadeImageOut",
    "MakeTransparent",
    "Manifest",
    "MeOut",
    "Median",
    "MemberList",
    "MemberOut",
    "MergeCounts",
    "MergeList",
    "MergeOut",
    "MergeRequest",
    "MergeResult",
    "MergeSpecOut",
    "MergedImageOut",
    "MergedRowList",
    "MergedRowOut",
    "MergedRowsResult",
    "Negate",
    "NewApiKeyOut",
    "NewCodeOut",
    "NewInvitationOut",
    "NewSessionOut",
    "NewSigningKeyOut",
    "NewWebhookOut",
    "NewWorkspaceOut",
    "NewWorkspaceRequest",
    "Obscure",
    "Offset",
    "OpacityStop",
    "OpenedLetterOut",
    "Operator",
    "OptionsBody",
    "OutputBody",
    "Pad",
    "Paragraph",
    "Parameter",
    "PartList",
    "PartOut",
    "PasswordRequest",
    "Pattern",
    "PerceptualHash",
    "Perspective",
    "Picture",
    "Pixelate",
    "Place",
    "Placement",
    "PlanOut",
    "PlanRequest",
    "PlannedTable",
    "PlannedTableOut",
    "PngOutput",
    "Point",
    "Posterize",
    "PreparedMergeResult",
    "PresetList",
    "PresetOut",
    "PresetRequest",
    "PreviewList",
    "PreviewOut",
    "PreviewRequest",
    "ProblemOut",
    "ProfileOut",
    "Progress",
    "PublishedDatasetResult",
    "PublishedPreviewsResult",
    "Quantile",
    "RasterMask",
    "Reading",
    "Recipe",
    "Reflection",
    "RejectCount",
    "RejectCountOut",
    "RejectList",
    "RejectOut",
    "RemovalResult",
    "RenderOut",
    "RenderOutputOut",
    "RenderRequest",
    "RenditionImageOut",
    "RenditionList",
    "RenditionOut",
    "RenditionRequest",
    "RenditionResult",
    "RenditionSpec",
    "RenditionWithImages",
    "ReplayedOut",
    "Resize",
    "RetentionDays",
    "RetentionOut",
    "RetentionRequest",
    "Role",
    "RoleRequest",
    "Rotate",
    "RoundedCorners",
    "RowErrorOut",
    "RowFilter",
    "RowList",
    "Scope",
    "Sepia",
    "ServerOut",
    "ServiceOut",
    "SessionList",
    "SessionOut",
    "ShadowsHighlights",
    "ShapeStroke",
    "Sharpen",
    "Shot",
    "SigningKeyList",
    "SigningKeyOut",
    "SigningKeyRequest",
    "SimilarList",
    "SimilarOut",
    "SizeOut",
    "Slice",
    "Slot",
    "SlotChangeBody",
    "SlotOut",
    "SlotRules",
    "SlotRulesBody",
    "SlotRulesOut",
    "SmartObject",
    "Solarize",
    "Solid",
    "SourceName",
    "SourceOut",
    "SourceTableOut",
    "State",
    "StoredImage",
    "StreamOut",
    "StudioSweep",
    "Subpath",
    "Swatch",
    "SystemOut",
    "TableBody",
    "TaskList",
    "TaskOut",
    "TemplateChange",
    "TemplateList",
    "TemplateOut",
    "TemplateRequest",
    "TemplateResult",
    "Text",
    "TextBlock",
    "TextFont",
    "TextPanel",
    "TextRun",
    "TextShadow",
    "TextWatermark",
    "Threshold",
    "TiffOutput",
    "TilePyramidResult",
    "TilesOut",
    "Tint",
    "TransformationList",
    "TransformationOut",
    "TransformationRequest",
    "TransformationResult",
    "Transparent",
    "Trim",
    "UploadList",
    "UploadOut",
    "UploadRequest",
    "UploadedFileResult",
    "UsageDayOut",
    "UsageOut",
    "UsedOut",
    "ValueCount",
    "Variant",
    "VectorMask",
    "Vibrance",
    "VideoStreams",
    "Vignette",
    "Warning",
    "WarningOut",
    "WebhookChange",
    "WebhookList",
    "WebhookOut",
    "WebhookRequest",
    "WebpOutput",
    "WhiteBalance",
    "WorkspaceLimitsOut",
    "WorkspaceList",
    "WorkspaceOut",
    "WorkspaceRequest",
]

ResultT = TypeVar("ResultT", bound="TaskResult")
"""What a task makes."""


Covers = Literal["address", "source"]


Kind = Literal[
    "pixel", "group", "artboard", "type", "shape", "smartobject", "adjustment", "fill"
]


Operator = Literal[
    "eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "starts_with", "is_null"
]


Role = Literal["owner", "member", "viewer"]


Scope = Literal["read", "write", "admin"]


State = Literal["pending", "delivered", "failed"]


class AcceptRequest(TypedDict, total=False):
    """An invitation's token; name and password of the new account, or the password of
    the one that there is.
    """

    token: Required[str]
    name: Required[str]
    password: Required[str]
    """10 to 256 characters, of any kind."""


class Adjust(TypedDict, total=False):
    """Brightness, contrast, saturation: 0 changes nothing, -100 takes all of it."""

    op: Required[Literal["adjust"]]
    brightness: float
    contrast: float
    saturation: float


class Adjustment(Model):
    """What an adjustment layer does to those below."""

    kind: str
    parameters: dict[str, Any] | None


class Affine(TypedDict, total=False):
    """Scale, mirror, slant, turn and move, about the middle, in one pass.

    x' = a x + b y and y' = c x + d y, with y downwards, by ``matrix``; or as the
    other fields say: first scaled, then slanted.
    """

    op: Required[Literal["affine"]]
    matrix: Sequence[float] | None
    scale_x: float
    scale_y: float
    skew_x: float
    skew_y: float
    canvas: Literal["grow", "keep"]
    move_x: float
    move_y: float
    background: str


class Analysis(Model):
    """Everything that is known of one image."""

    width: int
    height: int
    format: str
    media_type: str
    frames: int | None
    size: int | None
    has_alpha: bool | None
    transparent: float | None
    grayscale: bool | None
    brightness: float | None
    contrast: float | None
    sharpness: float | None
    blurriness: float | None
    palette: list[Swatch] | None
    average: str | None
    thumbhash: str | None
    blurhash: str | None
    hash: PerceptualHash | None
    faces: list[Face] | None
    pages: int | None
    bits: int | None
    color_space: str | None
    profile: str | None
    dpi: float | None
    seconds: float | None
    loop: int | None
    lqip: str | None
    dominant: str | None
    shot: Shot | None
    description: Description | None
    place: Place | None
    video: VideoStreams | None
    warnings: list[str] | None
    analysis_version: str | None


class AnalysisRequest(TypedDict, total=False):
    """An uploaded image that is to be looked at, again where it was before."""

    file_id: Required[str]
    include: Sequence[Literal["place"]]
    """`place`: tell where it was taken too, and keep it in the analysis until the
    image is looked at again.
    """


class ApiKeyList(Model):
    """ApiKeyList"""

    items: list[ApiKeyOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class ApiKeyOut(Model):
    """An API key, without the key."""

    id: str
    name: str
    begins_with: str
    """Its first characters, to tell it by; empty for one made before these were kept."""
    scopes: list[Literal["admin", "read", "write"] | str]
    networks: list[str]
    """Where it may be used from; anywhere where there are none."""
    created_at: datetime
    last_used_at: datetime | None
    """To the minute; null: never yet."""
    expires_at: datetime | None
    revoked_at: datetime | None
    """From when it is good for nothing. In the future where it was rotated."""
    replaces: str | None
    """The key that it was rotated from."""


class ApiKeyRequest(TypedDict, total=False):
    """A key to be made."""

    name: Required[str]
    scopes: Sequence[Scope]
    expires_at: datetime | str | None
    networks: Sequence[str]


class Artboard(Model):
    """What makes a group an artboard."""

    box: Box
    preset: str | None
    background: str | None
    color: str | None


class AssetOut(Model):
    """What is known of an uploaded image."""

    id: str
    """The file's."""
    task_id: str
    name: str
    analysis: Analysis
    created_at: datetime


class AssetResult(Model):
    """What is known of an uploaded image."""

    id: str
    """The file's."""
    task_id: str
    name: str
    analysis: Analysis
    created_at: datetime


class AudioStream(Model):
    """One track of sound."""

    codec: str
    channels: int | None
    sample_rate: int | None


class AuditEntryList(Model):
    """AuditEntryList"""

    items: list[AuditEntryOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class AuditEntryOut(Model):
    """Who did what."""

    id: str
    created_at: datetime
    """When it was begun."""
    actor_id: str | None
    """The API key or the user; null: nobody that is known."""
    actor_name: str | None
    """The key's name, or the user's e-mail address, at that time."""
    session_id: str | None
    """By which a user came."""
    address: str | None
    user_agent: str | None
    """200 characters of it."""
    action: str
    """The operation's id."""
    objects: list[str]
    """Ids and names: those in the address, then what was made."""
    status: int | None
    """Of the answer; 202 for every order that was accepted. null: not known, as the
    gateway was killed at it.
    """
    trace_id: str | None
    """X-Request-Id of the answer."""


class AutoLevels(TypedDict, total=False):
    """Stretch each channel so that its darkest and lightest values span all levels."""

    op: Required[Literal["auto_levels"]]
    clip: float
    per_channel: bool


class AutoOutput(TypedDict, total=False):
    """The best format that whoever asks accepts: AVIF or WebP where Accept names them,
    else one that everybody reads: JPEG, PNG where the image is transparent, GIF
    where it is animated.
    """

    format: Required[Literal["auto"]]
    icc: bool
    space: Literal["cmyk", "gray", "p3", "source", "srgb"]
    dpi: int | None
    metadata: Literal["all", "copyright", "none"]
    location: bool
    copyright: str | None
    artist: str | None
    credit: str | None
    quality: int
    max_bytes: int | None
    ssim: float | None


class AvifOutput(TypedDict, total=False):
    """AVIF, animated where the image is."""

    format: Required[Literal["avif"]]
    icc: bool
    space: Literal["cmyk", "gray", "p3", "source", "srgb"]
    dpi: int | None
    metadata: Literal["all", "copyright", "none"]
    location: bool
    copyright: str | None
    artist: str | None
    credit: str | None
    quality: int
    max_bytes: int | None
    ssim: float | None
    speed: int
    subsampling: Literal["4:2:0", "4:2:2", "4:4:4"]
    lossless: bool
    bits: Literal[8, 10]
    alpha_quality: int | None


class Background(TypedDict, total=False):
    """Lay a colour under what is transparent."""

    op: Required[Literal["background"]]
    color: str


class BackgroundImageResult(Model):
    """A picture whose background was taken away or replaced."""

    id: str
    task_id: str
    file_id: str
    """The upload that it goes back to; empty of an image fetched from an address."""
    name: str
    spec: BackgroundSpec
    removal: RemovalResult
    """How the subject was found, and how sure that is."""
    images: list[MadeImageOut]
    """`image`, and `mask` where it was asked for."""
    created_at: datetime
    warnings: list[str] | None
    source: str | None
    """What a row of a merge has named, where that is no upload: a document, a layer,
    an image of a transformation, or an address, without its query.
    """


class BackgroundOut(Model):
    """A picture whose background was taken away or replaced."""

    id: str
    task_id: str
    file_id: str
    """The upload that it goes back to; empty of an image fetched from an address."""
    name: str
    spec: BackgroundSpec
    removal: RemovalResult
    """How the subject was found, and how sure that is."""
    images: list[MadeImageOut]
    """`image`, and `mask` where it was asked for."""
    created_at: datetime
    warnings: list[str]
    source: str | None
    """What a row of a merge has named, where that is no upload: a document, a layer,
    an image of a transformation, or an address, without its query.
    """


class BackgroundRequest(TypedDict, total=False):
    """A picture, and what its background is to become."""

    file_id: Required[str]
    spec: BackgroundSpec
    """See docs/imaging.md. `{}` cuts the subject out."""


class BackgroundSpec(TypedDict, total=False):
    """One background job. The defaults cut the subject out and change nothing else."""

    fill: Transparent | Solid | Gradient | BlurredOriginal | Picture | StudioSweep
    shadow: ContactShadow | None
    reflection: Reflection | None
    placement: Placement
    decontaminate: bool
    use_alpha: bool
    with_mask: bool
    output: (
        JpegOutput
        | PngOutput
        | WebpOutput
        | AvifOutput
        | JxlOutput
        | TiffOutput
        | GifOutput
        | AutoOutput
        | BestOutput
        | None
    )


class BatchFailureOut(Model):
    """BatchFailureOut"""

    task_id: str
    file_id: str | None
    name: str
    error: ErrorInfo | None


class BatchOut(Model):
    """BatchOut"""

    id: str
    task_id: str
    state: str
    """running, completed, failed or cancelled. A batch completes when all of its tasks
    have ended, whatever became of them.
    """
    total: int
    queued: int
    running: int
    completed: int
    failed: int
    cancelled: int
    failures: list[BatchFailureOut]
    """The first hundred; all of them under /tasks?state=failed."""
    contact_sheet: MadeImageOut | None
    error: ErrorInfo | None
    created_at: datetime
    finished_at: datetime | None


class BatchRequest(TypedDict, total=False):
    """Many files, and what becomes of each."""

    file_ids: Required[Sequence[str]]
    recipe: Recipe | None
    """See docs/imaging.md."""
    preset: str | None
    parameters: Mapping[str, Any] | None
    """Of the preset, by name; the others are as it says."""
    background: BackgroundSpec | None
    """Instead of a recipe: the spec of a background."""


class BatchResult(Model):
    """How a batch ended."""

    id: str
    task_id: str
    total: int
    completed: int
    failed: int
    cancelled: int
    contact_sheet: StoredImage | None
    created_at: datetime


class BegunUploadOut(Model):
    """With where to put the first parts."""

    id: str
    name: str
    size: int
    """Bytes."""
    sha256: str | None
    """What the file must have, as 64 hex digits."""
    media_type: str | None
    """What its first bytes must say that it is."""
    part_size: int
    """Bytes of each part but the last."""
    error: ErrorInfo | None
    """Why it failed."""
    created_at: datetime
    expires_at: datetime
    """Later each time that addresses of parts are asked for."""
    ended_at: datetime | None
    state: str
    """open, completing, completed, failed, aborted or expired."""
    parts: int
    """How many there are."""
    task_id: str | None
    """Of the task that makes a file of it, once that was asked for."""
    file_id: str | None
    """Once it is completed."""
    addresses: PartList


class BestOutput(TypedDict, total=False):
    """The smallest file of several formats, all of them as like the image as a JPEG of
    ``quality`` is, or as ``ssim`` says. Lossless ones are among them, which win
    where there is little to see. An animation is written as ``auto`` would, without
    a search.
    """

    format: Required[Literal["best"]]
    icc: bool
    space: Literal["cmyk", "gray", "p3", "source", "srgb"]
    dpi: int | None
    metadata: Literal["all", "copyright", "none"]
    location: bool
    copyright: str | None
    artist: str | None
    credit: str | None
    formats: Sequence[Literal["avif", "jpeg", "jxl", "png", "webp"]]
    quality: int
    ssim: float | None


class BevelLight(Model):
    """The lit or the dark side of a bevel."""

    color: str | None
    blend_mode: str
    opacity: float


class Blur(TypedDict, total=False):
    """Gaussian blur."""

    op: Required[Literal["blur"]]
    sigma: Required[float]


class BlurredOriginal(TypedDict, total=False):
    """The picture's own background, out of focus, the subject not smeared into it."""

    type: Required[Literal["blur"]]
    radius: float
    dim: float


class Border(TypedDict, total=False):
    """Add a frame around the image."""

    op: Required[Literal["border"]]
    width: Required[int]
    color: str


class Box(Model):
    """A rectangle of whole pixels; it may lie outside the canvas."""

    left: int
    top: int
    width: int
    height: int


class BoxOut(Model):
    """A rectangle of whole pixels."""

    left: int
    top: int
    width: int
    height: int


class Channel(Model):
    """A channel past the colours."""

    name: str
    kind: str | None


class Clahe(TypedDict, total=False):
    """Raise local contrast: equalise lightness within tiles, no further than a limit.

    Zuiderveld, "Contrast limited adaptive histogram equalization", Graphics Gems IV
    (1994), on the lightness of CIE Lab.
    """

    op: Required[Literal["clahe"]]
    limit: float
    tiles: int


class CodeRequest(TypedDict, total=False):
    """A code that signs in."""

    code: Required[str]


class ColorMatrix(TypedDict, total=False):
    """Mix the channels by a matrix. Each row makes one channel.

    Three rows of three numbers: factors of red, green and blue. Three rows of four:
    with an offset, of which 1 is a whole range, at the end. Four rows of five: with
    alpha, as ``feColorMatrix`` of SVG has them. On sRGB values from 0 to 1 that
    alpha is not multiplied into.
    """

    op: Required[Literal["color_matrix"]]
    matrix: Required[Sequence[Sequence[float]]]


class ColorStop(Model):
    """A colour of a gradient."""

    position: float
    color: str | None
    midpoint: float | None
    source: str | None


class Colorize(TypedDict, total=False):
    """Lay a colour over what can be seen; what is transparent stays so.

    ``blend`` ``color`` gives everything one hue and keeps lightness.
    """

    op: Required[Literal["colorize"]]
    color: Required[str]
    opacity: float
    blend: Literal[
        "add",
        "color",
        "color_burn",
        "color_dodge",
        "darken",
        "difference",
        "exclusion",
        "hard_light",
        "hue",
        "lighten",
        "luminosity",
        "multiply",
        "normal",
        "overlay",
        "saturation",
        "screen",
        "soft_light",
    ]


class ColumnBody(TypedDict, total=False):
    """One column of the source and what becomes of it."""

    position: Required[int]
    """In the source, from 1."""
    header: str
    name: Required[str]
    """Of the table's column: at most 63 bytes."""
    type: Literal[
        "text",
        "boolean",
        "bigint",
        "numeric",
        "double",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "interval",
    ]
    precision: int | None
    """Digits in all, of numeric."""
    scale: int | None
    """Digits after the point. A value with more is a reject, never rounded."""
    format: str | None
    """Of dates and times, as in strftime; null for ISO 8601 alone. Of numbers 1234.5
    as the file writes it: `1.234,5 €`, `($1,234.5)`, `1234.5%`, and `12,34,567.5`
    for lakhs; null for plain ones.
    """
    zone: str | None
    """Of timestamptz: where times without an offset are."""
    nulls: Sequence[str]
    """Values that mean NULL."""
    trim: bool
    """Blanks around numbers, dates and booleans are ignored."""
    required: bool
    """NULL is a reject."""
    non_finite: Literal["reject", "null", "keep"]
    """What becomes of NaN and infinities, of double."""
    on_bad_value: Literal["reject", "null", "text"] | None
    """A value that the type cannot hold makes its row a `reject`, is `null`, or makes
    the whole column `text`; null for what the options say.
    """
    include: bool


class ColumnFindingsOut(Model):
    """What was seen of one column over the whole source."""

    position: int
    examples: list[str]
    """Up to five different values, as they are written."""
    nulls: int
    invalid: int
    """Values that the proposed type would reject."""
    first_invalid_line: int | None
    warnings: list[WarningOut]


class ColumnProfile(Model):
    """What is in one column, over the whole table and exact.

    Values are text as in Cell; NaN and infinities count as values, and are left out
    of ``min``, ``max``, ``mean``, quantiles and histogram.
    """

    name: str
    type: str
    count: int
    """Values, without NULL."""
    nulls: int
    distinct: int
    min: str | None
    max: str | None
    mean: float | None
    """Of numbers."""
    quantiles: list[Quantile] | None
    top: list[ValueCount] | None
    histogram: list[HistogramBin] | None
    min_length: int | None
    max_length: int | None


class CompleteRequest(TypedDict, total=False):
    """All parts are there."""

    sha256: str | None
    """What the whole file has, as 64 hex digits; checked at the end."""


class Composite(TypedDict, total=False):
    """Lay layers over the image, the first of them lowest.

    Of an animated layer the first frame counts.
    """

    op: Required[Literal["composite"]]
    layers: Required[Sequence[ImageLayer]]


class ContactShadow(TypedDict, total=False):
    """A shadow on the ground below the subject, dark where it touches."""

    opacity: float
    blur: float
    height: float
    offset_x: float
    color: str


class Convolve(TypedDict, total=False):
    """Weigh each pixel's neighbours by a kernel and add them up: edges, emboss and the
    like.

    Emboss is ``[[-2,-1,0],[-1,1,1],[0,1,2]]``, edges are
    ``[[-1,-1,-1],[-1,8,-1],[-1,-1,-1]]``. Beyond the rim its pixels are repeated.
    Alpha stays; where it is, colours count by it.
    """

    op: Required[Literal["convolve"]]
    kernel: Required[Sequence[Sequence[float]]]
    divisor: float | None
    offset: float


class Crop(TypedDict, total=False):
    """Cut out a part. What lies outside the image is left out of it."""

    op: Required[Literal["crop"]]
    width: Required[float]
    height: Required[float]
    x: float | None
    y: float | None
    unit: Literal["percent", "px"]
    gravity: Literal[
        "attention",
        "centre",
        "east",
        "face",
        "largest_face",
        "north",
        "north_east",
        "north_west",
        "south",
        "south_east",
        "south_west",
        "subject",
        "west",
    ]
    focus: Point | None
    offset: Offset | None


class CropAspect(TypedDict, total=False):
    """Cut out the largest part of some proportions, or one closer by ``zoom``."""

    op: Required[Literal["crop_aspect"]]
    aspect: Required[str]
    gravity: Literal[
        "attention",
        "centre",
        "east",
        "face",
        "largest_face",
        "north",
        "north_east",
        "north_west",
        "south",
        "south_east",
        "south_west",
        "subject",
        "west",
    ]
    focus: Point | None
    offset: Offset | None
    zoom: float


class CropTo(TypedDict, total=False):
    """Cut out what is found in the image, with room around it.

    Where nothing is found the image stays as it is, with a warning.
    """

    op: Required[Literal["crop_to"]]
    target: Required[Literal["faces", "largest_face", "subject"]]
    padding: float
    aspect: str | None
    zoom: float


class CurrentWorkspaceRequest(TypedDict, total=False):
    """The workspace that the session works in from here on."""

    workspace_id: Required[str]


class CurvePoint(TypedDict, total=False):
    """A level, and what becomes of it."""

    x: Required[int]
    y: Required[int]


class Curves(TypedDict, total=False):
    """Draw tones anew by curves through points.

    Between the points of a curve it is a cubic that never overshoots them (Fritsch
    and Carlson, SIAM J. Numer. Anal. 17, 1980); before the first and after the last
    one it is level. First each channel goes through its own curve, then all through
    ``master``. A curve of less than two points changes nothing.
    """

    op: Required[Literal["curves"]]
    master: Sequence[CurvePoint]
    red: Sequence[CurvePoint]
    green: Sequence[CurvePoint]
    blue: Sequence[CurvePoint]


class CutCellOut(Model):
    """A value that is too long to be shown whole."""

    row: int
    """Of the page, from 0."""
    column: str
    characters: int
    """That the value has."""


class DatabaseIn(TypedDict, total=False):
    """A database to read from: its address in fields, and a table or a query of it.

    With neither table nor query, the plan tells what tables and views there are.
    """

    kind: Required[Literal["postgresql", "mysql", "sqlserver"]]
    """`mysql` is MariaDB too."""
    host: Required[str]
    """A name or an address, without scheme, user, port or path."""
    port: int | None
    """Else the usual one of the kind."""
    database: Required[str]
    user: Required[str]
    """Give one that may only read what is to be imported."""
    password: Required[str]
    """Sealed at once; never stored, logged or told in the clear."""
    schema: str | None
    """Of the table; else the user's own. Of MySQL another database."""
    table: str | None
    query: str | None
    """One SELECT, in place of a table, in a read-only session. Not one semicolon; of
    SQL Server neither WITH nor ORDER BY.
    """
    tls: Literal["off", "prefer", "require"]
    """The certificate is not compared with the host. With MySQL `prefer` is `off`."""


class DatasetColumnOut(Model):
    """A column of the table."""

    name: str
    type: str
    """text, boolean, bigint, numeric, double, date, time, timestamp, timestamptz or
    interval.
    """
    precision: int | None
    """Of numeric; null for any. `scale` with it."""
    scale: int | None


class DatasetExportResult(Model):
    """A file that was made of a data set."""

    id: str
    dataset_id: str
    task_id: str
    spec: ExportSpec
    file_name: str
    row_count: int
    size: int
    """Bytes."""
    sha256: str
    media_type: str
    created_at: datetime


class DatasetList(Model):
    """DatasetList"""

    items: list[DatasetOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class DatasetOut(Model):
    """A table that imports have made, without its columns."""

    id: str
    name: str
    row_count: int
    column_count: int
    created_at: datetime
    updated_at: datetime
    last_import_id: str | None
    profiled_at: datetime | None
    """The moment that the profile shows; null while there is none."""


class DatasetSnapshotResult(Model):
    """Where the newest snapshot and profile of a data set lie."""

    dataset_id: str
    name: str
    import_id: str
    task_id: str
    taken_at: datetime
    row_count: int
    column_count: int
    snapshot_size: int


class DatasetWithColumns(Model):
    """A table that imports have made."""

    id: str
    name: str
    row_count: int
    column_count: int
    created_at: datetime
    updated_at: datetime
    columns: list[DatasetColumnOut]
    """In the table's order."""
    last_import_id: str | None
    profiled_at: datetime | None
    """The moment that the profile shows; null while there is none."""


class Decision(Model):
    """What was found out about a part's form, by what, and what else it might be."""

    about: str
    """The field of the table that says it, and changes it."""
    chosen: str
    """As JSON."""
    seen: str
    sure: str
    """`said` by the user, `certain`, `likely`, or `unsure`: then there is a warning
    too.
    """
    instead: list[str] | None
    """What might be meant too, as JSON."""


class DeletedResult(Model):
    """What is gone. Objects in storage may take a few seconds more after a crash."""

    counts: dict[str, int]
    """How many of each kind, what went along included."""


class DeliveryList(Model):
    """DeliveryList"""

    items: list[DeliveryOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class DeliveryOut(Model):
    """One event for one webhook, and what came of the last attempt."""

    id: str
    webhook_id: str
    event_id: str
    """The webhook-id of each attempt, for telling repeats."""
    type: str
    task_id: str | None
    state: Literal["delivered", "failed", "pending"] | str
    """failed: given up."""
    attempts: int
    """Since it was recorded, or asked for again."""
    status: int | None
    """Of the answer; null where there was none."""
    answer: str | None
    """How it began."""
    error: str | None
    """Why the last attempt delivered nothing."""
    milliseconds: int | None
    created_at: datetime
    last_attempt_at: datetime | None
    next_attempt_at: datetime | None
    """Not before an earlier event of the task has arrived."""
    ended_at: datetime | None


class Denoise(TypedDict, total=False):
    """Smooth noise and keep edges (bilateral filter, colour more than lightness)."""

    op: Required[Literal["denoise"]]
    strength: int


class Description(Model):
    """What people have written about it: XMP, else IPTC, else EXIF."""

    title: str | None
    headline: str | None
    description: str | None
    keywords: list[str] | None
    creators: list[str] | None
    credit: str | None
    rights: str | None
    usage_terms: str | None
    web_statement: str | None
    rating: float | None


class DialectBody(TypedDict, total=False):
    """How a text file becomes rows and fields."""

    encoding: str
    """Any name that Python knows. latin-1 is read as Windows-1252."""
    delimiter: str
    quote: str | None
    header_row: int | None
    """Line (of a sheet: row) with the names, from 1; null where there is none. What
    stands above it is not data.
    """
    decimal_comma: bool
    """Numbers are written 1.234,5."""
    unquoted_empty_is_null: bool
    """An empty field without quotes is NULL, whatever `nulls` says; one with quotes
    only where `nulls` has the empty string.
    """
    escape: str | None
    """Before a quote within a quoted field, as the backslash of `\\"`; a doubled quote
    is one as well.
    """
    skip_blanks: bool
    """Blanks between a field and its delimiters are no part of it. Of blanks as
    delimiter, several are one.
    """
    short_rows: Literal["reject", "fill"]
    """Rows with fewer fields than there are columns: `fill` takes those that lack at
    the end for empty. A field alone is filled up to two at most.
    """
    long_rows: Literal["reject", "trim"]
    """Rows with more fields than there are columns: `trim` leaves out those beyond
    where they are empty; a row with any other is a reject.
    """


class DiffOut(Model):
    """Two versions compared."""

    id: str
    task_id: str
    before_document_id: str
    after_document_id: str
    added: int
    """Layers, as are `removed` and `changed`."""
    removed: int
    changed: int
    counts: dict[str, int]
    """How many layers have changed in which way, by the names in `changes`."""
    changed_share: float | None
    """Of the pixels of both composites together, 0 to 1; null without a heat map."""
    heat_map: HeatMapOut | None
    created_at: datetime
    warnings: list[str]
    layers: list[LayerDifferenceOut]
    """In the order of the newer version; what was removed comes last."""
    regions: list[BoxOut]
    """Where the composites differ, the largest first, in pixels of the heat map."""


class DiffRequest(TypedDict, total=False):
    """Two documents, mostly two versions of one."""

    before: Required[str]
    """The older one."""
    after: Required[str]
    """The newer one."""


class DiscardedOut(Model):
    """DiscardedOut"""

    discarded: int


class Document(Model):
    """What is known of a parsed document, without its layers."""

    document_id: str
    file_id: str
    task_id: str
    name: str
    format: str
    """psd or psb."""
    width: int
    height: int
    color_mode: str
    """rgb, cmyk, grayscale, lab, indexed, bitmap, duotone or multichannel."""
    depth: int
    """Bits per channel: 1, 8, 16 or 32."""
    icc_profile: str | None
    """The embedded profile's name; exported images are sRGB."""
    layer_count: int
    image_count: int
    """Images of layers, the composite not counted."""
    composite: ImageFile | None
    composite_source: str | None
    """embedded (the merged image in the file) or rendered."""
    created_at: datetime
    warnings: list[str] | None
    name_encoding: str | None
    """In which encoding names were read that have no Unicode form; null where all
    have.
    """


class DocumentDetails(Model):
    """A document beyond its layers. What the file does not say is None or empty."""

    ppi_x: float | None
    ppi_y: float | None
    pixel_aspect_ratio: float | None
    guides: list[Guide] | None
    slices: list[Slice] | None
    artboards: list[int] | None
    comps: list[LayerComp] | None
    last_comp: int | None
    global_angle: float | None
    global_altitude: float | None
    icc_profile: str | None
    channels: list[Channel] | None
    paths: list[str] | None
    files: list[EmbeddedFile] | None
    created: str | None
    modified: str | None
    software: str | None
    writer: str | None
    copyrighted: bool | None
    url: str | None
    colors_in_table: int | None
    thumbnail_width: int | None
    thumbnail_height: int | None
    merged_image: bool | None
    name_encoding: str | None
    name_encoding_confidence: float | None
    details_version: str | None
    warnings: list[str] | None


class DocumentDiffResult(Model):
    """Two versions compared, without the single layers."""

    id: str
    task_id: str
    before_document_id: str
    after_document_id: str
    added: int
    """Layers, as are `removed` and `changed`."""
    removed: int
    changed: int
    counts: dict[str, int]
    """How many layers have changed in which way, by the names in `changes`."""
    changed_share: float | None
    """Of the pixels of both composites together, 0 to 1; null without a heat map."""
    heat_map: ImageFile | None
    created_at: datetime
    warnings: list[str] | None


class DocumentList(Model):
    """DocumentList"""

    items: list[DocumentOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class DocumentOut(Model):
    """A parsed document, without its layers."""

    id: str
    file_id: str
    task_id: str
    name: str
    format: str
    """psd or psb."""
    width: int
    height: int
    color_mode: str
    """rgb, cmyk, grayscale, lab, indexed, bitmap, duotone or multichannel."""
    depth: int
    """Bits per channel: 1, 8, 16 or 32."""
    icc_profile: str | None
    """The embedded profile's name; exported images are sRGB."""
    layer_count: int
    image_count: int
    """Images of layers, the composite not counted."""
    composite: ImageOut | None
    composite_source: str | None
    """embedded (the merged image in the file) or rendered."""
    created_at: datetime
    warnings: list[str]
    name_encoding: str | None
    """In which encoding names were read that have no Unicode form; null where all
    have.
    """


class DocumentRequest(TypedDict, total=False):
    """A document that was uploaded before."""

    file_id: Required[str]
    name_encoding: (
        Literal[
            "utf-8",
            "cp874",
            "cp932",
            "cp936",
            "cp949",
            "cp950",
            "cp1250",
            "cp1251",
            "cp1252",
            "cp1253",
            "cp1254",
            "cp1255",
            "cp1256",
            "cp1257",
            "cp1258",
            "mac-roman",
            "mac-latin2",
            "mac-cyrillic",
            "mac-greek",
            "mac-turkish",
        ]
        | None
    )
    """In which encoding to read names that have no Unicode form, as old programs and
    some painters' write them. It is guessed of all of them together where not said.
    """


class DocumentResult(Model):
    """What is known of a parsed document, without its layers."""

    id: str
    file_id: str
    task_id: str
    name: str
    format: str
    """psd or psb."""
    width: int
    height: int
    color_mode: str
    """rgb, cmyk, grayscale, lab, indexed, bitmap, duotone or multichannel."""
    depth: int
    """Bits per channel: 1, 8, 16 or 32."""
    icc_profile: str | None
    """The embedded profile's name; exported images are sRGB."""
    layer_count: int
    image_count: int
    """Images of layers, the composite not counted."""
    composite: ImageFile | None
    composite_source: str | None
    """embedded (the merged image in the file) or rendered."""
    created_at: datetime
    warnings: list[str] | None
    name_encoding: str | None
    """In which encoding names were read that have no Unicode form; null where all
    have.
    """


class DropShadow(TypedDict, total=False):
    """Lay a shadow under the image. It grows to hold it; the ground is transparent."""

    op: Required[Literal["drop_shadow"]]
    dx: int
    dy: int
    blur: float
    color: str
    opacity: float


class DroppedDatasetResult(Model):
    """What was dropped, with all its rows."""

    dataset_id: str
    name: str


class Duotone(TypedDict, total=False):
    """Draw in two colours, mixed by luma (Rec. 601)."""

    op: Required[Literal["duotone"]]
    shadows: str
    highlights: str
    amount: float


class Effect(Model):
    """A layer effect. Only what its kind has differs from the defaults."""

    kind: str
    enabled: bool | None
    blend_mode: str | None
    opacity: float | None
    fill: Fill | None
    angle: float | None
    altitude: float | None
    global_light: bool | None
    distance: float | None
    size: float | None
    spread: float | None
    noise: float | None
    range: float | None
    jitter: float | None
    position: str | None
    technique: str | None
    style: str | None
    direction: str | None
    depth: float | None
    soften: float | None
    highlight: BevelLight | None
    shadow: BevelLight | None
    inverted: bool | None
    knocks_out: bool | None


class EmbeddedFile(Model):
    """A file that smart objects show."""

    unique_id: str
    """As smart objects name it."""
    kind: str
    """embedded, linked or alias."""
    file_name: str | None
    """The author's text, without folders; not fit to name a file by."""
    file_type: str | None
    """Four characters of its maker: png, 8bps, …"""
    media_type: str | None
    """By the first bytes; null where they are unknown or not here."""
    size: int | None
    """Bytes."""
    extractable: bool | None
    path: str | None
    sha256: str | None
    """Of what was extracted."""


class EmbeddedFileList(Model):
    """EmbeddedFileList"""

    items: list[EmbeddedFileOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class EmbeddedFileOut(Model):
    """A file that smart objects show."""

    unique_id: str
    """As smart objects name it."""
    kind: str
    """embedded, linked or alias."""
    file_name: str
    """The author's text, without folders; not fit to name a file by."""
    file_type: str | None
    """Four characters of its maker: png, 8bps, …"""
    media_type: str | None
    """By the first bytes; null where they are unknown or not here."""
    size: int | None
    """Bytes."""
    extractable: bool
    sha256: str | None
    """Of what was extracted."""
    id: str | None
    """null where it is not in the document itself."""
    url: str | None


class Equalize(TypedDict, total=False):
    """Spread the levels so that each is about as frequent as the others.

    By one table for all frames of an animation; what is transparent does not count.
    """

    op: Required[Literal["equalize"]]
    per_channel: bool


class ErrorInfo(Model):
    """Why a task failed, in words for the person who asked for it."""

    code: str
    message: str
    where: str | None
    retryable: bool | None


class ExportOut(Model):
    """A file that was made of a data set."""

    id: str
    dataset_id: str
    task_id: str
    spec: ExportSpec
    file_name: str
    row_count: int
    size: int
    """Bytes."""
    sha256: str
    media_type: str
    created_at: datetime
    url: str


class ExportRequest(TypedDict, total=False):
    """What is to be exported, and how."""

    format: Literal["csv", "parquet", "arrow", "xlsx"]
    columns: Sequence[str]
    """In this order; all where none."""
    filters: Sequence[FilterIn]
    guard_formulas: bool
    """Of CSV: an apostrophe before text that a spreadsheet would run."""
    byte_order_mark: bool
    """Of CSV, for older spreadsheets."""


class ExportSpec(Model):
    """What is to be exported, and how."""

    format: str | None
    columns: list[str] | None
    filters: list[RowFilter] | None
    guard_formulas: bool | None
    byte_order_mark: bool | None


class Face(Model):
    """A box around a face that looks at the camera, in pixels of the image."""

    left: int
    top: int
    width: int
    height: int
    confidence: float


class FileList(Model):
    """FileList"""

    items: list[FileOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class FileOut(Model):
    """An uploaded file."""

    id: str
    name: str
    size: int
    """Bytes."""
    sha256: str
    media_type: str
    created_at: datetime | None
    url: str
    """Of its bytes."""


class FileReference(TypedDict, total=False):
    """A file that was uploaded before."""

    file_id: Required[str]


class Fill(Model):
    """What an area is filled with. The field of the same name as ``kind`` is set."""

    kind: str
    color: str | None
    gradient: LayerGradient | None
    pattern: Pattern | None


class FilterIn(TypedDict, total=False):
    """One condition; all that are given hold together."""

    column: Required[str]
    operator: Required[Operator]
    value: str | None
    """As text; true for is_null."""
    values: Sequence[str]
    """Of in."""


class FindingsOut(Model):
    """What was seen of one table of the source."""

    rows: int
    """Data rows, ragged ones included."""
    rows_exact: bool
    """false where the source is longer than was looked at."""
    ragged: int
    """Rows that cannot be split into the columns."""
    columns: list[ColumnFindingsOut]
    first_rows: list[list[str | None]]
    """As they would load, in the order of the included columns; null for NULL."""
    warnings: list[WarningOut]
    decisions: list[Decision]
    remembered_from: str | None
    """The import whose plan this is: its headers were the same, and its source is
    called alike. `remember=false` asks for a plan without it.
    """


class Flip(TypedDict, total=False):
    """Mirror."""

    op: Required[Literal["flip"]]
    direction: Literal["both", "horizontal", "vertical"]


class FontFace(Model):
    """One of a file: collections hold several."""

    index: int
    family: str
    style: str
    postscript_names: list[str]
    """By which documents name it: its own, then those of its instances where it is
    variable.
    """
    weight: int | None
    """100 to 900."""
    italic: bool | None
    scripts: list[str] | None
    """ISO 15924 codes, that with the most letters first."""
    embedding: str | None
    """What its licence bits allow of documents: installable, editable, preview or
    restricted.
    """


class FontFaceOut(Model):
    """One of a font file."""

    index: int
    family: str
    style: str
    postscript_names: list[str]
    """By which documents name it: its own, then those of its instances where it is
    variable.
    """
    weight: int
    """100 to 900."""
    italic: bool
    scripts: list[str]
    """ISO 15924 codes, that with the most letters first."""
    embedding: str
    """What its licence bits allow of documents: installable, editable, preview or
    restricted.
    """


class FontList(Model):
    """FontList"""

    items: list[FontOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class FontOut(Model):
    """A font of the workspace. Its bytes are drawn with, and not given back."""

    id: str
    task_id: str
    file_id: str
    name: str
    """Of the file."""
    format: str
    """ttf, otf, ttc or woff2."""
    faces: list[FontFaceOut]
    size: int
    """Bytes."""
    sha256: str
    created_at: datetime
    warnings: list[str]


class FontResult(Model):
    """A font file that was read."""

    id: str
    task_id: str
    file_id: str
    name: str
    """Of the file."""
    format: str
    """ttf, otf, ttc or woff2."""
    faces: list[FontFace]
    size: int
    """Bytes."""
    sha256: str
    created_at: datetime
    warnings: list[str] | None


class FoundLayerList(Model):
    """FoundLayerList"""

    items: list[FoundLayerOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class FoundLayerOut(Model):
    """A layer and the document that it is in."""

    document_id: str
    document_name: str
    layer: LayerOut


class Gamma(TypedDict, total=False):
    """Lighten or darken the middle tones; black and white stay.

    A level v from 0 to 1 becomes v to the power of 1/``value``.
    """

    op: Required[Literal["gamma"]]
    value: Required[float]


class GifOutput(TypedDict, total=False):
    """GIF, animated where the image is. A pixel is transparent or it is not."""

    format: Required[Literal["gif"]]
    icc: bool
    space: Literal["cmyk", "gray", "p3", "source", "srgb"]
    dpi: int | None
    metadata: Literal["all", "copyright", "none"]
    location: bool
    copyright: str | None
    artist: str | None
    credit: str | None
    colors: int
    dither: bool
    interlaced: bool


class Gradient(TypedDict, total=False):
    """From one colour to the next, evenly spaced, blended in linear light."""

    type: Required[Literal["gradient"]]
    colors: Required[Sequence[str]]
    shape: str
    angle: float


class GradientOverlay(TypedDict, total=False):
    """Lay a gradient over what can be seen; what is transparent stays so.

    Colours are mixed as CSS mixes them (W3C, CSS Images Level 3): in sRGB, alpha
    multiplied in.
    """

    op: Required[Literal["gradient"]]
    stops: Required[Sequence[GradientStop]]
    shape: Literal["linear", "radial"]
    angle: float
    opacity: float
    blend: Literal[
        "add",
        "color",
        "color_burn",
        "color_dodge",
        "darken",
        "difference",
        "exclusion",
        "hard_light",
        "hue",
        "lighten",
        "luminosity",
        "multiply",
        "normal",
        "overlay",
        "saturation",
        "screen",
        "soft_light",
    ]


class GradientStop(TypedDict, total=False):
    """A colour, and where it stands."""

    color: Required[str]
    at: Required[float]


class Grain(TypedDict, total=False):
    """Add noise as of film: the same for the same size, ``seed`` and frame."""

    op: Required[Literal["grain"]]
    amount: float
    size: float
    color: bool
    seed: int


class Grayscale(TypedDict, total=False):
    """Take the colour away, keeping lightness (Rec. 601 luma)."""

    op: Required[Literal["grayscale"]]


class Guide(Model):
    """A guide across the whole canvas."""

    orientation: str
    position: float


class HandedOverRowsResult(Model):
    """Where the rows lie, as they were at one moment."""

    row_count: int
    columns: list[str]
    size: int
    """Bytes."""


class HandlerOut(Model):
    """HandlerOut"""

    name: str
    behind: int
    """Events that it has not been given."""
    at_work: int
    """That it has not settled."""


class HealthOut(Model):
    """HealthOut"""

    status: Literal["ok", "ready", "down"] | str
    down: dict[str, str] | None
    """What is down, and why."""
    trouble: str | None
    """What an operator is to set right."""


class HeatMapOut(Model):
    """The newer document in gray, with what has changed in colour."""

    media_type: str
    width: int
    """Pixels, as is `height`."""
    height: int
    size: int
    """Bytes."""
    sha256: str
    url: str


class HistogramBin(Model):
    """From ``low`` to below ``high``; the last one holds ``high`` too."""

    low: str
    high: str
    count: int


class HostsOut(Model):
    """Whose images addresses may name; of no other host is anything fetched."""

    hosts: list[str]


class HostsRequest(TypedDict, total=False):
    """Hosts in place of those before."""

    hosts: Required[Sequence[str]]


class Hue(TypedDict, total=False):
    """Turn all hues around the circle of colours, as ``hue-rotate()`` of CSS does.

    By the matrix of W3C, Filter Effects Module Level 1, which keeps luminance.
    """

    op: Required[Literal["hue"]]
    angle: Required[float]


class ImageFile(Model):
    """An image in object storage."""

    media_type: str
    width: int
    """Pixels, as is `height`."""
    height: int
    size: int
    """Bytes."""
    sha256: str


class ImageInfoOut(Model):
    """Image information, https://iiif.io/api/image/3.0/#5-image-information."""

    id: str
    """What addresses of tiles begin with."""
    type: Literal["ImageService3"] | str
    protocol: Literal["http://iiif.io/api/image"] | str
    profile: Literal["level0"] | str
    width: int
    """Pixels."""
    height: int
    maxWidth: int
    """Of full/max."""
    maxHeight: int
    sizes: list[SizeOut]
    """Of the whole picture as one tile."""
    tiles: list[TilesOut]
    """One kind."""
    preferredFormats: list[str] | None
    """webp where the picture has alpha."""
    extraFormats: list[str] | None


class ImageLayer(TypedDict, total=False):
    """An image, or one colour, upon the others. One of ``file_id``, ``url`` and
    ``color``.
    """

    file_id: str | None
    url: str | None
    color: str | None
    scale: float | None
    width: float | None
    height: float | None
    unit: Literal["percent", "px"]
    fit: Literal["fill", "fit", "force"]
    position: Literal[
        "centre",
        "east",
        "north",
        "north_east",
        "north_west",
        "south",
        "south_east",
        "south_west",
        "west",
    ]
    offset: Offset | None
    angle: float
    tiled: bool
    gap: float
    blend: (
        Literal[
            "add",
            "color",
            "color_burn",
            "color_dodge",
            "darken",
            "difference",
            "exclusion",
            "hard_light",
            "hue",
            "lighten",
            "luminosity",
            "multiply",
            "normal",
            "overlay",
            "saturation",
            "screen",
            "soft_light",
        ]
        | Literal[
            "atop", "below", "destination_in", "destination_out", "in", "out", "xor"
        ]
    )
    opacity: float
    mask: LayerMask | None


class ImageOut(Model):
    """An image, without its address."""

    media_type: str
    width: int
    """Pixels, as is `height`."""
    height: int
    size: int
    """Bytes."""
    sha256: str


class ImageWatermark(TypedDict, total=False):
    """Lay another image over this one. One of ``file_id`` and ``url``."""

    op: Required[Literal["image_watermark"]]
    file_id: str | None
    url: str | None
    scale: float | None
    width: int | None
    height: int | None
    fit: Literal["fill", "fit", "force"]
    position: Literal[
        "centre",
        "east",
        "north",
        "north_east",
        "north_west",
        "south",
        "south_east",
        "south_west",
        "west",
    ]
    margin: float
    blend: Literal[
        "add",
        "color",
        "color_burn",
        "color_dodge",
        "darken",
        "difference",
        "exclusion",
        "hard_light",
        "hue",
        "lighten",
        "luminosity",
        "multiply",
        "normal",
        "overlay",
        "saturation",
        "screen",
        "soft_light",
    ]
    opacity: float
    angle: float
    tiled: bool


class ImportList(Model):
    """ImportList"""

    items: list[ImportOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class ImportOut(Model):
    """One import with its figures, those of all its tables together."""

    id: str
    task_id: str
    status: str
    """completed, undone, or nothing_loaded where all rows were rejected."""
    sources: list[SourceOut]
    tables: list[ImportedTableOut]
    read: int
    loaded: int
    updated: int
    rejected: int
    rows_per_second: float
    seconds: float
    """From the first row read to the commit."""
    created_at: datetime
    plan_id: str | None
    resubmits: str | None
    """The import whose rejects, put right, this one has loaded."""
    warnings: list[WarningOut]
    undone_at: datetime | None


class ImportPlanResult(Model):
    """A proposal that waits for a person, without its columns."""

    id: str
    task_id: str
    sources: list[SourceName]
    tables: list[PlannedTable]
    created_at: datetime


class ImportRequest(TypedDict, total=False):
    """A plan, as it is or changed."""

    plan_id: Required[str]
    tables: Sequence[TableBody] | None
    """In place of all those of the plan; as it has them where left out."""
    options: OptionsBody | None
    """In place of the plan's."""


class ImportResult(Model):
    """One import with its figures, those of all its tables together."""

    id: str
    task_id: str
    status: str
    """completed, undone, or nothing_loaded where all rows were rejected."""
    sources: list[SourceName]
    tables: list[ImportedTable]
    read: int
    loaded: int
    updated: int
    rejected: int
    rows_per_second: float
    seconds: float
    """From the first row read to the commit."""
    created_at: datetime
    plan_id: str | None
    resubmits: str | None
    """The import whose rejects, put right, this one has loaded."""
    warnings: list[Warning] | None
    undone_at: datetime | None


class ImportedTable(Model):
    """What became of one table of the plan. ``read`` is ``loaded`` + ``rejected``."""

    table: str
    dataset_id: str
    mode: str
    """append, replace or upsert."""
    read: int
    """Rows: `loaded` + `rejected`."""
    loaded: int
    updated: int
    """Of the loaded ones those that replaced a row."""
    rejected: int
    file_id: str | None
    member: str | None
    sheet: str | None
    added_columns: list[str] | None
    """That the table had not before."""
    reject_counts: list[RejectCount] | None
    warnings: list[Warning] | None
    repeats: str | None
    """The earlier import that loaded the same by the same plan."""
    kept_until: datetime | None
    """Of a replace: until then it can be undone."""


class ImportedTableOut(Model):
    """What became of one table of the plan. ``read`` is ``loaded`` + ``rejected``."""

    table: str
    dataset_id: str
    mode: str
    """append, replace or upsert."""
    read: int
    """Rows: `loaded` + `rejected`."""
    loaded: int
    updated: int
    """Of the loaded ones those that replaced a row."""
    rejected: int
    file_id: str | None
    member: str | None
    sheet: str | None
    added_columns: list[str]
    """That the table had not before."""
    reject_counts: list[RejectCountOut]
    warnings: list[WarningOut]
    repeats: str | None
    """The earlier import that loaded the same by the same plan."""
    kept_until: datetime | None
    """Of a replace: until then it can be undone."""
    rejects_url: str | None


class InvitationList(Model):
    """InvitationList"""

    items: list[InvitationOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class InvitationOut(Model):
    """An invitation that nobody has used, without its token."""

    id: str
    email: str
    role: Literal["member", "owner", "viewer"] | str
    created_at: datetime
    expires_at: datetime


class InvitationRequest(TypedDict, total=False):
    """Whom to invite."""

    email: Required[str]
    role: Role


class JpegOutput(TypedDict, total=False):
    """JPEG, on white where the image is transparent."""

    format: Required[Literal["jpeg"]]
    icc: bool
    space: Literal["cmyk", "gray", "p3", "source", "srgb"]
    dpi: int | None
    metadata: Literal["all", "copyright", "none"]
    location: bool
    copyright: str | None
    artist: str | None
    credit: str | None
    quality: int
    max_bytes: int | None
    ssim: float | None
    progressive: bool
    subsampling: Literal["4:2:0", "4:2:2", "4:4:4"]
    gain_map: Literal["drop", "keep"]


class JxlOutput(TypedDict, total=False):
    """JPEG XL."""

    format: Required[Literal["jxl"]]
    icc: bool
    space: Literal["cmyk", "gray", "p3", "source", "srgb"]
    dpi: int | None
    metadata: Literal["all", "copyright", "none"]
    location: bool
    copyright: str | None
    artist: str | None
    credit: str | None
    quality: int
    max_bytes: int | None
    ssim: float | None
    lossless: bool
    effort: int


class Layer(Model):
    """One layer or group. Boxes are in canvas pixels and may lie outside the canvas."""

    layer_id: int
    """Place in the tree, depth first from the bottom, from 1."""
    parent_id: int | None
    name: str
    kind: str
    """pixel, group, artboard, type, shape, smartobject, adjustment or fill."""
    left: int
    top: int
    width: int
    height: int
    blend_mode: str
    """Photoshop's name in lower case with underscores."""
    opacity: float
    """0 to 1."""
    visible: bool
    """The layer's own eye."""
    shown: bool
    """Visible, and so is every group around it."""
    clipping: bool | None
    text: str | None
    image: ImageFile | None
    """Trimmed to its box; null where it has no pixels to export."""
    warnings: list[str] | None
    unsupported: list[str] | None
    """What our renderer does not draw, or only nearly."""
    details: LayerDetails | None
    """In manifests and where one layer is asked for, not in lists; null for documents
    of an older release. A field that is not there has its default.
    """


class LayerComp(Model):
    """A saved state of the layers panel."""

    comp_id: int
    name: str | None
    comment: str | None


class LayerCompState(Model):
    """What a layer comp does with the layer."""

    comp_ids: list[int]
    visible: bool | None
    offset_x: float | None
    offset_y: float | None


class LayerDetails(Model):
    """A layer beyond its place in the tree."""

    layer_id: int
    psd_id: int | None
    fill_opacity: float | None
    locks: list[str] | None
    clipping_base: int | None
    knockout: str | None
    mask: RasterMask | None
    vector_mask: VectorMask | None
    effects: list[Effect] | None
    effects_enabled: bool | None
    text: Text | None
    fonts: list[str] | None
    fill: Fill | None
    stroke: ShapeStroke | None
    adjustment: Adjustment | None
    smart_object: SmartObject | None
    artboard: Artboard | None
    colors: list[str] | None
    comps: list[LayerCompState] | None
    label: str | None
    link_group: int | None
    modified_at: datetime | None
    warnings: list[str] | None


class LayerDetailsOut(Model):
    """One layer with its details."""

    id: int
    """Place in the tree, depth first from the bottom, from 1."""
    parent_id: int | None
    name: str
    kind: str
    """pixel, group, artboard, type, shape, smartobject, adjustment or fill."""
    left: int
    top: int
    width: int
    height: int
    blend_mode: str
    """Photoshop's name in lower case with underscores."""
    opacity: float
    """0 to 1."""
    visible: bool
    """The layer's own eye."""
    shown: bool
    """Visible, and so is every group around it."""
    clipping: bool
    text: str | None
    image: ImageOut | None
    """Trimmed to its box; null where it has no pixels to export."""
    warnings: list[str]
    unsupported: list[str]
    """What our renderer does not draw, or only nearly."""
    details: LayerDetails | None
    """In manifests and where one layer is asked for, not in lists; null for documents
    of an older release. A field that is not there has its default.
    """


class LayerDifferenceOut(Model):
    """What happened to one layer."""

    kind: str
    """added, removed or changed."""
    before_id: int | None
    """Its id in the older version; null where it was added."""
    after_id: int | None
    """Its id in the newer version; null where it was removed."""
    name: str
    """In the newer version, if it is there."""
    changes: list[str]
    """Of a changed one: pixels, moved, resized, reordered, renamed, group, kind, text,
    style, opacity, blend_mode, visibility.
    """
    dx: int
    """Pixels from where its top left was, as is `dy`."""
    dy: int
    box_before: BoxOut | None
    box_after: BoxOut | None


class LayerGradient(Model):
    """A gradient with how it is laid out, where that is known."""

    kind: str
    name: str | None
    stops: list[ColorStop] | None
    opacity_stops: list[OpacityStop] | None
    smoothness: float | None
    method: str | None
    style: str | None
    angle: float | None
    scale: float | None
    reversed: bool | None
    dithered: bool | None
    aligned: bool | None
    offset_x: float | None
    offset_y: float | None


class LayerList(Model):
    """LayerList"""

    items: list[LayerOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class LayerMask(TypedDict, total=False):
    """What of a layer is shown. One of ``file_id``, ``url`` and ``layer``."""

    file_id: str | None
    url: str | None
    layer: int | None
    by: Literal["alpha", "luminance"]
    invert: bool


class LayerOut(Model):
    """One layer or group. Boxes are in canvas pixels and may lie outside the canvas."""

    id: int
    """Place in the tree, depth first from the bottom, from 1."""
    parent_id: int | None
    name: str
    kind: str
    """pixel, group, artboard, type, shape, smartobject, adjustment or fill."""
    left: int
    top: int
    width: int
    height: int
    blend_mode: str
    """Photoshop's name in lower case with underscores."""
    opacity: float
    """0 to 1."""
    visible: bool
    """The layer's own eye."""
    shown: bool
    """Visible, and so is every group around it."""
    clipping: bool
    text: str | None
    image: ImageOut | None
    """Trimmed to its box; null where it has no pixels to export."""
    warnings: list[str]
    unsupported: list[str]
    """What our renderer does not draw, or only nearly."""
    details: LayerDetails | None
    """In manifests and where one layer is asked for, not in lists; null for documents
    of an older release. A field that is not there has its default.
    """


class LayerReference(TypedDict, total=False):
    """A layer of a parsed document, or its composite."""

    document_id: Required[str]
    layer_id: int | None
    """null for the whole document."""


class LayerSelection(Model):
    """Which layers: those of the ids or names, that are of a kind and shown.

    With neither ids nor names it is all of them; with neither those nor kinds, all
    but groups, artboards and adjustments.
    """

    ids: list[int] | None
    names: list[str] | None
    kinds: list[str] | None
    visible_only: bool | None


class LayersIn(TypedDict, total=False):
    """Layers of the ids or names, that are of a kind and shown.

    With neither ids nor names it is all of them; with neither those nor kinds, all
    but groups, artboards and adjustments.
    """

    ids: Sequence[int]
    """As the layers' `id`."""
    names: Sequence[str]
    """Patterns with `*`, `?` and `[…]`, upper and lower case alike."""
    kinds: Sequence[Kind]
    """Any of these; empty for every kind."""
    visible_only: bool
    """Not the hidden ones, nor those in hidden groups."""


class LetterList(Model):
    """LetterList"""

    items: list[LetterOut]
    next_cursor: str | None


class LetterOut(Model):
    """LetterOut"""

    id: int
    time: datetime
    reason: str
    """raised, timeout, crashed, invalid, newer, unknown or max_deliveries."""
    error: str
    deliveries: int
    subject: str
    stream: str
    """TASKS: a task. EVENTS: an event that one handler failed at."""
    consumer: str
    workspace_id: str | None
    task_id: str | None
    run: int | None
    """The run that died."""
    task_state: str | None
    """As it is now."""
    task_run: int | None
    """As it is now."""


class LimitsOut(Model):
    """Those in force. null: no such limit."""

    key_requests_per_second: float | None
    """Of each API key or session."""
    requests_per_second: float | None
    """Of the whole workspace."""
    images_per_second: float | None
    """Made by address, of the whole workspace; those that are there do not count."""
    uploads: int | None
    """At the same moment."""
    stored_bytes: int | None
    """Of uploaded files that are kept."""
    tasks_waiting: int | None
    """Tasks that somebody has asked for and that have not ended."""
    rows_per_day: int | None
    """Rows imported, by days of UTC."""
    rows_per_month: int | None
    """The same by calendar months of UTC."""
    pixels_per_day: int | None
    """Pixels worked, by days of UTC."""
    pixels_per_month: int | None
    """The same by calendar months of UTC."""


class LimitsRequest(TypedDict, total=False):
    """Limits of one workspace, in place of those it had of its own. null: no such
    limit. What is left out is as the installation has it.
    """

    key_requests_per_second: float | None
    requests_per_second: float | None
    images_per_second: float | None
    uploads: int | None
    stored_bytes: int | None
    tasks_waiting: int | None
    rows_per_day: int | None
    rows_per_month: int | None
    pixels_per_day: int | None
    pixels_per_month: int | None


class LoginRequest(TypedDict, total=False):
    """Who somebody is, and the workspace to work in: the first one where none is said."""

    email: Required[str]
    password: Required[str]
    workspace_id: str | None


class Lut(TypedDict, total=False):
    """Grade by a colour table of the workspace, a .cube file (Adobe, "Cube LUT
    Specification 1.0", 2013).

    One with three dimensions is interpolated within tetrahedra, one with one
    dimension between neighbours. Values count as sRGB.
    """

    op: Required[Literal["lut"]]
    file_id: Required[str]
    amount: float


class MadeImageOut(Model):
    """An image that was made, in object storage."""

    name: str
    """Of the variant; `image` and `mask` of a background."""
    media_type: str
    width: int
    """Pixels, as is `height`."""
    height: int
    size: int
    """Bytes."""
    sha256: str
    frames: int
    """1, or more of an animated image."""
    warnings: list[str]
    url: str


class MakeTransparent(TypedDict, total=False):
    """Take one colour away: an even ground, or the green of a screen.

    What is near it becomes transparent, what is farther stays, and between the two
    the colour is taken out of what it was mixed with.
    """

    op: Required[Literal["make_transparent"]]
    color: str | None
    tolerance: int
    softness: int
    rim: bool


class Manifest(Model):
    """The whole document as JSON beside its images in object storage."""

    document: Document
    layers: list[Layer]
    details: DocumentDetails | None
    manifest_version: str | None


class MeOut(Model):
    """Who asks."""

    workspace_id: str
    scopes: list[Scope | str]
    user_id: str | None
    """null: it is an API key that asks."""
    session_id: str | None
    """Of the session that asks; null: it is an API key."""
    name: str | None
    email: str | None


class Median(TypedDict, total=False):
    """Give each pixel the middle value of its neighbourhood, channel by channel: takes
    specks away and keeps edges.
    """

    op: Required[Literal["median"]]
    radius: int


class MemberList(Model):
    """MemberList"""

    items: list[MemberOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class MemberOut(Model):
    """A user in a workspace."""

    user_id: str
    email: str
    name: str
    role: Literal["member", "owner", "viewer"] | str
    created_at: datetime
    """Since when."""


class MergeCounts(Model):
    """Rows by what has become of them, and pictures."""

    rows: int | None
    completed: int | None
    rejected: int | None
    waiting: int | None
    pictures: int | None


class MergeList(Model):
    """MergeList"""

    items: list[MergeOut]
    next_cursor: str | None


class MergeOut(Model):
    """MergeOut"""

    id: str
    task_id: str
    template_id: str
    template_revision: int
    state: str
    """running, completed, failed or cancelled. A merge completes when all of its rows
    have a picture or are rejected.
    """
    step: str | None
    """While it runs: handing_over, preparing, cutting_out, making or finishing."""
    rows: int
    """100,000 at most."""
    completed: int
    """Rows that have a picture."""
    rejected: int
    waiting: int
    pictures: int
    """Different ones: rows of the same values share one."""
    reused: int
    """Of those, such as an earlier merge had made."""
    rows_per_second: float | None
    """While it makes them."""
    seconds_left: float | None
    spec: MergeSpecOut
    slots: dict[str, str]
    """The column of each slot that has one."""
    repeats: str | None
    """The merge that this one does again."""
    rejects_of: str | None
    """The merge whose rejects these are, put right."""
    contact_sheet_url: str | None
    manifest_url: str | None
    rejects_url: str | None
    archive_url: str
    error: dict[str, Any] | None
    created_at: datetime
    finished_at: datetime | None


class MergeRequest(TypedDict, total=False):
    """Rows, and how each becomes a picture."""

    dataset_id: str | None
    file_id: str | None
    """Instead of a data set: a table, read as an import reads it, of which the first
    sheet or member counts. Its values stay as they are written.
    """
    mapping: Mapping[str, str]
    """Slots, and the column that each takes its value from. A slot that is not named
    takes the column of the same name; where there is none, it shows what the
    document shows.
    """
    filters: Sequence[str]
    """Of a data set: column:operator:value, as its rows are filtered."""
    outputs: Sequence[OutputBody]
    name: str
    """Of the pictures: columns in braces, {_number} and {_line}. What no file may be
    called becomes _, and a name that is taken gets -2, -3, ….
    """
    on_empty: Literal["keep", "hide", "reject"]
    """What a slot shows where its value is empty: what the document shows, nothing, or
    the row is rejected.
    """
    missing_fonts: Literal["fail", "substitute"]


class MergeResult(Model):
    """How a merge stands, or has ended."""

    id: str
    task_id: str
    template_id: str
    template_revision: int
    counts: MergeCounts
    repeats: str | None
    rejects_of: str | None
    created_at: datetime


class MergeSpecOut(Model):
    """What was ordered."""

    dataset_id: str | None
    file_id: str | None
    mapping: dict[str, str]
    filters: list[RowFilter]
    outputs: list[RenderOutputOut]
    name: str
    on_empty: str
    missing_fonts: str


class MergedImageOut(Model):
    """A picture in one of the outputs."""

    name: str
    media_type: str
    width: int
    height: int
    size: int
    sha256: str
    url: str


class MergedRowList(Model):
    """MergedRowList"""

    items: list[MergedRowOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class MergedRowOut(Model):
    """A row, and what has become of it."""

    number: int
    line: int
    name: str
    state: str
    images: list[MergedImageOut]
    warnings: list[str]
    error: RowErrorOut | None


class MergedRowsResult(Model):
    """What the chunk has come to."""

    merge_id: str
    chunk: int
    made: int
    rejected: int
    pixels: int | None


class Negate(TypedDict, total=False):
    """Turn each colour into its opposite: light into dark, red into cyan."""

    op: Required[Literal["negate"]]


class NewApiKeyOut(Model):
    """The only answer that has the key itself."""

    id: str
    name: str
    begins_with: str
    """Its first characters, to tell it by; empty for one made before these were kept."""
    scopes: list[Literal["admin", "read", "write"] | str]
    networks: list[str]
    """Where it may be used from; anywhere where there are none."""
    created_at: datetime
    last_used_at: datetime | None
    """To the minute; null: never yet."""
    expires_at: datetime | None
    revoked_at: datetime | None
    """From when it is good for nothing. In the future where it was rotated."""
    replaces: str | None
    """The key that it was rotated from."""
    key: str


class NewCodeOut(Model):
    """The only answer that has the code itself."""

    expires_at: datetime
    """It is good until then, once."""
    code: str


class NewInvitationOut(Model):
    """The only answer that has the token itself."""

    id: str
    email: str
    role: Literal["member", "owner", "viewer"] | str
    created_at: datetime
    expires_at: datetime
    token: str


class NewSessionOut(Model):
    """The only answer that has the token itself, to be sent as Bearer; browsers have
    it as a cookie.
    """

    id: str
    workspace_id: str
    created_at: datetime
    last_used_at: datetime
    """To the minute."""
    expires_at: datetime
    """Where it is not used before; use moves it on."""
    ends_at: datetime
    """Whatever happens."""
    address: str | None
    """Where it was begun from."""
    user_agent: str | None
    token: str


class NewSigningKeyOut(Model):
    """The only answer that has the secret."""

    id: str
    signs_as: str
    """Stands before the dot of a signature."""
    name: str
    covers: Literal["address", "source"] | str
    """address: a signature is good for one address. source: for one source, with any
    recipe that the lists allow.
    """
    widths: list[int]
    """That addresses may ask for; empty: any."""
    heights: list[int]
    dprs: list[float]
    presets: list[str]
    created_at: datetime
    revoked_at: datetime | None
    secret: str
    """Signs addresses on your own server: see docs/imaging.md."""


class NewWebhookOut(Model):
    """The only answer that has the secret."""

    id: str
    url: str
    """Without its query, which may hold a secret."""
    description: str | None
    events: list[str]
    created_at: datetime
    updated_at: datetime
    previous_secret_until: datetime | None
    """Until then the secret before this one signs, too."""
    failing_since: datetime | None
    """No attempt has succeeded since then; null: the last one did."""
    disabled_at: datetime | None
    """Since when nothing is sent; null: it is."""
    disabled_reason: Literal["asked", "failing", "gone"] | str | None
    """asked: by a request; gone: the receiver answered 410; failing: no attempt had
    succeeded for five days.
    """
    secret: str


class NewWorkspaceOut(Model):
    """With the invitation of its owner."""

    id: str
    name: str
    created_at: datetime
    suspended_at: datetime | None
    """Since when nobody gets in; null: all do."""
    role: Literal["member", "owner", "viewer"] | str | None
    """One's own in it; null for a key's workspace."""
    invitation: NewInvitationOut


class NewWorkspaceRequest(TypedDict, total=False):
    """A workspace, and who is invited to own it."""

    name: Required[str]
    owner_email: Required[str]


class Obscure(TypedDict, total=False):
    """Blur, pixelate or cover a box, all faces, the subject, or what surrounds it.

    What is found by itself are faces that look at the camera (Haar cascades) and
    the subject, by the network that backgrounds use; there is no detector of other
    things. In an animation a face is hidden in the frames before and after the one
    it is seen in too. A warning says where no face was found: look before it is
    published.
    """

    op: Required[Literal["obscure"]]
    target: Literal["box", "faces", "subject", "surroundings"]
    x: float | None
    y: float | None
    width: float | None
    height: float | None
    unit: Literal["percent", "px"]
    how: Literal["blur", "fill", "pixelate"]
    strength: float | None
    color: str
    shape: Literal["ellipse", "rectangle"]
    grow: float
    feather: float


class Offset(TypedDict, total=False):
    """Away from the edge that a gravity names; from a middle to the right and down."""

    x: float
    y: float
    unit: Literal["percent", "px"]


class OpacityStop(Model):
    """An opacity of a gradient."""

    position: float
    opacity: float
    midpoint: float | None


class OpenedLetterOut(Model):
    """OpenedLetterOut"""

    id: int
    time: datetime
    reason: str
    """raised, timeout, crashed, invalid, newer, unknown or max_deliveries."""
    error: str
    deliveries: int
    subject: str
    stream: str
    """TASKS: a task. EVENTS: an event that one handler failed at."""
    consumer: str
    workspace_id: str | None
    task_id: str | None
    run: int | None
    """The run that died."""
    task_state: str | None
    """As it is now."""
    task_run: int | None
    """As it is now."""
    traceback: str | None
    payload: Any
    """As JSON where it is JSON, else base64."""


class OptionsBody(TypedDict, total=False):
    """What is to happen with the tables that are there, and with bad rows."""

    mode: Literal["append", "replace", "upsert"]
    keys: Sequence[str]
    """Columns that tell rows apart, for `upsert` and `dedupe`."""
    schema_policy: Literal["evolve", "freeze", "reject"]
    """Of columns that the table lacks: `evolve` adds them, `freeze` leaves them out
    and says so, `reject` refuses the import.
    """
    dedupe: Literal["none", "last"]
    """`last`: of rows with the same keys in the source the last one is loaded and the
    others are rejects; always so with upsert.
    """
    max_rejects: int | None
    """More rejected rows than this, and nothing is loaded; null for any number."""
    on_bad_value: Literal["reject", "null", "text"]
    """Of columns that do not say it themselves."""


class OutputBody(TypedDict, total=False):
    """As what each row's picture is written."""

    format: Literal["png", "webp", "avif", "jpeg"]
    quality: int
    width: int | None
    """Pixels; made smaller to fit within both, never larger."""
    height: int | None
    background: str | None
    """Below the picture. JPEG is on white without."""


class Pad(TypedDict, total=False):
    """Add room at the sides: so much at each, or up to some proportions."""

    op: Required[Literal["pad"]]
    top: float
    right: float
    bottom: float
    left: float
    unit: Literal["percent", "px"]
    aspect: str | None
    position: Literal[
        "centre",
        "east",
        "north",
        "north_east",
        "north_west",
        "south",
        "south_east",
        "south_west",
        "west",
    ]
    fill: Literal["blur", "color", "edge", "mirror"]
    color: str


class Paragraph(Model):
    """Text up to and with a line feed."""

    start: int
    length: int
    justification: str | None
    first_line_indent: float | None
    start_indent: float | None
    end_indent: float | None
    space_before: float | None
    space_after: float | None


class Parameter(Model):
    """What may be said for one name."""

    default: bool | int | float | str | None
    minimum: float | None
    maximum: float | None
    among: list[bool | int | float | str | None]
    description: str | None


class PartList(Model):
    """PartList"""

    items: list[PartOut]
    next_from: int | None
    """Give it back as ?from= for the next page; null on the last."""
    urls_expire_at: datetime
    """Ask again for addresses of what is missing then."""


class PartOut(Model):
    """A part. ``url`` is where to PUT it, while it is missing."""

    number: int
    size: int
    received: bool
    url: str | None


class PasswordRequest(TypedDict, total=False):
    """A password in place of another."""

    old: Required[str]
    new: Required[str]
    """10 to 256 characters, of any kind."""


class Pattern(Model):
    """A pattern by its name; its pixels are not part of the manifest."""

    pattern_id: str
    name: str | None
    scale: float | None
    angle: float | None
    linked: bool | None
    phase_x: float | None
    phase_y: float | None


class PerceptualHash(Model):
    """PDQ of the whole picture, and of what a small crop of it would show."""

    pdq: str
    quality: int
    crops: list[str] | None


class Perspective(TypedDict, total=False):
    """Straighten what was taken from the side, or put an image at a slant.

    ``straighten``: the part within the four corners becomes a rectangle, each side
    as long as the longer of the two that it is made of. ``place``: the image's
    corners come to lie at the four, on a canvas that just holds them.
    """

    op: Required[Literal["perspective"]]
    corners: Required[Sequence[Point]]
    mode: Literal["place", "straighten"]
    background: str


class Picture(TypedDict, total=False):
    """Another file of the workspace, made to cover, cut around its middle."""

    type: Required[Literal["picture"]]
    file_id: Required[str]
    blur: float


class Pixelate(TypedDict, total=False):
    """Make squares of one colour each, the mean of what was there."""

    op: Required[Literal["pixelate"]]
    size: int


class Place(Model):
    """Where it was taken; told only to whoever asks for it."""

    latitude: float | None
    longitude: float | None
    altitude: float | None
    city: str | None
    region: str | None
    country: str | None


class Placement(TypedDict, total=False):
    """Where the subject goes, as marketplaces ask for it.

    Without ``aspect``, ``width`` and ``height`` the canvas is the original's. With
    both sides the subject is scaled to them; with an aspect alone the canvas grows
    around the subject, which keeps its pixels.
    """

    aspect: str | None
    width: int | None
    height: int | None
    margin: float | None
    horizontal: str
    vertical: str
    upscale: float


class PlanOut(Model):
    """Change `tables` and `options` as you like, and send them with the id."""

    id: str
    task_id: str
    sources: list[SourceOut]
    tables: list[PlannedTableOut]
    source_tables: list[SourceTableOut] | None
    """Of a database of which no table or query was named."""
    options: OptionsBody
    created_at: datetime


class PlanRequest(TypedDict, total=False):
    """Files that were uploaded before, and what their text looks like; or a database.

    Of a database with neither table nor query, the plan tells its tables.
    """

    file_id: str | None
    file_ids: Sequence[str]
    """Several in one import."""
    database: DatabaseIn | None
    dialect: DialectBody | None
    """In place of what would be found out; what is not said of it still is."""


class PlannedTable(Model):
    """One table of a plan in brief."""

    table: str
    format: str
    file_id: str | None
    member: str | None
    sheet: str | None
    column_count: int
    rows: int
    rows_exact: bool
    ragged: int
    warning_count: int
    remembered_from: str | None


class PlannedTableOut(Model):
    """PlannedTableOut"""

    table: str
    """Name of the data set."""
    file_id: str | None
    member: str | None
    """File within a zip."""
    sheet: str | None
    """Of a workbook."""
    format: str | None
    """csv, excel, html, xml (a workbook in it), parquet, arrow, jsonl, sqlite or
    database.
    """
    dialect: DialectBody | None
    columns: list[ColumnBody]
    include: bool | None
    findings: FindingsOut | None


class PngOutput(TypedDict, total=False):
    """PNG, without loss; animated as APNG."""

    format: Required[Literal["png"]]
    icc: bool
    space: Literal["cmyk", "gray", "p3", "source", "srgb"]
    dpi: int | None
    metadata: Literal["all", "copyright", "none"]
    location: bool
    copyright: str | None
    artist: str | None
    credit: str | None
    level: int
    colors: int | None
    interlaced: bool


class Point(TypedDict, total=False):
    """A place in an image, as shares of its width and height from the top left."""

    x: Required[float]
    y: Required[float]


class Posterize(TypedDict, total=False):
    """Leave so many levels of each channel, evenly apart from 0 to 255."""

    op: Required[Literal["posterize"]]
    levels: int


class PreparedMergeResult(Model):
    """What there is to do."""

    merge_id: str
    rows: int
    pictures: int
    reused: int
    rejected: int


class PresetList(Model):
    """PresetList"""

    items: list[PresetOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class PresetOut(Model):
    """A recipe that has a name."""

    name: str
    recipe: Recipe
    parameters: dict[str, Parameter]
    extends: list[str]
    created_at: datetime
    updated_at: datetime


class PresetRequest(TypedDict, total=False):
    """A recipe that is to be used by its name."""

    recipe: Required[Recipe]
    """See docs/imaging.md. `{"$": "width"}` in it is a parameter's place."""
    parameters: Mapping[str, Mapping[str, Any]]
    """What may be said for the places of the recipe, by name: `default`, and
    `minimum`, `maximum`, `among`, `description`.
    """
    extends: Sequence[str]
    """Presets whose operations go before its own; what it does not say is as the last
    of them says.
    """


class PreviewList(Model):
    """PreviewList"""

    items: list[PreviewOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class PreviewOut(Model):
    """One published image or page. From ``expires_at`` on, nobody is shown it."""

    id: str
    document_id: str | None
    """null where it is of a data set."""
    layer_id: int | None
    """null for the composite."""
    name: str
    width: int
    """Pixels; 0 of JSON."""
    height: int
    size: int
    """Bytes."""
    media_type: str
    sha256: str
    expires_at: datetime
    dataset_id: str | None
    """null where it is of a document."""
    kind: str
    """image; of a data set rows (first rows and profile as JSON) or histogram (a
    column's, as SVG).
    """
    column: str | None
    """Of a histogram."""
    position: int
    """Of its column, from 1; else 0."""
    url: str
    """Needs no API key; refused once it has expired."""


class PreviewRequest(TypedDict, total=False):
    """The document or the data set whose previews are to be made, or made again."""

    document_id: str | None
    dataset_id: str | None


class ProblemOut(Model):
    """RFC 9457, as application/problem+json."""

    type: str
    title: str
    status: int
    detail: str
    trace_id: str | None
    errors: list[dict[str, str]] | None


class ProfileOut(Model):
    """What is in a data set, over the whole table and exact."""

    dataset_id: str
    name: str
    import_id: str
    """After which it was made."""
    taken_at: datetime
    """The moment of the table that it shows."""
    row_count: int
    columns: list[ColumnProfile]
    first_rows: list[list[str | int | float | bool | None]]
    """In the order of the columns; long values are cut."""
    profile_version: str


class Progress(Model):
    """How far a task has come."""

    step: str
    done: int
    total: int
    counts: dict[str, int] | None
    per_second: float | None
    seconds_left: float | None


class PublishedDatasetResult(Model):
    """PublishedDataset"""

    dataset_id: str
    preview_count: int
    expires_at: datetime
    warnings: list[str] | None


class PublishedPreviewsResult(Model):
    """PublishedPreviews"""

    id: str
    preview_count: int
    expires_at: datetime
    warnings: list[str] | None


class Quantile(Model):
    """Quantile"""

    fraction: float
    value: str


class RasterMask(Model):
    """A mask of pixels."""

    box: Box
    default_color: int
    density: float | None
    feather: float | None
    enabled: bool | None
    linked: bool | None
    inverted: bool | None
    from_render: bool | None


class Reading(TypedDict, total=False):
    """Which picture of the source is meant, where it has more than one."""

    page: int
    seconds: float
    width: int | None
    animated: bool


class Recipe(TypedDict, total=False):
    """What becomes of an image."""

    reading: Reading
    operations: Sequence[
        Resize
        | Crop
        | Trim
        | Rotate
        | Flip
        | Sharpen
        | Blur
        | Denoise
        | Adjust
        | AutoLevels
        | Grayscale
        | Tint
        | RoundedCorners
        | Border
        | DropShadow
        | Background
        | ImageWatermark
        | TextWatermark
        | Gamma
        | Curves
        | Equalize
        | Clahe
        | ShadowsHighlights
        | WhiteBalance
        | Vibrance
        | Hue
        | ColorMatrix
        | Lut
        | MakeTransparent
        | Negate
        | Solarize
        | Posterize
        | Threshold
        | Sepia
        | Duotone
        | Colorize
        | GradientOverlay
        | Vignette
        | Grain
        | Pixelate
        | Median
        | Convolve
        | Obscure
        | CropAspect
        | CropTo
        | Pad
        | Affine
        | Perspective
        | Composite
        | TextBlock
    ]
    variants: Sequence[Variant]
    recipe_version: Literal["1.0"]


class Reflection(TypedDict, total=False):
    """The subject mirrored below its foot, fading downwards."""

    opacity: float
    length: float
    gap: float


class RejectCount(Model):
    """How many cells of a column, or rows where it is None, have this reason."""

    reason: str
    column: str | None
    count: int


class RejectCountOut(Model):
    """How many cells of a column, or rows where it is null, have this reason."""

    reason: str
    column: str | None
    count: int


class RejectList(Model):
    """RejectList"""

    items: list[RejectOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class RejectOut(Model):
    """A bad cell or row, and the table that the row was meant for."""

    line: int
    """In the source, from 1, the header's line counted; of a row over several lines
    the first. Of Parquet, Arrow and databases the number of the row.
    """
    column: str | None
    """null where the row as a whole is bad."""
    value: str | None
    """At most 200 characters of it."""
    reason: str
    """Stable, for programs."""
    message: str
    number: int
    """Among those of the import, from 1."""
    part: int
    """Which of the import's tables, from 1."""
    table: str


class RemovalResult(Model):
    """How the subject was found."""

    method: str
    confidence: float
    coverage: float
    left: int
    top: int
    width: int
    height: int
    warnings: list[str] | None


class RenderOut(Model):
    """A picture that was made of a template."""

    media_type: str
    width: int
    height: int
    size: int
    sha256: str
    warnings: list[str]
    id: str
    template_id: str
    revision: int
    url: str
    """Of the picture, for as long as it is kept."""


class RenderOutputOut(Model):
    """As what each row's picture is written."""

    format: str
    quality: int
    width: int | None
    height: int | None
    background: str | None


class RenderRequest(TypedDict, total=False):
    """Values, and as what the picture is wanted."""

    format: Literal["png", "webp", "avif", "jpeg"]
    quality: int | None
    """Of webp, avif and jpeg; 90 if not said."""
    width: int | None
    """Pixels. Made smaller to fit within both, never larger."""
    height: int | None
    background: str | None
    """Below the picture. JPEG is on white without."""
    values: Mapping[str, Any]
    """By slot: a text for text, colour and choice, true or false for visibility, and
    for a picture an object with file_id, document_id (and layer_id),
    transformation_id or background_id (and image), or url. null hides the layer. A
    slot that is not named shows what the document shows.
    """
    missing_fonts: Literal["fail", "substitute"]
    """fail names all that are missing; substitute sets the text in others, and a
    warning names them.
    """


class RenditionImageOut(Model):
    """One image of a rendition."""

    media_type: str
    width: int
    """Pixels, as is `height`."""
    height: int
    size: int
    """Bytes."""
    sha256: str
    number: int
    """From 1, in the order of the layers, and of the scales of each."""
    name: str
    """A file name that is safe everywhere, and no other image of the rendition has."""
    scale: float
    layer_id: int | None
    slice_id: int | None
    left: int
    """Where on the canvas its top left corner is, in canvas pixels, as is `top`."""
    top: int
    url: str


class RenditionList(Model):
    """RenditionList"""

    items: list[RenditionOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class RenditionOut(Model):
    """What was made, without its images."""

    id: str
    document_id: str
    file_id: str
    task_id: str
    spec: RenditionSpec
    """As it was asked for, with what was not said."""
    image_count: int
    size: int
    """Bytes of all images."""
    created_at: datetime
    warnings: list[str]
    """What has no image, and why."""


class RenditionRequest(TypedDict, total=False):
    """What images are to be made of the document. `{}` is one PNG of the whole."""

    of: Literal["document", "layers", "slices"]
    """The whole, single layers, or the slices that somebody made (all of them where
    there are only automatic ones).
    """
    layers: LayersIn | None
    """Which ones, with `of: layers`."""
    show: Sequence[int]
    """Layers whose own eye is opened, with `of: document` or `slices`. A layer shows
    where the groups around it are shown too.
    """
    hide: Sequence[int]
    """Layers whose eye is closed."""
    on_canvas: bool
    """Layers as large as the canvas and in their place; else trimmed."""
    rendered: bool
    """Composed anew, with masks, effects and opacity. Else a layer's stored pixels, or
    the document's merged image where it has one. Groups and artboards are always
    composed.
    """
    format: Literal["png", "webp", "avif", "jpeg", "tiff", "exr"]
    depth: Literal[8, 16, 32] | None
    """Bits a channel, 8 where not said: PNG has 8 and 16, TIFF 8, 16 and 32, EXR 32,
    others 8. 32 are floats in linear light.
    """
    color: Literal["srgb", "keep"]
    """`keep`: the document's own colours with its ICC profile, where they are RGB,
    gray or (TIFF, JPEG) CMYK; else sRGB, and a warning.
    """
    lossless: bool
    """With `format: webp`."""
    quality: int | None
    """Of WebP, AVIF and JPEG; 90 where not said."""
    scales: Sequence[float]
    """One image for each."""
    max_width: int | None
    """Pixels; images are made smaller to fit, never larger. Instead of `scales`."""
    max_height: int | None
    background: str | None
    """Painted below, and there is no alpha then. JPEG, which has none, is on white
    where nothing else is said.
    """


class RenditionResult(Model):
    """What was made, without its images."""

    id: str
    document_id: str
    file_id: str
    task_id: str
    spec: RenditionSpec
    """As it was asked for, with what was not said."""
    image_count: int
    size: int
    """Bytes of all images."""
    created_at: datetime
    warnings: list[str] | None
    """What has no image, and why."""


class RenditionSpec(Model):
    """What images, of what, how large and in which format."""

    of: str | None
    layers: LayerSelection | None
    show: list[int] | None
    hide: list[int] | None
    on_canvas: bool | None
    rendered: bool | None
    format: str | None
    quality: int | None
    lossless: bool | None
    scales: list[float] | None
    max_width: int | None
    max_height: int | None
    background: str | None
    depth: int | None
    color: str | None


class RenditionWithImages(Model):
    """What was made, with its images."""

    id: str
    document_id: str
    file_id: str
    task_id: str
    spec: RenditionSpec
    """As it was asked for, with what was not said."""
    image_count: int
    size: int
    """Bytes of all images."""
    created_at: datetime
    warnings: list[str]
    """What has no image, and why."""
    images: list[RenditionImageOut]


class ReplayedOut(Model):
    """ReplayedOut"""

    replayed: int
    skipped: dict[str, int]
    """Cannot be replayed: why, and how many each."""
    failed: int
    """Whose handler failed again or is not there."""


class Resize(TypedDict, total=False):
    """Change the size.

    ``fit``: as large as goes into the box. ``cover``: as small as covers the box,
    all of it kept. ``fill``: covers the box, and what projects is cut off; where it
    may not be enlarged the box shrinks instead, and keeps its proportions. ``pad``:
    fits, then filled up to the box with ``background``. ``force``: exactly the box,
    whatever becomes of the proportions. ``fit`` and ``force`` do with one of width
    and height, the others need both.
    """

    op: Required[Literal["resize"]]
    width: int | None
    height: int | None
    mode: Literal["cover", "fill", "fit", "force", "pad"]
    dpr: float
    enlarge: bool
    gravity: Literal[
        "attention",
        "centre",
        "east",
        "face",
        "largest_face",
        "north",
        "north_east",
        "north_west",
        "south",
        "south_east",
        "south_west",
        "subject",
        "west",
    ]
    background: str
    focus: Point | None
    offset: Offset | None
    min_width: int | None
    min_height: int | None
    zoom: float | None
    kernel: Literal[
        "auto",
        "bicubic",
        "bilinear",
        "box",
        "hamming",
        "lanczos2",
        "lanczos3",
        "mitchell",
        "nearest",
    ]


class RetentionDays(Model):
    """RetentionDays"""

    file: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    document: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    rendition: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    diff: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    merge: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    transformation: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    background: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    analysis: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    plan: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    export: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """


class RetentionOut(Model):
    """Days by kind."""

    own: dict[str, int | None]
    """What the workspace has said itself."""
    in_force: RetentionDays


class RetentionRequest(TypedDict, total=False):
    """RetentionRequest"""

    file: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    document: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    rendition: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    diff: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    merge: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    transformation: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    background: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    analysis: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    plan: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """
    export: int | None
    """After which they are deleted, with what was made of them; null: never. What is
    left out is as the installation has it.
    """


class RoleRequest(TypedDict, total=False):
    """What a member may do from here on."""

    role: Required[Role]


class Rotate(TypedDict, total=False):
    """Turn clockwise. The image grows to hold its corners."""

    op: Required[Literal["rotate"]]
    angle: Required[float]
    background: str


class RoundedCorners(TypedDict, total=False):
    """Make the corners transparent, outside quarters of a circle."""

    op: Required[Literal["rounded_corners"]]
    radius: Required[float]
    unit: Literal["percent", "px"]


class RowErrorOut(Model):
    """Why a row has no picture."""

    code: str
    message: str
    column: str | None


class RowFilter(Model):
    """One condition. Several hold together."""

    column: str
    operator: str
    value: str | None
    values: list[str] | None


class RowList(Model):
    """RowList"""

    columns: list[str]
    rows: list[list[Any]]
    """numeric, dates, times and integers beyond 2**53 - 1 are strings."""
    cut: list[CutCellOut]
    """Values too long to be shown whole."""
    next_cursor: str | None


class Sepia(TypedDict, total=False):
    """Brown as an old photograph, by the matrix of ``sepia()`` of CSS (W3C, Filter
    Effects Module Level 1).
    """

    op: Required[Literal["sepia"]]
    amount: float


class ServerOut(Model):
    """ServerOut"""

    name: str
    down: str | None
    """Why; null: it answers."""


class ServiceOut(Model):
    """The workers of one service, and what waits for them, of all workspaces."""

    name: str
    workers: int
    """Processes that have said something within ten seconds."""
    slots_high: int
    """Tasks that they carry out at the same time, of what somebody waits for."""
    slots_low: int
    """The same, of all else."""
    waiting: int
    """Tasks that wait for their turn; 5,000 are counted of a queue."""
    oldest_seconds: float | None
    """Since the oldest was accepted that has not started, of what somebody has asked
    for; null: there is none.
    """
    lane_high: int
    """Messages that lie before them."""
    lane_low: int
    at_work: int
    """That they have taken."""


class SessionList(Model):
    """SessionList"""

    items: list[SessionOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class SessionOut(Model):
    """A session, without its token."""

    id: str
    workspace_id: str
    created_at: datetime
    last_used_at: datetime
    """To the minute."""
    expires_at: datetime
    """Where it is not used before; use moves it on."""
    ends_at: datetime
    """Whatever happens."""
    address: str | None
    """Where it was begun from."""
    user_agent: str | None
    is_current: bool
    """It is the one that asks."""


class ShadowsHighlights(TypedDict, total=False):
    """Lighten what lies in the dark, darken what is glaring; 0 changes nothing.

    How light a place is, is taken from its neighbourhood on this side of edges, by
    a guided filter (He and Sun, arXiv 1505.00996, 2015), so detail within it stays.
    """

    op: Required[Literal["shadows_highlights"]]
    shadows: float
    highlights: float
    radius: float


class ShapeStroke(Model):
    """The stroke of a shape layer."""

    enabled: bool
    width: float
    fill: Fill | None
    fill_enabled: bool | None
    opacity: float | None
    blend_mode: str | None
    alignment: str | None
    cap: str | None
    join: str | None
    miter_limit: float | None
    dashes: list[float] | None
    dash_offset: float | None


class Sharpen(TypedDict, total=False):
    """Unsharp mask: adds ``amount`` times what a blur of ``sigma`` takes away."""

    op: Required[Literal["sharpen"]]
    sigma: float
    amount: float
    threshold: int


class Shot(Model):
    """How a camera took it, by EXIF; what it does not say is null or empty."""

    make: str | None
    model: str | None
    lens: str | None
    software: str | None
    taken_at: str | None
    exposure: float | None
    aperture: float | None
    iso: int | None
    focal_length: float | None
    focal_length_35mm: int | None
    flash: bool | None


class SigningKeyList(Model):
    """SigningKeyList"""

    items: list[SigningKeyOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class SigningKeyOut(Model):
    """A key that signs addresses, without its secret."""

    id: str
    signs_as: str
    """Stands before the dot of a signature."""
    name: str
    covers: Literal["address", "source"] | str
    """address: a signature is good for one address. source: for one source, with any
    recipe that the lists allow.
    """
    widths: list[int]
    """That addresses may ask for; empty: any."""
    heights: list[int]
    dprs: list[float]
    presets: list[str]
    created_at: datetime
    revoked_at: datetime | None


class SigningKeyRequest(TypedDict, total=False):
    """A key that is to sign addresses of images."""

    name: Required[str]
    covers: Covers
    """address: the signature is of everything behind it. source: of expiry and source
    alone; the recipe is free within the lists.
    """
    widths: Sequence[int]
    """Pixels that addresses may ask for. Empty: any of a key that covers the address,
    and none of one that covers the source.
    """
    heights: Sequence[int]
    dprs: Sequence[float]
    presets: Sequence[str]
    """That addresses may name; as with widths."""


class SimilarList(Model):
    """SimilarList"""

    items: list[SimilarOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""
    searched: int
    """Images that were looked at, this one among them: the others are not found."""
    images: int
    """Uploaded images of the workspace. As many as were searched: nothing is missed."""


class SimilarOut(Model):
    """An image that shows nearly the same."""

    id: str
    """The file's."""
    name: str
    distance: int
    """Bits of 256 that differ."""
    matched: str
    """whole, or crop where one shows a part of the other."""


class SizeOut(Model):
    """SizeOut"""

    width: int
    """Pixels."""
    height: int


class Slice(Model):
    """A slice for the web."""

    slice_id: int
    kind: str
    box: Box
    name: str | None
    psd_layer_id: int | None
    url: str | None
    alt: str | None


class Slot(Model):
    """A place in the document that takes a value."""

    name: str
    kind: str
    layer_ids: list[int]
    origin: str | None
    tag: str | None
    box: list[float] | None
    default: str | bool | None
    example: str | None
    fonts: list[str] | None
    missing_fonts: list[str] | None
    choices: list[str] | None
    target: str | None
    inside: str | None
    rules: SlotRules | None


class SlotChangeBody(TypedDict, total=False):
    """What is to be otherwise of one slot; a new one has a kind and layers."""

    name: Required[str]
    remove: bool
    rename: str | None
    """Its name from now on."""
    kind: Literal["text", "picture", "color", "visibility", "choice"] | None
    """Of a new slot, or another than it has."""
    layer_ids: Sequence[int] | None
    """Ids as in the document's layers."""
    tag: str | None
    """Of text: what in the layer's text stands for the value."""
    target: Literal["text", "fill", "stroke", "overlay"] | None
    """Of colours: what is coloured."""
    example: str | None
    rules: SlotRulesBody | None
    """All of them: they take the place of those so far."""


class SlotOut(Model):
    """A place in the document that takes a value."""

    name: str
    kind: str
    layer_ids: list[int]
    origin: str
    tag: str | None
    box: list[float]
    default: str | bool | None
    example: str | None
    fonts: list[str]
    missing_fonts: list[str]
    choices: list[str]
    target: str | None
    inside: str | None
    rules: SlotRulesOut


class SlotRules(Model):
    """How a value is put into a slot. What is None follows from the layer."""

    overflow: str | None
    least_size: float | None
    fit: str | None
    align: str | None
    clip: bool | None
    prepare: str | None


class SlotRulesBody(TypedDict, total=False):
    """How a value is put into a slot; what is not said follows from the layer."""

    overflow: Literal["shrink", "clip", "grow", "ellipsis", "reject"] | None
    """Of text that is longer than its box."""
    least_size: float | None
    """Of text that shrinks: points, below which the value is refused."""
    fit: Literal["fit", "fill", "as_is", "conform"] | None
    """Of pictures, in their box. fill where not said."""
    align: str | None
    """Of pictures, as `left top`."""
    clip: bool
    """Of pictures: cut off at the box."""
    prepare: str | None
    """Of pictures: `remove_background`, or a recipe as an address says it (see
    docs/imaging.md), which imaging carries out first.
    """


class SlotRulesOut(Model):
    """How a value is put into a slot."""

    overflow: str | None
    least_size: float | None
    fit: str | None
    align: str | None
    clip: bool
    prepare: str | None


class SmartObject(Model):
    """A file within the document, or beside it, that a layer shows."""

    kind: str
    unique_id: str
    file_name: str | None
    file_type: str | None
    media_type: str | None
    size: int | None
    extractable: bool | None
    placed_id: str | None
    width: float | None
    height: float | None
    resolution: float | None
    transform: list[float] | None
    warped: bool | None
    filters: list[str] | None


class Solarize(TypedDict, total=False):
    """Negate what is lighter than a level, channel by channel."""

    op: Required[Literal["solarize"]]
    level: int


class Solid(TypedDict, total=False):
    """Solid"""

    type: Required[Literal["solid"]]
    color: str


class SourceName(Model):
    """A source as it is shown: never with a password."""

    kind: str
    """file or database."""
    name: str
    """Of the file; of a database its host and name."""
    file_id: str | None


class SourceOut(Model):
    """A source as it is shown: never with a password."""

    kind: str
    """file or database."""
    name: str
    """Of the file; of a database its host and name."""
    file_id: str | None


class SourceTableOut(Model):
    """A table or view to choose from."""

    schema: str
    table: str
    kind: Literal["table", "view"] | str


class StoredImage(Model):
    """An image that was made, in object storage."""

    name: str
    """Of the variant; `image` and `mask` of a background."""
    media_type: str
    width: int
    """Pixels, as is `height`."""
    height: int
    size: int
    """Bytes."""
    sha256: str
    frames: int | None
    """1, or more of an animated image."""
    warnings: list[str] | None


class StreamOut(Model):
    """StreamOut"""

    name: str
    messages: int
    size: int
    """Bytes."""


class StudioSweep(TypedDict, total=False):
    """A paper curved from the table to the wall, lit from above."""

    type: Required[Literal["sweep"]]
    color: str
    horizon: float
    softness: float
    light: float


class Subpath(Model):
    """A Bézier path."""

    closed: bool
    knots: list[list[float]]
    operation: str | None


class Swatch(Model):
    """One colour of the palette."""

    color: str
    share: float
    lightness: float
    chroma: float


class SystemOut(Model):
    """How the installation stands."""

    servers: list[ServerOut]
    trouble: str | None
    """What an operator is to set right."""
    services: list[ServiceOut]
    streams: list[StreamOut]
    handlers: list[HandlerOut]


class TableBody(TypedDict, total=False):
    """One part of a source and the table that its rows go to."""

    table: Required[str]
    """Name of the data set."""
    file_id: str | None
    member: str | None
    """File within a zip."""
    sheet: str | None
    """Of a workbook."""
    format: str
    """csv, excel, html, xml (a workbook in it), parquet, arrow, jsonl, sqlite or
    database.
    """
    dialect: DialectBody
    columns: Required[Sequence[ColumnBody]]
    include: bool
    findings: Mapping[str, Any] | None
    """As the plan has it; not looked at."""


class TaskList(Model):
    """TaskList"""

    items: list[TaskOut[TaskResult]]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class TaskOut(Model, Generic[ResultT]):
    """One shape for every job."""

    id: str
    name: str
    state: str
    """queued, running, completed, failed or cancelled."""
    created_at: datetime
    run: int
    """1, and one more for each retry."""
    resource: str | None
    """Where what the task makes will be."""
    attempt: int
    """Counts within the run; 0 before it starts."""
    progress: Progress | None
    result: ResultT | None
    error: ErrorInfo | None
    cancel_requested_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    parent_id: str | None
    """The task of the batch that it is part of."""
    pruned_at: datetime | None
    """Since when order, progress and result are null."""
    trace_id: str | None
    """Of the request that ordered it, or its last run: what logs and traces of every
    service call it.
    """


class TemplateChange(TypedDict, total=False):
    """What is to be otherwise; all else stays."""

    name: str | None
    changes: Sequence[SlotChangeBody]
    """To the slots, in this order."""


class TemplateList(Model):
    """TemplateList"""

    items: list[TemplateOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class TemplateOut(Model):
    """A parsed document and its slots."""

    id: str
    document_id: str
    task_id: str
    name: str
    slots: list[SlotOut]
    width: int
    height: int
    revision: int
    created_at: datetime
    changed_at: datetime
    warnings: list[str]
    renders_url: str
    """POST values there for one picture."""


class TemplateRequest(TypedDict, total=False):
    """A parsed document whose slots are to be filled."""

    document_id: Required[str]
    name: str | None
    """The document's where not said."""
    changes: Sequence[SlotChangeBody]
    """To the slots that are found, in this order."""


class TemplateResult(Model):
    """A parsed document and its slots."""

    id: str
    document_id: str
    task_id: str
    name: str
    slots: list[Slot]
    width: int
    height: int
    revision: int | None
    created_at: datetime
    changed_at: datetime
    warnings: list[str] | None


class Text(Model):
    """The text of a type layer."""

    text: str
    orientation: str | None
    kind: str | None
    transform: list[float] | None
    box: list[float] | None
    anti_alias: str | None
    warp: str | None
    paragraphs: list[Paragraph] | None
    runs: list[TextRun] | None


class TextBlock(TypedDict, total=False):
    """Set text in lines upon the image.

    Lines are broken where Unicode allows it (UAX 14), between letters only where a
    word alone is too long. Thai, Lao, Khmer and Burmese, whose words a dictionary
    would have to find, break at spaces and zero-width spaces. Each run is written
    in a font that has its letters, shaped, in both directions.
    """

    op: Required[Literal["text"]]
    text: Required[str]
    size: float | None
    width: float | None
    height: float | None
    unit: Literal["percent", "px"]
    shrink: bool
    align: Literal["centre", "justify", "left", "right", "start"]
    line_height: float
    letter_spacing: float
    max_lines: int | None
    ellipsis: str
    font: TextFont | None
    color: str
    outline: int
    outline_color: str
    shadow: TextShadow | None
    panel: TextPanel | None
    position: Literal[
        "centre",
        "east",
        "north",
        "north_east",
        "north_west",
        "south",
        "south_east",
        "south_west",
        "west",
    ]
    margin: float
    offset: Offset | None
    opacity: float
    angle: float


class TextFont(TypedDict, total=False):
    """A font of the workspace's own, or a weight of those that are installed.

    Letters that it lacks are written in installed fonts, with a warning that names
    them.
    """

    file_id: str | None
    face: int
    weight: int | None


class TextPanel(TypedDict, total=False):
    """A ground behind the text."""

    color: str
    padding: float
    radius: float


class TextRun(Model):
    """Characters of one style."""

    start: int
    length: int
    font: str
    family: str | None
    size: float | None
    color: str | None
    bold: bool | None
    italic: bool | None
    underline: bool | None
    strikethrough: bool | None
    caps: str | None
    baseline: str | None
    baseline_shift: float | None
    tracking: int | None
    leading: float | None
    horizontal_scale: float | None
    vertical_scale: float | None
    language: int | None


class TextShadow(TypedDict, total=False):
    """Of the letters."""

    dx: int
    dy: int
    blur: float
    color: str
    opacity: float


class TextWatermark(TypedDict, total=False):
    """Write over the image, in any script that an installed font has.

    Bidirectional and complex scripts are shaped.
    """

    op: Required[Literal["text_watermark"]]
    text: Required[str]
    size: float | None
    scale: float
    font: TextFont | None
    color: str
    outline: int
    outline_color: str
    position: Literal[
        "centre",
        "east",
        "north",
        "north_east",
        "north_west",
        "south",
        "south_east",
        "south_west",
        "west",
    ]
    margin: float
    opacity: float
    angle: float
    tiled: bool


class Threshold(TypedDict, total=False):
    """Make it black and white: white where luma (Rec. 601) reaches a level."""

    op: Required[Literal["threshold"]]
    level: int | None


class TiffOutput(TypedDict, total=False):
    """TIFF, without loss."""

    format: Required[Literal["tiff"]]
    icc: bool
    space: Literal["cmyk", "gray", "p3", "source", "srgb"]
    dpi: int | None
    metadata: Literal["all", "copyright", "none"]
    location: bool
    copyright: str | None
    artist: str | None
    credit: str | None
    compression: Literal["deflate", "lzw", "none"]


class TilePyramidResult(Model):
    """All tiles of a picture in one object: one after another, as pyramids.py numbers
    them, and behind them the index.
    """

    source: str
    """What it shows, as addresses name it."""
    name: str
    width: int
    """Pixels, upright."""
    height: int
    media_type: str
    """Of each tile; image/webp where the picture has alpha."""
    tiles: int
    """How many there are."""
    size: int
    """Bytes of all of them."""
    created_at: datetime


class TilesOut(Model):
    """TilesOut"""

    width: int
    """Pixels of a side."""
    scaleFactors: list[int]


class Tint(TypedDict, total=False):
    """Colour by lightness: black stays black, white white, the middle takes a colour."""

    op: Required[Literal["tint"]]
    color: Required[str]
    amount: float


class TransformationList(Model):
    """TransformationList"""

    items: list[TransformationOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class TransformationOut(Model):
    """What one recipe made of one image."""

    id: str
    task_id: str
    file_id: str | None
    """null of an image fetched from an address."""
    name: str
    recipe: Recipe
    key: str
    """The same for the same bytes, recipe and engine."""
    variants: list[MadeImageOut]
    created_at: datetime
    reused_from: str | None
    """The transformation that had made the same images before."""
    warnings: list[str]


class TransformationRequest(TypedDict, total=False):
    """A recipe, and its image: a file, a layer of a document, or an address."""

    file_id: str | None
    layer: LayerReference | None
    url: str | None
    """Of an image that anybody can read, without user and password. A query is sealed
    at once, and never stored, logged or told in the clear.
    """
    recipe: Recipe | None
    """See docs/imaging.md."""
    preset: str | None
    """A saved recipe, instead of one."""
    parameters: Mapping[str, Any] | None
    """Of the preset, by name; the others are as it says."""


class TransformationResult(Model):
    """What one recipe made of one image."""

    id: str
    task_id: str
    file_id: str | None
    """null of an image fetched from an address."""
    name: str
    recipe: Recipe
    key: str
    """The same for the same bytes, recipe and engine."""
    variants: list[MadeImageOut]
    created_at: datetime
    reused_from: str | None
    """The transformation that had made the same images before."""
    warnings: list[str] | None


class Transparent(TypedDict, total=False):
    """Nothing behind the subject: the result has an alpha channel."""

    type: Required[Literal["transparent"]]


class Trim(TypedDict, total=False):
    """Cut off an even rim: what is transparent, or else near the colour of the rim.

    What is even all over stays as it is.
    """

    op: Required[Literal["trim"]]
    tolerance: int
    color: str | None
    margin: int
    equal_horizontal: bool
    equal_vertical: bool


class UploadList(Model):
    """UploadList"""

    items: list[UploadOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class UploadOut(Model):
    """An upload in parts, as it stands."""

    id: str
    name: str
    size: int
    """Bytes."""
    sha256: str | None
    """What the file must have, as 64 hex digits."""
    media_type: str | None
    """What its first bytes must say that it is."""
    part_size: int
    """Bytes of each part but the last."""
    error: ErrorInfo | None
    """Why it failed."""
    created_at: datetime
    expires_at: datetime
    """Later each time that addresses of parts are asked for."""
    ended_at: datetime | None
    state: str
    """open, completing, completed, failed, aborted or expired."""
    parts: int
    """How many there are."""
    task_id: str | None
    """Of the task that makes a file of it, once that was asked for."""
    file_id: str | None
    """Once it is completed."""


class UploadRequest(TypedDict, total=False):
    """A file that is going to be sent in parts."""

    sha256: str | None
    """What the whole file has, as 64 hex digits; checked at the end."""
    name: Required[str]
    size: Required[int]
    """Bytes."""
    part_size: int | None
    """Bytes of each part but the last. 16 MiB where it is left out, or more where that
    would be more than 10,000 parts.
    """
    media_type: str | None
    """Fail at the end where the first bytes say something else."""


class UploadedFileResult(Model):
    """The file that an upload has become."""

    id: str
    name: str
    size: int
    """Bytes."""
    sha256: str
    """64 hex digits."""
    media_type: str
    """By its first bytes."""


class UsageDayOut(Model):
    """What was used in one day of UTC."""

    day: str
    requests: int
    uploads: int
    uploaded_bytes: int
    stored_bytes: int
    """As it stood when something was last counted."""
    tasks: dict[str, int]
    """That have completed, by name."""
    rows_imported: int
    pixels: int


class UsageOut(Model):
    """Limits, what counts against them now, and what was used by day."""

    limits: LimitsOut
    used: UsedOut
    days: list[UsageDayOut]
    """The oldest first, those in which something was used."""


class UsedOut(Model):
    """What counts against the limits at this moment."""

    uploads: int
    stored_bytes: int
    tasks_waiting: int
    rows_day: int
    """Today, in UTC."""
    rows_month: int
    """In this calendar month of UTC."""
    pixels_day: int
    pixels_month: int


class ValueCount(Model):
    """ValueCount"""

    value: str
    """At most 200 characters of it."""
    count: int


class Variant(TypedDict, total=False):
    """One file that is wanted."""

    name: str
    operations: Sequence[
        Resize
        | Crop
        | Trim
        | Rotate
        | Flip
        | Sharpen
        | Blur
        | Denoise
        | Adjust
        | AutoLevels
        | Grayscale
        | Tint
        | RoundedCorners
        | Border
        | DropShadow
        | Background
        | ImageWatermark
        | TextWatermark
        | Gamma
        | Curves
        | Equalize
        | Clahe
        | ShadowsHighlights
        | WhiteBalance
        | Vibrance
        | Hue
        | ColorMatrix
        | Lut
        | MakeTransparent
        | Negate
        | Solarize
        | Posterize
        | Threshold
        | Sepia
        | Duotone
        | Colorize
        | GradientOverlay
        | Vignette
        | Grain
        | Pixelate
        | Median
        | Convolve
        | Obscure
        | CropAspect
        | CropTo
        | Pad
        | Affine
        | Perspective
        | Composite
        | TextBlock
    ]
    output: (
        JpegOutput
        | PngOutput
        | WebpOutput
        | AvifOutput
        | JxlOutput
        | TiffOutput
        | GifOutput
        | AutoOutput
        | BestOutput
    )


class VectorMask(Model):
    """A mask of paths. Of a shape it is the outline."""

    subpath_count: int
    knot_count: int
    subpaths: list[Subpath] | None
    enabled: bool | None
    linked: bool | None
    inverted: bool | None
    starts_filled: bool | None
    density: float | None
    feather: float | None


class Vibrance(TypedDict, total=False):
    """Raise the saturation of pale colours and leave strong ones, or lower it.

    The factor grows with 1 - s, where s is (max - min) / max of the channels.
    """

    op: Required[Literal["vibrance"]]
    amount: Required[float]


class VideoStreams(Model):
    """What a video is made of, by its container."""

    seconds: float | None
    codec: str | None
    pixel_format: str | None
    frames_per_second: float | None
    frames: int | None
    rotation: int | None
    bits_per_second: int | None
    audio: list[AudioStream] | None


class Vignette(TypedDict, total=False):
    """Darken towards the corners.

    Nothing within ``radius``; from there to the corner by a smooth step up to
    ``amount``.
    """

    op: Required[Literal["vignette"]]
    amount: float
    radius: float
    color: str


class Warning(Model):
    """What a person should look at before importing."""

    code: str
    message: str
    example: str | None


class WarningOut(Model):
    """What a person should look at before importing."""

    code: str
    message: str
    example: str | None


class WebhookChange(TypedDict, total=False):
    """What is not named, or null, stays as it is."""

    url: str | None
    events: Sequence[str] | None
    description: str | None
    enabled: bool | None
    """false: nothing more is recorded, and what waits is kept. true: it is sent again,
    what waits at once.
    """


class WebhookList(Model):
    """WebhookList"""

    items: list[WebhookOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class WebhookOut(Model):
    """Where events of a workspace are sent to, without the secrets."""

    id: str
    url: str
    """Without its query, which may hold a secret."""
    description: str | None
    events: list[str]
    created_at: datetime
    updated_at: datetime
    previous_secret_until: datetime | None
    """Until then the secret before this one signs, too."""
    failing_since: datetime | None
    """No attempt has succeeded since then; null: the last one did."""
    disabled_at: datetime | None
    """Since when nothing is sent; null: it is."""
    disabled_reason: Literal["asked", "failing", "gone"] | str | None
    """asked: by a request; gone: the receiver answered 410; failing: no attempt had
    succeeded for five days.
    """


class WebhookRequest(TypedDict, total=False):
    """Where to send which events."""

    url: Required[str]
    """Where events are posted to: http or https, on a public network, without user and
    password. A query is sealed, and never shown again.
    """
    events: Required[Sequence[str]]
    """Names of events; `*` stands for one or more parts. Progress is sent where a
    pattern ends in `.progress` alone.
    """
    description: str | None


class WebpOutput(TypedDict, total=False):
    """WebP, animated where the image is."""

    format: Required[Literal["webp"]]
    icc: bool
    space: Literal["cmyk", "gray", "p3", "source", "srgb"]
    dpi: int | None
    metadata: Literal["all", "copyright", "none"]
    location: bool
    copyright: str | None
    artist: str | None
    credit: str | None
    quality: int
    max_bytes: int | None
    ssim: float | None
    lossless: bool
    near_lossless: int | None
    alpha_quality: int
    effort: int


class WhiteBalance(TypedDict, total=False):
    """Make the light warmer or colder, or take its cast away.

    Channels are multiplied in linear light, and luminance is kept.
    """

    op: Required[Literal["white_balance"]]
    temperature: float
    tint: float
    auto: bool


class WorkspaceLimitsOut(Model):
    """Those of one workspace. None: there is no such limit."""

    key_requests_per_second: float | None
    """Of each API key or session."""
    requests_per_second: float | None
    """Of the whole workspace."""
    images_per_second: float | None
    """Made by address, of the whole workspace; those that are there do not count."""
    uploads: int | None
    """At the same moment."""
    stored_bytes: int | None
    """Of uploaded files that are kept."""
    tasks_waiting: int | None
    """Tasks that somebody has asked for and that have not ended."""
    rows_per_day: int | None
    """Rows imported, by days of UTC."""
    rows_per_month: int | None
    """The same by calendar months of UTC."""
    pixels_per_day: int | None
    """Pixels worked, by days of UTC."""
    pixels_per_month: int | None
    """The same by calendar months of UTC."""
    own: list[str]
    """The workspace's own; all others are the installation's."""


class WorkspaceList(Model):
    """WorkspaceList"""

    items: list[WorkspaceOut]
    next_cursor: str | None
    """Give it back as ?cursor= for the next page; null on the last."""


class WorkspaceOut(Model):
    """What separates one company's work from another's."""

    id: str
    name: str
    created_at: datetime
    suspended_at: datetime | None
    """Since when nobody gets in; null: all do."""
    role: Literal["member", "owner", "viewer"] | str | None
    """One's own in it; null for a key's workspace."""


class WorkspaceRequest(TypedDict, total=False):
    """A workspace's name."""

    name: Required[str]


TaskResult = Union[
    AssetResult,
    BackgroundImageResult,
    BatchResult,
    DatasetExportResult,
    DatasetSnapshotResult,
    DeletedResult,
    DocumentDiffResult,
    DocumentResult,
    DroppedDatasetResult,
    FontResult,
    HandedOverRowsResult,
    ImportPlanResult,
    ImportResult,
    MergeResult,
    MergedRowsResult,
    PreparedMergeResult,
    PublishedDatasetResult,
    PublishedPreviewsResult,
    RenditionResult,
    TemplateResult,
    TilePyramidResult,
    TransformationResult,
    UploadedFileResult,
]


"""What a task makes, by its name."""
