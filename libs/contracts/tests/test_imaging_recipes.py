"""Recipes are checked whole, and errors point at what is wrong."""

import json
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from onemanage.contracts.imaging import outputs, recipes
from onemanage.contracts.imaging.operations.geometry import Resize
from onemanage.contracts.imaging.outputs import (
    AutoOutput,
    AvifOutput,
    BestOutput,
    GifOutput,
    JpegOutput,
    PngOutput,
    WebpOutput,
)
from onemanage.contracts.imaging.recipe_checks import (
    InvalidRecipe,
    check_recipe,
    negotiated,
    readable,
)
from onemanage.contracts.imaging.recipes import Recipe, files_of, recipe_key

THUMBNAIL: dict[str, Any] = {
    "operations": [{"op": "resize", "width": 400}],
    "variants": [{"name": "small", "output": {"format": "jpeg"}}],
}
SHA = "ab" * 32


def pointers(recipe: Any) -> list[str]:
    with pytest.raises(InvalidRecipe) as caught:
        check_recipe(recipe)
    return [fault.pointer for fault in caught.value.faults]


def test_a_recipe_is_read_from_json_or_from_what_it_was_decoded_to() -> None:
    found = check_recipe(json.dumps(THUMBNAIL))
    assert found == check_recipe(THUMBNAIL)
    assert found.operations == [Resize(width=400)]
    assert found.variants[0].output == JpegOutput()


def test_an_empty_recipe_is_one_image_in_webp() -> None:
    (variant,) = check_recipe("{}").variants
    assert (variant.name, variant.output) == ("image", WebpOutput())


def test_everything_that_is_wrong_is_said_at_once_with_its_place() -> None:
    recipe = {
        "operations": [
            {"op": "resize", "width": 0, "hight": 3},
            {"op": "explode"},
            {"op": "crop", "width": 3},
            {"op": "tint", "color": "red"},
            "flip",
        ],
        "variants": [
            {"name": "a/b", "output": {"format": "jpeg", "quality": 101}},
            {"name": "b", "operations": [{"op": "blur", "sigma": "1"}]},
            {"name": "c", "output": {"format": "bmp"}, "extra": 1},
        ],
        "reading": {"page": 0},
        "recipe_version": "7",
    }
    assert sorted(pointers(recipe)) == [
        "/operations/0/hight",
        "/operations/0/width",
        "/operations/1/op",
        "/operations/2/height",
        "/operations/3/color",
        "/operations/4",
        "/reading/page",
        "/recipe_version",
        "/variants/0/name",
        "/variants/0/output/quality",
        "/variants/1/operations/0/sigma",
        "/variants/2/extra",
        "/variants/2/output/format",
    ]


@pytest.mark.parametrize(
    ("recipe", "pointer"),
    [
        ("[]", ""),
        ("{", ""),
        ({"operations": {}}, "/operations"),
        ({"operations": [{"op": "flip"}] * 65}, "/operations"),
        ({"variants": []}, "/variants"),
        ({"variants": [{}] * 33}, "/variants"),
        ({"variants": [3]}, "/variants/0"),
        ({"a/b~c": 1}, "/a~1b~0c"),
        ({"variants": [{"name": "a\n"}]}, "/variants/0/name"),
        ({"variants": [{"name": "a"}, {"name": "A"}]}, "/variants/1/name"),
    ],
)
def test_a_recipe_of_the_wrong_shape_says_where(recipe: Any, pointer: str) -> None:
    assert pointers(recipe) == [pointer]


@pytest.mark.parametrize(
    ("operation", "field"),
    [
        ({"op": "resize"}, "width"),
        ({"op": "resize", "mode": "fill", "width": 9}, "height"),
        ({"op": "resize", "width": 9000, "dpr": 4}, "dpr"),
        ({"op": "resize", "width": 12000, "height": 12000, "mode": "force"}, "dpr"),
        ({"op": "crop", "width": 9, "height": 9, "x": 1}, "y"),
        ({"op": "crop", "width": 101, "height": 9, "unit": "percent"}, "width"),
    ],
)
def test_what_makes_no_sense_together_is_refused(
    operation: dict[str, Any], field: str
) -> None:
    assert pointers({"operations": [operation]}) == [f"/operations/0/{field}"]


def test_size_and_likeness_exclude_each_other_and_lossless_both() -> None:
    both = {"format": "webp", "max_bytes": 9000, "ssim": 0.9}
    assert pointers({"variants": [{"output": both}]}) == ["/variants/0/output/ssim"]
    lossless = {"format": "webp", "lossless": True, "ssim": 0.9}
    assert pointers({"variants": [{"output": lossless}]}) == ["/variants/0/output/ssim"]


def test_the_same_treatment_has_the_same_key_and_no_other_has() -> None:
    recipe = check_recipe(THUMBNAIL)
    written_otherwise = json.loads(json.dumps(THUMBNAIL))
    written_otherwise["operations"][0] |= {"dpr": 1, "mode": "fit"}
    key = recipe_key(SHA, recipe, "1")
    assert key == recipe_key(SHA.upper(), check_recipe(written_otherwise), "1")
    other = check_recipe({"operations": [{"op": "resize", "width": 401}]})
    keys = {
        key,
        recipe_key(SHA, recipe, "2"),
        recipe_key("cd" * 32, recipe, "1"),
        recipe_key(SHA, other, "1"),
    }
    assert len(keys) == 4


