"""HTTP bodies of diffs."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from onemanage.gateway.http.ids import NamedDocument
from onemanage.gateway.http.schemas import Body
from onemanage.gateway.psd.schemas import ImageOut


class DiffRequest(Body):
    """Two documents, mostly two versions of one."""

    before: NamedDocument = Field(description="The older one.")
    after: NamedDocument = Field(
        description="The newer one.", examples=["doc_" + "1" * 32]
    )

    @field_validator("after")
    @classmethod
    def _other(cls, given: str, info: ValidationInfo) -> Any:
        if given == info.data.get("before"):
            raise ValueError("must be another document than before")
        return given


class HeatMapOut(ImageOut):
    url: str = Field(examples=["/v1/psd/diffs/dif_" + "0" * 32 + "/image"])


class BoxOut(BaseModel):
    left: int
    top: int
    width: int
    height: int


class LayerDifferenceOut(BaseModel):
    kind: str = Field(description="added, removed or changed.", examples=["changed"])
    before_id: int | None = Field(description="null where it was added.")
    after_id: int | None = Field(description="null where it was removed.")
    name: str
    changes: list[str] = Field(
        description="pixels, moved, resized, reordered, renamed, group, kind, text, "
        "style, opacity, blend_mode, visibility.",
        examples=[["moved", "text"]],
    )
    dx: int
    dy: int
    box_before: BoxOut | None
    box_after: BoxOut | None


class DiffOut(BaseModel):
    id: str = Field(examples=["dif_" + "0" * 32])
    task_id: str
    before_document_id: str
    after_document_id: str
    added: int = Field(description="Layers.")
    removed: int
    changed: int
    counts: dict[str, int] = Field(
        description="How many layers changed in which way.",
        examples=[{"moved": 2, "text": 1}],
    )
    changed_share: float | None = Field(
        description="Of the pixels, 0 to 1; null without a heat map.", examples=[0.02]
    )
    heat_map: HeatMapOut | None
    created_at: datetime
    warnings: list[str]
    layers: list[LayerDifferenceOut]
    regions: list[BoxOut] = Field(
        description="Where the composites differ, the largest first, in pixels of the "
        "heat map."
    )
