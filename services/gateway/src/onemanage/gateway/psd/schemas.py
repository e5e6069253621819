"""Documents and layers in HTTP answers."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class ImageOut(BaseModel):
    media_type: str = Field(examples=["image/png"])
    width: int
    height: int
    size: int = Field(description="Bytes.")
    sha256: str


class DocumentOut(BaseModel):
    id: str = Field(examples=["doc_" + "0" * 32])
    file_id: str
    task_id: str
    name: str = Field(examples=["poster.psd"])
    format: str = Field(examples=["psd"])
    width: int
    height: int
    color_mode: str = Field(examples=["rgb"])
    depth: int = Field(examples=[8])
    icc_profile: str | None
    layer_count: int
    image_count: int
    composite: ImageOut | None
    composite_source: str | None = Field(examples=["embedded"])
    created_at: datetime
    warnings: list[str]


class DocumentList(BaseModel):
    items: list[DocumentOut]
    next_cursor: str | None


class LayerOut(BaseModel):
    id: int
    parent_id: int | None
    name: str = Field(examples=["Headline"])
    kind: str = Field(examples=["pixel"])
    left: int
    top: int
    width: int
    height: int
    blend_mode: str = Field(examples=["multiply"])
    opacity: float = Field(examples=[0.8])
    visible: bool
    shown: bool = Field(description="Visible, and so is every group around it.")
    clipping: bool
    text: str | None
    image: ImageOut | None
    warnings: list[str]


class LayerDetailsOut(LayerOut):
    unsupported: list[str] = Field(
        description="What our renderer does not draw, or only nearly.",
        examples=[["drop shadow is approximate"]],
    )
    details: dict[str, Any] | None = Field(
        description="As in the manifest; a field that is not there has its default. "
        "null for documents of an older release.",
        examples=[
            {
                "layer_id": 7,
                "fonts": ["Montserrat-Bold"],
                "colors": ["#ff8800"],
                "text": {
                    "text": "Summer",
                    "runs": [{"start": 0, "length": 6, "font": "Montserrat-Bold"}],
                },
            }
        ],
    )


class FoundLayerOut(BaseModel):
    document_id: str = Field(examples=["doc_" + "0" * 32])
    document_name: str = Field(examples=["poster.psd"])
    layer: LayerOut


class FoundLayerList(BaseModel):
    items: list[FoundLayerOut]
    next_cursor: str | None


class LayerList(BaseModel):
    items: list[LayerOut]
    next_cursor: str | None


class EmbeddedFileOut(BaseModel):
    id: str | None = Field(description="null where it is not in the document itself.")
    unique_id: str = Field(description="As smart objects name it.")
    kind: str = Field(description="embedded, linked or alias.")
    file_name: str = Field(examples=["logo.svg"])
    file_type: str | None
    media_type: str | None = Field(examples=["image/png"])
    size: int | None = Field(description="Bytes.")
    extractable: bool
    sha256: str | None
    url: str | None


class EmbeddedFileList(BaseModel):
    items: list[EmbeddedFileOut]
    next_cursor: str | None