def test_the_files_of_watermarks_are_listed_once() -> None:
    mark = {"op": "image_watermark", "file_id": "fil_a"}
    recipe = check_recipe(
        {
            "operations": [mark],
            "variants": [
                {"name": "a", "operations": [mark]},
                {"name": "b", "operations": [mark | {"file_id": "fil_b"}]},
            ],
        }
    )
    assert files_of(recipe) == ["fil_a", "fil_b"]


@pytest.mark.parametrize(
    ("accept", "output"),
    [
        ("image/avif,image/webp,*/*;q=0.8", AvifOutput(quality=60)),
        ("image/webp;q=0.9, */*", WebpOutput(quality=80)),
        ("image/avif;q=0, image/webp", WebpOutput(quality=80)),
        ("image/avif;q=0.0,*/*", AutoOutput()),
        ("image/png,*/*", AutoOutput()),
        ("", AutoOutput()),
    ],
)
def test_the_best_format_that_is_accepted_is_taken(accept: str, output: Any) -> None:
    assert negotiated(AutoOutput(), accept) == output
    assert negotiated(PngOutput(), accept) == PngOutput()


@pytest.mark.parametrize(
    ("is_clear", "is_animated", "name"),
    [
        (False, False, JpegOutput),
        (True, False, PngOutput),
        (False, True, GifOutput),
        (True, True, GifOutput),
    ],
)
def test_where_no_format_is_named_one_is_taken_that_holds_the_picture(
    is_clear: bool, is_animated: bool, name: type[Any]
) -> None:
    assert isinstance(readable(AutoOutput(), is_clear, is_animated), name)
    small = readable(AutoOutput(max_bytes=9_000), is_clear, is_animated)
    assert isinstance(small, JpegOutput | WebpOutput) and small.max_bytes == 9_000


def test_a_recipe_survives_the_way_through_json() -> None:
    recipe = check_recipe(THUMBNAIL)
    assert msgspec.json.decode(msgspec.json.encode(recipe), type=Recipe) == recipe


def test_every_operation_and_output_is_in_the_published_schema_and_explained() -> None:
    page = Path(__file__).resolve().parents[3] / "docs/asyncapi.json"
    published = json.loads(page.read_bytes())["components"]["schemas"]
    structs = (
        *get_args(recipes.AnyOperation.__value__),
        *get_args(outputs.AnyOutput.__value__),
    )
    for struct in structs:
        assert published[struct.__name__]["description"]


@pytest.mark.parametrize(
    ("output", "field"),
    [
        ({"format": "png", "space": "cmyk"}, "space"),
        ({"format": "gif", "space": "p3"}, "space"),
        ({"format": "jxl", "space": "source"}, "space"),
        ({"format": "best", "formats": ["jxl"], "space": "p3"}, "formats"),
        ({"format": "jpeg", "space": "cmyk", "icc": False}, "icc"),
        ({"format": "png", "space": "gray", "colors": 16}, "colors"),
        ({"format": "png", "interlaced": True, "colors": 16}, "interlaced"),
        ({"format": "jpeg", "location": True, "metadata": "copyright"}, "location"),
        ({"format": "webp", "near_lossless": 60, "ssim": 0.9}, "near_lossless"),
        ({"format": "avif", "lossless": True, "bits": 10}, "bits"),
        ({"format": "avif", "lossless": True, "max_bytes": 900}, "max_bytes"),
        ({"format": "best", "formats": ["png", "png"]}, "formats"),
        ({"format": "best", "formats": ["gif"]}, "formats/0"),
        ({"format": "avif", "bits": 9}, "bits"),
        ({"format": "jpeg", "copyright": ""}, "copyright"),
    ],
)
def test_an_output_that_makes_no_sense_is_refused_at_its_field(
    output: dict[str, Any], field: str
) -> None:
    assert pointers({"variants": [{"output": output}]}) == [
        f"/variants/0/output/{field}"
    ]


def test_the_best_file_is_among_the_formats_that_are_accepted() -> None:
    def formats(accept: str, **given: Any) -> list[str]:
        found = negotiated(BestOutput(**given), accept)
        assert isinstance(found, BestOutput)
        return list(found.formats)

    assert formats("image/avif,image/webp,*/*") == ["avif", "webp", "jpeg", "png"]
    assert formats("image/avif;q=0,*/*") == ["jpeg", "png"]
    assert formats("*/*", formats=["jxl"]) == ["jxl"], "what is named stays"


def test_what_is_said_of_auto_is_said_of_what_it_becomes() -> None:
    said = AutoOutput(space="p3", dpi=72, metadata="copyright", artist="Ada")
    for found in (
        negotiated(said, "image/avif"),
        negotiated(said, "image/webp"),
        readable(said, False, False),
        readable(said, True, False),
        readable(said, True, True),
    ):
        assert not isinstance(found, AutoOutput)
        assert (found.space, found.dpi, found.artist) == ("p3", 72, "Ada")
