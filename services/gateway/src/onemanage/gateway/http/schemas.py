"""HTTP bodies. Pydantic checks what comes in and documents what goes out."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from onemanage.gateway.http import plain_json
from onemanage.gateway.http.ids import NamedDataset, NamedDocument, NamedFile, example


class Body(BaseModel):
    """Of a request. Free objects in it, too, hold only what can be kept and sent."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _is_plain(cls, given: Any) -> Any:
        why = plain_json.why_not(given)
        if why is not None:
            raise ValueError(why)
        return given


class FileReference(Body):
    """A file that was uploaded before."""

    file_id: NamedFile


class PreviewRequest(Body):
    """The document or the data set whose previews are to be made, or made again."""

    document_id: NamedDocument | None = None
    dataset_id: NamedDataset | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.document_id is None) == (self.dataset_id is None):
            raise ValueError("give either document_id or dataset_id")
        return self


class FileOut(BaseModel):
    id: str = Field(examples=["fil_" + "0" * 32])
    name: str = Field(examples=["poster.psd"])
    size: int = Field(description="Bytes.", examples=[1048576])
    sha256: str
    media_type: str = Field(examples=["image/vnd.adobe.photoshop"])
    created_at: datetime | None
    url: str = Field(
        description="Of its bytes.", examples=[f"/v1/files/{example('fil')}/content"]
    )


class TaskOut(BaseModel):
    """One shape for every job."""

    id: str = Field(examples=["tsk_" + "0" * 32])
    name: str = Field(examples=["psd.parse_export"])
    state: str = Field(
        description="queued, running, completed, failed or cancelled.",
        examples=["completed"],
    )
    parent_id: str | None = Field(
        default=None,
        description="The task of the batch that it is part of.",
        examples=["tsk_" + "1" * 32],
    )
    resource: str | None = Field(
        description="Where what the task makes will be.",
        examples=["/v1/psd/documents/doc_" + "0" * 32],
    )
    run: int = Field(description="1, and one more for each retry.", examples=[1])
    attempt: int = Field(
        description="Counts within the run; 0 before it starts.", examples=[1]
    )
    progress: dict[str, Any] | None = Field(
        examples=[{"step": "layers", "done": 7, "total": 12}]
    )
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    created_at: datetime
    cancel_requested_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None


class TaskList(BaseModel):
    items: list[TaskOut]
    next_cursor: str | None = Field(
        description="Give it back as ?cursor= for the next page; null on the last."
    )


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


class ProblemOut(BaseModel):
    """RFC 9457, as application/problem+json."""

    type: str = Field(examples=["https://onemanage.dev/problems/not_found"])
    title: str
    status: int
    detail: str
    trace_id: str | None
    errors: list[dict[str, str]] | None = None
