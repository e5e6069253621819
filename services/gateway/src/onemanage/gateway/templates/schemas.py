"""HTTP bodies of templates."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from onemanage.contracts.base import example_id
from onemanage.contracts.psd.templates import Slot, SlotRules, Template
from onemanage.gateway.http.ids import MAX_INT4, NamedDocument
from onemanage.gateway.http.schemas import Body, example
from onemanage.gateway.http.shown import Answer, list_of

MOST_CHANGES = 1000
"""Of one template, all of its revisions together."""

PlainName = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]
SlotName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        pattern=r"^[^\x00-\x1f\x7f{}:]+$",
        examples=["headline"],
    ),
]
SlotKind = Literal["text", "picture", "color", "visibility", "choice"]


class SlotRulesBody(Body):
    """How a value is put into a slot; what is not said follows from the layer."""

    overflow: Literal["shrink", "clip", "grow", "ellipsis", "reject"] | None = Field(
        default=None,
        description="Of text that is longer than its box.",
        examples=["shrink"],
    )
    least_size: float | None = Field(
        default=None,
        gt=0,
        le=10_000,
        description="Of text that shrinks: points, below which the value is refused.",
    )
    fit: Literal["fit", "fill", "as_is", "conform"] | None = Field(
        default=None, description="Of pictures, in their box. fill where not said."
    )
    align: str | None = Field(
        default=None,
        pattern="^(left|center|right) (top|middle|bottom)$",
        description="Of pictures, as `left top`.",
    )
    clip: bool = Field(default=True, description="Of pictures: cut off at the box.")
    prepare: str | None = Field(
        default=None,
        min_length=1,
        max_length=2000,
        description="Of pictures: `remove_background`, or a recipe as an address says "
        "it (see docs/imaging.md), which imaging carries out first.",
        examples=["e_grayscale"],
    )


class SlotChangeBody(Body):
    """What is to be otherwise of one slot; a new one has a kind and layers."""

    model_config = example(name="headline", rules={"overflow": "shrink"})

    name: SlotName
    remove: bool = False
    rename: SlotName | None = Field(default=None, description="Its name from now on.")
    kind: SlotKind | None = Field(
        default=None, description="Of a new slot, or another than it has."
    )
    layer_ids: (
        Annotated[
            list[Annotated[int, Field(ge=1, le=MAX_INT4)]],
            Field(min_length=1, max_length=1000),
        ]
        | None
    ) = Field(
        default=None, description="Ids as in the document's layers.", examples=[[7]]
    )
    tag: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="Of text: what in the layer's text stands for the value.",
    )
    target: Literal["text", "fill", "stroke", "overlay"] | None = Field(
        default=None, description="Of colours: what is coloured."
    )
    example: str | None = Field(default=None, max_length=2000)
    rules: SlotRulesBody | None = Field(
        default=None, description="All of them: they take the place of those so far."
    )

    @model_validator(mode="after")
    def _one_thing(self) -> "SlotChangeBody":
        others = self.model_fields_set - {"name", "remove"}
        if self.remove and others:
            raise ValueError("what is removed has nothing else to change")
        if not self.remove and not others:
            raise ValueError("say what is to change, or remove it")
        return self


class TemplateRequest(Body):
    """A parsed document whose slots are to be filled."""

    document_id: NamedDocument
    name: PlainName | None = Field(
        default=None, description="The document's where not said.", examples=["Sale"]
    )
    changes: list[SlotChangeBody] = Field(
        default=[],
        max_length=MOST_CHANGES,
        description="To the slots that are found, in this order.",
    )


class TemplateChange(Body):
    """What is to be otherwise; all else stays."""

    model_config = example(
        changes=[{"name": "headline", "rules": {"overflow": "shrink"}}]
    )

    name: PlainName | None = None
    changes: list[SlotChangeBody] = Field(
        default=[], max_length=MOST_CHANGES, description="To the slots, in this order."
    )

    @model_validator(mode="after")
    def _changes_something(self) -> "TemplateChange":
        if self.name is None and not self.changes:
            raise ValueError("give name or changes")
        return self


class SlotRulesOut(Answer, of=SlotRules):
    """How a value is put into a slot."""


class SlotOut(Answer, of=Slot):
    """A place in the document that takes a value."""


class TemplateOut(Answer, of=Template, own_id="template_id"):
    """A parsed document and its slots."""

    renders_url: str = Field(
        description="POST values there for one picture.",
        examples=[f"/v1/templates/{example_id('tpl')}/renders"],
    )


TemplateList = list_of(TemplateOut)
