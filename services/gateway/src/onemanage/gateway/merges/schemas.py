"""HTTP bodies of merges."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from onemanage.contracts.base import example_id
from onemanage.contracts.psd.merges import (
    MAX_OUTPUTS,
    MAX_ROWS,
    MergedImage,
    MergedRow,
    MergeSpec,
    RowError,
)
from onemanage.contracts.psd.templates import RenderOutput
from onemanage.gateway.http.ids import NamedDataset, NamedFile
from onemanage.gateway.http.schemas import Body, example
from onemanage.gateway.http.shown import Answer, list_of

_AT = f"/v1/merges/{example_id('mrg')}"
Name = Annotated[str, Field(min_length=1, max_length=200)]


class OutputBody(Body):
    """As what each row's picture is written."""

    format: Literal["png", "webp", "avif", "jpeg"] = "png"
    quality: int = Field(default=90, ge=1, le=100)
    width: int | None = Field(
        default=None,
        ge=1,
        le=30_000,
        description="Pixels; made smaller to fit within both, never larger.",
        examples=[600],
    )
    height: int | None = Field(default=None, ge=1, le=30_000)
    background: str | None = Field(
        default=None,
        pattern="^#[0-9a-fA-F]{6}$",
        description="Below the picture. JPEG is on white without.",
        examples=["#ffffff"],
    )


class MergeRequest(Body):
    """Rows, and how each becomes a picture."""

    model_config = example(
        dataset_id=example_id("dst"),
        mapping={"headline": "title"},
        filters=["lang:eq:en"],
        name="{sku}-{lang}",
        on_empty="reject",
    )

    dataset_id: NamedDataset | None = None
    file_id: NamedFile | None = Field(
        default=None,
        description="Instead of a data set: a table, read as an import reads it, of "
        "which the first sheet or member counts. Its values stay as they are written.",
    )
    mapping: dict[Name, Name] = Field(
        default={},
        max_length=500,
        description="Slots, and the column that each takes its value from. A slot that "
        "is not named takes the column of the same name; where there is none, it shows "
        "what the document shows.",
        examples=[{"headline": "title"}],
    )
    filters: list[Annotated[str, Field(max_length=2000)]] = Field(
        default=[],
        max_length=50,
        description="Of a data set: column:operator:value, as its rows are filtered.",
        examples=[["lang:eq:en"]],
    )
    outputs: list[OutputBody] = Field(
        default_factory=lambda: [OutputBody()], min_length=1, max_length=MAX_OUTPUTS
    )
    name: str = Field(
        default="{_number}",
        min_length=1,
        max_length=300,
        description="Of the pictures: columns in braces, {_number} and {_line}. What no "
        "file may be called becomes _, and a name that is taken gets -2, -3, ….",
        examples=["{sku}-{lang}"],
    )
    on_empty: Literal["keep", "hide", "reject"] = Field(
        default="keep",
        description="What a slot shows where its value is empty: what the document "
        "shows, nothing, or the row is rejected.",
    )
    missing_fonts: Literal["fail", "substitute"] = "fail"

    @model_validator(mode="after")
    def _one_source(self) -> "MergeRequest":
        if (self.dataset_id is None) == (self.file_id is None):
            raise ValueError("give one of dataset_id and file_id")
        if self.filters and self.dataset_id is None:
            raise ValueError("filters are of a data set; import the file to filter it")
        return self


class RenderOutputOut(Answer, of=RenderOutput):
    """As what each row's picture is written."""


class MergeSpecOut(Answer, of=MergeSpec):
    """What was ordered."""


class MergeOut(BaseModel):
    id: str = Field(examples=[example_id("mrg")])
    task_id: str = Field(examples=[example_id("tsk")])
    template_id: str = Field(examples=[example_id("tpl")])
    template_revision: int
    state: str = Field(
        description="running, completed, failed or cancelled. A merge completes when "
        "all of its rows have a picture or are rejected.",
        examples=["running"],
    )
    step: str | None = Field(
        description="While it runs: handing_over, preparing, cutting_out, making or "
        "finishing.",
        examples=["making"],
    )
    rows: int = Field(description=f"{MAX_ROWS:,} at most.", examples=[60])
    completed: int = Field(description="Rows that have a picture.", examples=[58])
    rejected: int = Field(examples=[2])
    waiting: int
    pictures: int = Field(
        description="Different ones: rows of the same values share one."
    )
    reused: int = Field(description="Of those, such as an earlier merge had made.")
    rows_per_second: float | None = Field(description="While it makes them.")
    seconds_left: float | None
    spec: MergeSpecOut
    slots: dict[str, str] = Field(description="The column of each slot that has one.")
    repeats: str | None = Field(description="The merge that this one does again.")
    rejects_of: str | None = Field(
        description="The merge whose rejects these are, put right."
    )
    contact_sheet_url: str | None = Field(examples=[f"{_AT}/contact-sheet"])
    manifest_url: str | None = Field(examples=[f"{_AT}/manifest.csv"])
    rejects_url: str | None = Field(examples=[f"{_AT}/rejects"])
    archive_url: str = Field(examples=[f"{_AT}/archive"])
    error: dict[str, Any] | None
    created_at: datetime
    finished_at: datetime | None


class MergedImageOut(Answer, of=MergedImage):
    """A picture in one of the outputs."""

    url: str = Field(examples=[f"{_AT}/rows/1/images/1.png"])


class RowErrorOut(Answer, of=RowError):
    """Why a row has no picture."""


class MergedRowOut(Answer, of=MergedRow):
    """A row, and what has become of it."""

    images: list[MergedImageOut]


MergedRowList = list_of(MergedRowOut)


class MergeList(BaseModel):
    items: list[MergeOut]
    next_cursor: str | None
