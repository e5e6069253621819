"""Previews in HTTP bodies."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field, model_validator

from onemanage.gateway.http.ids import NamedDataset, NamedDocument
from onemanage.gateway.http.schemas import Body


class PreviewRequest(Body):
    """The document or the data set whose previews are to be made, or made again."""

    document_id: NamedDocument | None = None
    dataset_id: NamedDataset | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.document_id is None) == (self.dataset_id is None):
            raise ValueError("give either document_id or dataset_id")
        return self


class PreviewOut(BaseModel):
    id: str = Field(examples=["prv_" + "0" * 32])
    document_id: str | None = Field(description="null where it is of a data set.")
    layer_id: int | None = Field(description="null for the composite.")
    dataset_id: str | None = Field(description="null where it is of a document.")
    kind: str = Field(
        description="image; of a data set rows (first rows and profile as JSON) or "
        "histogram (SVG).",
        examples=["image"],
    )
    column: str | None = Field(description="Of a histogram.")
    position: int = Field(description="Of its column, from 1; else 0.")
    name: str
    width: int = Field(description="Pixels; 0 of JSON.")
    height: int
    size: int
    media_type: str = Field(examples=["image/webp"])
    sha256: str
    expires_at: datetime
    url: str = Field(description="Needs no API key; refused once it has expired.")


class PreviewList(BaseModel):
    items: list[PreviewOut]
    next_cursor: str | None
