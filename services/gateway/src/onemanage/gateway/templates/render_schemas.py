"""HTTP bodies of pictures of templates."""

from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from onemanage.contracts.base import example_id
from onemanage.contracts.imaging.quick import MadeImage
from onemanage.gateway.http import plain_json
from onemanage.gateway.http.schemas import Body
from onemanage.gateway.http.shown import Answer

_LOSSY = ("webp", "avif", "jpeg")
MAX_SIDE = 30_000
"""Pixels."""
VALUES: Any = {
    "headline": "Summer sale",
    "price": "€ 19",
    "photo": {"file_id": example_id("fil")},
    "badge": True,
}


class OutputBody(Body):
    """As what a picture is written."""

    format: Literal["png", "webp", "avif", "jpeg"] = "png"
    quality: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="Of webp, avif and jpeg; 90 if not said.",
    )
    width: int | None = Field(
        default=None,
        ge=1,
        le=MAX_SIDE,
        description="Pixels. Made smaller to fit within both, never larger.",
        examples=[1200],
    )
    height: int | None = Field(default=None, ge=1, le=MAX_SIDE)
    background: str | None = Field(
        default=None,
        pattern="^#[0-9a-fA-F]{6}$",
        description="Below the picture. JPEG is on white without.",
        examples=["#ffffff"],
    )

    @field_validator("quality")
    @classmethod
    def _of_lossy(cls, given: int | None, info: ValidationInfo) -> int | None:
        if given is not None and info.data.get("format", "png") not in _LOSSY:
            raise ValueError(f"only with {', '.join(_LOSSY)}")
        return given


class RenderRequest(OutputBody):
    """Values, and as what the picture is wanted."""

    @model_validator(mode="before")
    @classmethod
    def _is_plain(cls, given: Any) -> Any:
        """Of each value it is said by itself what is wrong with it (values.py)."""
        others = given
        if isinstance(given, dict) and isinstance(given.get("values"), dict):
            others = given | {"values": list(given["values"])}
        why = plain_json.why_not(others)
        if why is not None:
            raise ValueError(why)
        return given

    values: dict[str, Any] = Field(
        default={},
        max_length=500,
        description="By slot: a text for text, colour and choice, true or false for "
        "visibility, and for a picture an object with file_id, document_id (and "
        "layer_id), transformation_id or background_id (and image), or url. null hides "
        "the layer. A slot that is not named shows what the document shows.",
        examples=[VALUES],
    )
    missing_fonts: Literal["fail", "substitute"] = Field(
        default="fail",
        description="fail names all that are missing; substitute sets the text in "
        "others, and a warning names them.",
    )


class RenderOut(Answer, of=MadeImage):
    """A picture that was made of a template."""

    id: str = Field(examples=[example_id("rdr")])
    template_id: str = Field(examples=[example_id("tpl")])
    revision: int
    url: str = Field(
        description="Of the picture, for as long as it is kept.",
        examples=[f"/v1/templates/{example_id('tpl')}/renders/{example_id('rdr')}"],
    )
