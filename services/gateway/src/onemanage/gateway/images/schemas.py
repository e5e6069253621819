"""HTTP bodies of imaging: recipes, backgrounds, analyses."""

from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from onemanage.contracts.base import example_id
from onemanage.contracts.imaging.images import (
    Asset,
    BackgroundImage,
    SimilarImage,
    StoredImage,
    Transformation,
)
from onemanage.gateway.http.ids import NamedDocument, NamedFile
from onemanage.gateway.http.schemas import Body, PublicAddress, example
from onemanage.gateway.http.shown import Answer, list_of

PRESET_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
RECIPE_TEXT = "See docs/imaging.md."
RECIPE: dict[str, Any] = {
    "operations": [{"op": "resize", "width": 1200, "mode": "fit"}],
    "variants": [
        {"name": "large", "output": {"format": "webp", "quality": 82}},
        {
            "name": "thumb",
            "operations": [
                {
                    "op": "resize",
                    "width": 200,
                    "height": 200,
                    "mode": "fill",
                }
            ],
            "output": {"format": "jpeg"},
        },
    ],
}

PARAMETERS: Any = Field(
    default=None,
    description="Of the preset, by name; the others are as it says.",
    examples=[{"width": 300}],
)


class LayerReference(Body):
    """A layer of a parsed document, or its composite."""

    document_id: NamedDocument
    layer_id: int | None = Field(
        default=None, ge=1, lt=2**31, description="null for the whole document."
    )


class TransformationRequest(Body):
    """A recipe, and its image: a file, a layer of a document, or an address."""

    model_config = example(file_id=example_id("fil"), recipe=RECIPE)

    file_id: NamedFile | None = None
    layer: LayerReference | None = None
    url: PublicAddress | None = Field(
        default=None,
        description="Of an image that anybody can read, without user and password. "
        "A query is sealed at once, and never stored, logged or told in the clear.",
        examples=["https://example.org/shoe.jpg"],
    )
    recipe: dict[str, Any] | None = Field(
        default=None, description=RECIPE_TEXT, examples=[RECIPE]
    )
    preset: str | None = Field(
        default=None,
        pattern=PRESET_NAME,
        description="A saved recipe, instead of one.",
        examples=["shop-thumb"],
    )
    parameters: dict[str, Any] | None = PARAMETERS

    @model_validator(mode="after")
    def _one_source(self) -> "TransformationRequest":
        given = [self.file_id, self.layer, self.url]
        if given.count(None) != 2:
            raise ValueError("give one of file_id, layer and url")
        if (self.recipe is None) == (self.preset is None):
            raise ValueError("give recipe or preset")
        if self.parameters and self.preset is None:
            raise ValueError("parameters are of a preset: give one")
        return self


class BackgroundRequest(Body):
    """A picture, and what its background is to become."""

    file_id: NamedFile
    spec: dict[str, Any] = Field(
        default={},
        description="See docs/imaging.md. `{}` cuts the subject out.",
        examples=[
            {
                "fill": {"type": "solid", "color": "#ffffff"},
                "shadow": {"opacity": 0.4},
                "placement": {"aspect": "1:1", "margin": 0.05},
            }
        ],
    )


class AnalysisRequest(Body):
    """An uploaded image that is to be looked at, again where it was before."""

    model_config = example(file_id=example_id("fil"))

    file_id: NamedFile
    include: list[Literal["place"]] = Field(
        default=[],
        max_length=1,
        description="`place`: tell where it was taken too, and keep it in the analysis "
        "until the image is looked at again.",
        examples=[["place"]],
    )


class MadeImageOut(Answer, of=StoredImage):
    url: str


class TransformationOut(Answer, of=Transformation, own_id="transformation_id"):
    variants: list[MadeImageOut]


class BackgroundOut(Answer, of=BackgroundImage, own_id="background_id"):
    images: list[MadeImageOut]


class AssetOut(Answer, of=Asset, own_id="file_id"):
    """What is known of an uploaded image."""


class SimilarOut(Answer, of=SimilarImage, own_id="file_id"):
    """An image that shows nearly the same."""


TransformationList = list_of(TransformationOut)
_SEARCHED = "Images that were looked at, this one among them: the others are not found."
_IMAGES = (
    "Uploaded images of the workspace. As many as were searched: nothing is missed."
)
SimilarList = list_of(
    SimilarOut,
    searched=(int, Field(description=_SEARCHED, examples=[40])),
    images=(int, Field(description=_IMAGES, examples=[40])),
)
