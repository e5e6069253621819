"""HTTP bodies of batches."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field, model_validator

from onemanage.contracts.base import example_id
from onemanage.contracts.imaging.batches import MAX_BATCH
from onemanage.gateway.http.ids import NamedFile
from onemanage.gateway.http.schemas import Body, example
from onemanage.gateway.images.schemas import (
    PARAMETERS,
    PRESET_NAME,
    RECIPE,
    RECIPE_TEXT,
    MadeImageOut,
)


class BatchRequest(Body):
    """Many files, and what becomes of each."""

    model_config = example(file_ids=[example_id("fil")], recipe=RECIPE)

    file_ids: list[NamedFile] = Field(
        min_length=1, max_length=MAX_BATCH, examples=[["fil_" + "0" * 32]]
    )
    recipe: dict[str, Any] | None = Field(
        default=None, description=RECIPE_TEXT, examples=[RECIPE]
    )
    preset: str | None = Field(
        default=None, pattern=PRESET_NAME, examples=["shop-thumb"]
    )
    parameters: dict[str, Any] | None = PARAMETERS
    background: dict[str, Any] | None = Field(
        default=None,
        description="Instead of a recipe: the spec of a background.",
        examples=[{"fill": {"type": "solid", "color": "#ffffff"}}],
    )

    @model_validator(mode="after")
    def _one_treatment(self) -> "BatchRequest":
        if [self.recipe, self.preset, self.background].count(None) != 2:
            raise ValueError("give one of recipe, preset and background")
        if self.parameters and self.preset is None:
            raise ValueError("parameters are of a preset: give one")
        return self


class BatchFailureOut(BaseModel):
    task_id: str
    file_id: str | None
    name: str
    error: dict[str, Any] | None


class BatchOut(BaseModel):
    id: str = Field(examples=["bat_" + "0" * 32])
    task_id: str
    state: str = Field(
        description="running, completed, failed or cancelled. A batch completes when "
        "all of its tasks have ended, whatever became of them.",
        examples=["running"],
    )
    total: int = Field(examples=[10_000])
    queued: int
    running: int
    completed: int
    failed: int
    cancelled: int
    failures: list[BatchFailureOut] = Field(
        description="The first hundred; all of them under /tasks?state=failed."
    )
    contact_sheet: MadeImageOut | None
    error: dict[str, Any] | None
    created_at: datetime
    finished_at: datetime | None
