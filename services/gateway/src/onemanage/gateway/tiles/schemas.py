"""Image information as IIIF's Image API 3 has it, and the parts of its addresses."""

from typing import Annotated, Literal

from fastapi import Header, Path
from pydantic import BaseModel, Field

from onemanage.contracts.base import example_id
from onemanage.gateway.http.media import bytes_of
from onemanage.gateway.images.addresses.asking import WORDS

SOURCE = r"(?:fil|doc|tsf|bgd)_[0-9a-f]{32}(?::[A-Za-z0-9][A-Za-z0-9_-]{0,63})?"
TILE = bytes_of("The tile.", "image/jpeg", "image/webp")

TileSource = Annotated[
    str,
    Path(
        pattern=f"^{SOURCE}$",
        description="fil_…, doc_… (the composite), doc_…:<layer>, tsf_…:<name>, bgd_….",
        examples=[example_id("doc")],
    ),
]
Region = Annotated[
    str,
    Path(
        pattern=WORDS,
        description="full, or left,top,width,height in pixels of the picture.",
        examples=["full"],
    ),
]
Size = Annotated[
    str,
    Path(
        pattern=WORDS,
        description="max, or width,height of the tile.",
        examples=["max"],
    ),
]
TileName = Annotated[
    str,
    Path(
        pattern=WORDS,
        description="default.webp where the picture has alpha, else default.jpg.",
        examples=["default.jpg"],
    ),
]
IfNoneMatch = Annotated[str | None, Header()]


class SizeOut(BaseModel):
    width: int = Field(description="Pixels.", examples=[500])
    height: int = Field(examples=[375])


class TilesOut(BaseModel):
    width: int = Field(description="Pixels of a side.", examples=[512])
    scaleFactors: list[int] = Field(examples=[[1, 2, 4, 8, 16]])


class ImageInfoOut(BaseModel):
    """Image information, https://iiif.io/api/image/3.0/#5-image-information."""

    context: Literal["http://iiif.io/api/image/3/context.json"] = Field(
        alias="@context"
    )
    id: str = Field(description="What addresses of tiles begin with.")
    type: Literal["ImageService3"]
    protocol: Literal["http://iiif.io/api/image"]
    profile: Literal["level0"]
    width: int = Field(description="Pixels.", examples=[8000])
    height: int = Field(examples=[6000])
    maxWidth: int = Field(description="Of full/max.", examples=[512])
    maxHeight: int = Field(examples=[512])
    sizes: list[SizeOut] = Field(description="Of the whole picture as one tile.")
    tiles: list[TilesOut] = Field(description="One kind.")
    preferredFormats: list[str] | None = Field(
        default=None, description="webp where the picture has alpha."
    )
    extraFormats: list[str] | None = None
