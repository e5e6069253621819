"""Previews in HTTP bodies."""

from typing import Self

from pydantic import Field, model_validator

from onemanage.contracts.base import example_id
from onemanage.contracts.previews.previews import Preview
from onemanage.gateway.http.ids import NamedDataset, NamedDocument
from onemanage.gateway.http.schemas import Body, example
from onemanage.gateway.http.shown import Answer, list_of


class PreviewRequest(Body):
    """The document or the data set whose previews are to be made, or made again."""

    model_config = example(document_id=example_id("doc"))

    document_id: NamedDocument | None = None
    dataset_id: NamedDataset | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.document_id is None) == (self.dataset_id is None):
            raise ValueError("give either document_id or dataset_id")
        return self


class PreviewOut(Answer, of=Preview, own_id="preview_id"):
    document_id: str | None = Field(description="null where it is of a data set.")
    url: str = Field(description="Needs no API key; refused once it has expired.")


PreviewList = list_of(PreviewOut)
