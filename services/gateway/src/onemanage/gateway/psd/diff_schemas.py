"""HTTP bodies of diffs."""

from typing import Any

from pydantic import Field, ValidationInfo, field_validator

from onemanage.contracts.base import example_id
from onemanage.contracts.psd.diffs import DocumentDiff, LayerDifference
from onemanage.contracts.psd.documents import ImageFile
from onemanage.contracts.psd.style import Box
from onemanage.gateway.http.ids import NamedDocument
from onemanage.gateway.http.schemas import Body
from onemanage.gateway.http.shown import Answer


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


class HeatMapOut(Answer, of=ImageFile):
    """The newer document in gray, with what has changed in colour."""

    url: str = Field(examples=[f"/v1/psd/diffs/{example_id('dif')}/image"])


class BoxOut(Answer, of=Box):
    """A rectangle of whole pixels."""


class LayerDifferenceOut(Answer, of=LayerDifference):
    """What happened to one layer."""


class DiffOut(Answer, of=DocumentDiff, own_id="diff_id"):
    """Two versions compared."""

    heat_map: HeatMapOut | None
    layers: list[LayerDifferenceOut] = Field(
        description="In the order of the newer version; what was removed comes last."
    )
    regions: list[BoxOut] = Field(
        description="Where the composites differ, the largest first, in pixels of the "
        "heat map."
    )
