"""HTTP bodies of renditions."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from onemanage.contracts.base import example_id
from onemanage.contracts.psd.renditions import Rendition, RenditionImage
from onemanage.gateway.http.schemas import Body, example
from onemanage.gateway.http.shown import Answer, list_of

type LayerId = Annotated[int, Field(ge=1, le=100_000)]
type Scale = Annotated[float, Field(ge=0.01, le=8)]
type Kind = Literal[
    "pixel",
    "group",
    "artboard",
    "type",
    "shape",
    "smartobject",
    "adjustment",
    "fill",
]
_MOST_IDS = 8_000
_MAX_SIDE = 30_000
_LOSSY = ("webp", "avif", "jpeg")
_DEPTHS = {"png": (8, 16), "tiff": (8, 16, 32), "exr": (32,)}
"""Bits a channel of formats that have others than 8."""


class LayersIn(Body):
    """Layers of the ids or names, that are of a kind and shown.

    With neither ids nor names it is all of them; with neither those nor kinds, all but
    groups, artboards and adjustments.
    """

    ids: list[LayerId] = Field(
        default=[], max_length=_MOST_IDS, description="As the layers' `id`."
    )
    names: list[Annotated[str, Field(min_length=1, max_length=255)]] = Field(
        default=[],
        max_length=100,
        description="Patterns with `*`, `?` and `[…]`, upper and lower case alike.",
        examples=[["button*"]],
    )
    kinds: list[Kind] = Field(
        default=[], max_length=8, description="Any of these; empty for every kind."
    )
    visible_only: bool = Field(
        default=False, description="Not the hidden ones, nor those in hidden groups."
    )


class RenditionRequest(Body):
    """What images are to be made of the document. `{}` is one PNG of the whole."""

    model_config = example(
        of="layers", layers={"kinds": ["group"]}, format="webp", scales=[1, 2]
    )

    of: Literal["document", "layers", "slices"] = Field(
        default="document",
        description="The whole, single layers, or the slices that somebody made (all "
        "of them where there are only automatic ones).",
    )
    layers: LayersIn | None = Field(
        default=None, description="Which ones, with `of: layers`."
    )
    show: list[LayerId] = Field(
        default=[],
        max_length=_MOST_IDS,
        description="Layers whose own eye is opened, with `of: document` or `slices`. "
        "A layer shows where the groups around it are shown too.",
    )
    hide: list[LayerId] = Field(
        default=[], max_length=_MOST_IDS, description="Layers whose eye is closed."
    )
    on_canvas: bool = Field(
        default=False,
        description="Layers as large as the canvas and in their place; else trimmed.",
    )
    rendered: bool = Field(
        default=False,
        description="Composed anew, with masks, effects and opacity. Else a layer's "
        "stored pixels, or the document's merged image where it has one. Groups and "
        "artboards are always composed.",
    )
    format: Literal["png", "webp", "avif", "jpeg", "tiff", "exr"] = "png"
    depth: Literal[8, 16, 32] | None = Field(
        default=None,
        description="Bits a channel, 8 where not said: PNG has 8 and 16, TIFF 8, 16 and "
        "32, EXR 32, others 8. 32 are floats in linear light.",
    )
    color: Literal["srgb", "keep"] = Field(
        default="srgb",
        description="`keep`: the document's own colours with its ICC profile, where "
        "they are RGB, gray or (TIFF, JPEG) CMYK; else sRGB, and a warning.",
    )
    lossless: bool = Field(default=False, description="With `format: webp`.")
    quality: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="Of WebP, AVIF and JPEG; 90 where not said.",
    )
    scales: list[Scale] = Field(
        default=[1.0],
        min_length=1,
        max_length=8,
        description="One image for each.",
        examples=[[1, 2]],
    )
    max_width: int | None = Field(
        default=None,
        ge=1,
        le=_MAX_SIDE,
        description="Pixels; images are made smaller to fit, never larger. Instead of "
        "`scales`.",
    )
    max_height: int | None = Field(default=None, ge=1, le=_MAX_SIDE)
    background: str | None = Field(
        default=None,
        pattern=r"^#[0-9a-fA-F]{6}$",
        description="Painted below, and there is no alpha then. JPEG, which has none, "
        "is on white where nothing else is said.",
        examples=["#ffffff"],
    )

    # Each says what does not fit at the field itself, so that the pointer names it.

    @field_validator("layers")
    @classmethod
    def _of_layers(cls, given: LayersIn | None, info: ValidationInfo) -> Any:
        if given is not None and info.data.get("of", "layers") != "layers":
            raise ValueError('only with "of": "layers"')
        return given

    @field_validator("show", "hide")
    @classmethod
    def _of_whole(cls, given: list[int], info: ValidationInfo) -> list[int]:
        if given and info.data.get("of") == "layers":
            raise ValueError('only with "of": "document" or "slices"')
        if info.field_name == "hide" and (both := {*given} & {*_shown(info)}):
            raise ValueError(f"layer {min(both)} is to be shown and hidden")
        return given

    @field_validator("on_canvas")
    @classmethod
    def _of_single(cls, given: bool, info: ValidationInfo) -> bool:
        if given and info.data.get("of", "layers") != "layers":
            raise ValueError('only with "of": "layers"')
        return given

    @field_validator("depth")
    @classmethod
    def _of_format(cls, given: int | None, info: ValidationInfo) -> int | None:
        format = info.data.get("format")
        has = _DEPTHS.get(format, (8,)) if format is not None else (8, 16, 32)
        if given is not None and given not in has:
            raise ValueError(f"{format} has {' or '.join(map(str, has))} bits")
        return given

    @field_validator("color")
    @classmethod
    def _of_profiles(cls, given: str, info: ValidationInfo) -> str:
        if given == "keep" and info.data.get("format") == "exr":
            raise ValueError("EXR is linear light")
        return given

    @field_validator("lossless")
    @classmethod
    def _of_webp(cls, given: bool, info: ValidationInfo) -> bool:
        if given and info.data.get("format", "webp") != "webp":
            raise ValueError('only with "format": "webp"')
        return given

    @field_validator("quality")
    @classmethod
    def _of_lossy(cls, given: int | None, info: ValidationInfo) -> int | None:
        if given is None:
            return None
        if info.data.get("format", "webp") not in _LOSSY:
            raise ValueError(f"only with {', '.join(_LOSSY)}")
        if info.data.get("lossless"):
            raise ValueError("not with lossless")
        return given

    @field_validator("scales")
    @classmethod
    def _distinct(cls, given: list[float]) -> list[float]:
        if len(set(given)) < len(given):
            raise ValueError("each scale once")
        return given

    @field_validator("max_width", "max_height")
    @classmethod
    def _instead(cls, given: int | None, info: ValidationInfo) -> int | None:
        if given is not None and info.data.get("scales") not in (None, [1.0]):
            raise ValueError("either scales or a size to fit")
        return given


def _shown(info: ValidationInfo) -> list[int]:
    return info.data.get("show") or []


class RenditionOut(Answer, of=Rendition, own_id="rendition_id"):
    """What was made, without its images."""


class RenditionImageOut(Answer, of=RenditionImage):
    url: str = Field(
        examples=[f"/v1/psd/renditions/{example_id('rnd')}/images/1"],
    )


class RenditionWithImages(RenditionOut):
    """What was made, with its images."""

    images: list[RenditionImageOut]


RenditionList = list_of(RenditionOut)
