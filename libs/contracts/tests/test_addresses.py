"""Recipes as an address has them: what they mean, and what is refused where."""

from typing import Any, get_args
from urllib.parse import quote

import msgspec
import pytest
from msgspec import inspect

from onemanage.contracts.imaging.accepting import format_accepted
from onemanage.contracts.imaging.addresses.assembling import assembled
from onemanage.contracts.imaging.addresses.faults import InvalidAddress
from onemanage.contracts.imaging.addresses.reading import read_parts
from onemanage.contracts.imaging.addresses.signing import free_path, signed_path
from onemanage.contracts.imaging.addresses.values import encoded, text_of, value_of
from onemanage.contracts.imaging.addresses.writing import written
from onemanage.contracts.imaging.outputs import AnyOutput
from onemanage.contracts.imaging.recipe_checks import InvalidRecipe, check_recipe
from onemanage.contracts.imaging.recipes import AnyOperation, Reading, Recipe

PRESET = {
    "operations": [{"op": "blur", "sigma": 3}],
    "variants": [{"output": {"format": "webp", "effort": 2}}],
}
VARIANTS = {"variants": [{"name": "large"}, {"name": "thumb"}]}


def recipe(text: str, ending: str | None = None) -> Recipe:
    return assembled(read_parts(text), (), ending)


def faults(text: str, ending: str | None = None) -> list[str]:
    with pytest.raises(InvalidAddress) as raised:
        recipe(text, ending)
    return [fault.pointer for fault in raised.value.faults]


MEANINGS: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = [
    (
        "w_400,h_300,fit_cover,g_face/q_70",
        [
            {
                "op": "resize",
                "width": 400,
                "height": 300,
                "mode": "fill",
                "gravity": "face",
            }
        ],
        {"format": "auto", "quality": 70},
    ),
    (
        "v1/w_400,dpr_2,up",
        [{"op": "resize", "width": 400, "dpr": 2, "enlarge": True}],
        {},
    ),
    (
        "w_9,h_9,fit_pad,bg_ff8800",
        [
            {
                "op": "resize",
                "width": 9,
                "height": 9,
                "mode": "pad",
                "background": "#ff8800",
            }
        ],
        {},
    ),
    ("bg_00ff00", [{"op": "background", "color": "#00ff00"}], {}),
    (
        "crop_30x20,x_1,y_2/rot_90/flip_h/gray",
        [
            {"op": "crop", "width": 30, "height": 20, "x": 1, "y": 2},
            {"op": "rotate", "angle": 90},
            {"op": "flip", "direction": "horizontal"},
            {"op": "grayscale"},
        ],
        {},
    ),
    (
        "text_a%2Fb%2Cc%3Ad,pos_se,size:20",
        [
            {
                "op": "text_watermark",
                "text": "a/b,c:d",
                "position": "south_east",
                "size": 20,
            }
        ],
        {},
    ),
    (
        f"op:text_watermark,text:~{encoded('日本/語'.encode())}",
        [{"op": "text_watermark", "text": "日本/語"}],
        {},
    ),
    ("f_jpg,progressive:1", [], {"format": "jpeg", "progressive": True}),
    ("format:png,colors:16", [], {"format": "png", "colors": 16}),
]


@pytest.mark.parametrize(("text", "operations", "output"), MEANINGS)
def test_an_address_means_the_recipe(
    text: str, operations: list[dict[str, Any]], output: dict[str, Any]
) -> None:
    wanted = {
        "operations": operations,
        "variants": [{"output": {"format": "auto"} | output}],
    }
    assert recipe(text) == check_recipe(wanted)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("w_400,h_300,fit_cover/q_70", "q_70,fit_cover,h_300,w_400"),
        ("op:blur,sigma:2", "sigma:2.0,op:blur"),
        ("w_400", "v1/op:resize,width:400,height:none"),
        ("w_400/f_jpg", "format:jpeg/mode:fit,w_400"),
        ("page_2,t_1", "reading,page:2,seconds:1"),
        ("p_a", "p_a"),
    ],
)
def test_what_says_the_same_is_the_same(one: str, other: str) -> None:
    presets = [PRESET] if one.startswith("p_") else []
    recipes = [assembled(read_parts(text), presets) for text in (one, other)]
    assert recipes[0] == recipes[1]


def test_the_order_of_steps_counts() -> None:
    assert recipe("rot_90/w_400") != recipe("w_400/rot_90")


def test_the_ending_says_the_format() -> None:
    assert recipe("w_4", "jpg") == recipe("w_4/f_jpeg")
    assert recipe("w_4/f_jpeg", "jpg") == recipe("w_4/f_jpeg")
    assert faults("w_4/f_webp", "jpg") == ["/format"]
    assert faults("w_4", "exe") == ["/format"]
    assert faults("w_4", "auto") == ["/format"]


def test_a_preset_is_a_step_of_which_the_output_may_be_said_anew() -> None:
    parts = read_parts("p_shop/w_40/q_10")
    (used,) = parts.presets
    assert (used.name, used.variant, used.parameters) == ("shop", None, {})
    made = assembled(parts, [PRESET])
    assert written(made) == "op:blur,sigma:3/w_40/f_webp,quality:10,effort:2"
    other = assembled(read_parts("p_shop/f_jpg"), [PRESET])
    assert written(other) == "op:blur,sigma:3/f_jpeg"


def test_a_preset_takes_parameters_and_names_one_of_its_variants() -> None:
    (used,) = read_parts("width_300,title:~SGk,p_shop-1.thumb").presets
    assert used.parameters == {"width": "300", "title": "~SGk"}
    assert (used.name, used.variant) == ("shop-1", "thumb")
    assembled(read_parts("p_x.thumb"), [VARIANTS])
    for text in ("p_x", "p_x.none"):
        with pytest.raises(InvalidAddress, match="p_x.large, p_x.thumb"):
            assembled(read_parts(text), [VARIANTS])


@pytest.mark.parametrize(
    ("text", "pointers"),
    [
        ("w_0", ["/recipe/0/w"]),
        ("blur_2/w_400,h_zwei", ["/recipe/1/h"]),
        ("melt_3", ["/recipe/0/melt"]),
        ("op:melt", ["/recipe/0"]),
        ("op:blur,sgima:3", ["/recipe/0/sgima"]),
        ("fit_cover", ["/recipe/0/fit"]),
        ("w_4,w_5", ["/recipe/0/w"]),
        ("q_4/quality:5,f_jpg", ["/recipe/1/quality"]),
        ("w_4,blur_2", ["/recipe/0"]),
        ("blur_2,bg_ffffff", ["/recipe/0"]),
        ("w_4//q_5", ["/recipe/1"]),
        ("v2/w_4", ["/recipe/0"]),
        ("q_101", ["/recipe/0/q"]),
        ("f_png,quality:3", ["/recipe/0/quality"]),
        ("rot", ["/recipe/0"]),
        ("crop_30", ["/recipe/0/crop"]),
        ("text_~%2B", ["/recipe/0/text"]),
        ("sigma:3", ["/recipe/0/sigma"]),
        ("reading,sigma:3", ["/recipe/0/sigma"]),
        ("f_exe", ["/recipe/0/f"]),
        ("p_a,x", ["/recipe/0/x"]),
        ("w_0/h_0", ["/recipe/0/w", "/recipe/1/h"]),
        ("/".join(["blur_2"] * 500), ["/recipe"]),
        ("text_" + "a" * 5000, ["/recipe"]),
        ("w_" + "9" * 400, ["/recipe/0/w"]),
    ],
)
def test_what_is_wrong_is_pointed_at(text: str, pointers: list[str]) -> None:
    assert faults(text) == pointers


def _samples(kind: inspect.Type) -> list[Any]:
    """Values of a field's type; the check of the recipe says which of them are good."""
    match kind:
        case inspect.Metadata():
            return _samples(kind.type)
        case inspect.UnionType():
            return [one for part in kind.types for one in _samples(part)]
        case inspect.LiteralType():
            return list(kind.values)
        case inspect.BoolType():
            return [True, False]
        case inspect.NoneType():
            return [None]
        case inspect.IntType() | inspect.FloatType():
            low, high = kind.ge or kind.gt or 0, kind.le or kind.lt or 99
            near = [low, high, (low + high) / 3, 2, 0.25, -1]
            is_int = isinstance(kind, inspect.IntType)
            return (
                [int(one) for one in near] if is_int else [float(one) for one in near]
            )
        case inspect.StrType():
            return ["#12ab9f", "a", "none", "~x", "a/b,c:d_e f%20\n日", "1.5"]
        case inspect.ListType():
            items = _samples(kind.item_type)
            least, most = kind.min_length or 1, kind.max_length or 3
            sizes = {least, min(most, max(least, 3))}
            return [[one] * size for one in items for size in sizes]
        case inspect.StructType():
            needed = [field for field in kind.fields if field.required]
            each = [
                {one.encode_name: _samples(one.type)[number] for one in needed}
                for number in (0, -1)
            ]
            tag = {kind.tag_field: kind.tag} if kind.tag_field else {}
            return [tag | one for one in each]
    return []


_NOT_GUESSED: dict[str, dict[str, Any]] = {
    "crop_aspect": {"aspect": "4:3"},
    "composite": {"layers": [{"color": "#12ab9f"}]},
    "perspective": {
        "corners": [{"x": x, "y": y} for x, y in ((0, 0), (1, 0), (1, 1), (0, 0.8))]
    },
}
"""Fields that only a few values are good for."""


def _recipes() -> list[Recipe]:
    """Each field of each operation, output and of the reading, one at a time."""
    found: list[dict[str, Any]] = []
    for struct in get_args(AnyOperation.__value__):
        tag = struct.__struct_config__.tag
        for fields in _with_each_field(struct):
            found.append({"operations": [{"op": tag} | fields]})
            if tag in _NOT_GUESSED:
                good = {"op": tag} | fields | _NOT_GUESSED[str(tag)]
                found.append({"operations": [good]})
    for struct in get_args(AnyOutput.__value__):
        tag = struct.__struct_config__.tag
        for fields in _with_each_field(struct):
            found.append({"variants": [{"output": {"format": tag} | fields}]})
    found += [{"reading": fields} for fields in _with_each_field(Reading)]
    return [one for each in found if (one := _checked(each)) is not None]


def _with_each_field(struct: type[msgspec.Struct]) -> list[dict[str, Any]]:
    about = inspect.type_info(struct)
    assert isinstance(about, inspect.StructType)
    kinds = {field.encode_name: field.type for field in about.fields}
    needed = {
        one.encode_name: _samples(one.type) for one in about.fields if one.required
    }
    bases: list[dict[str, Any]] = [{"width": 20, "height": 20}]
    for number in range(6):
        bases.append({n: v[min(number, len(v) - 1)] for n, v in needed.items() if v})
    return [
        base | one
        for base in bases
        for one in [
            {},
            *({name: each} for name, kind in kinds.items() for each in _samples(kind)),
        ]
    ]


def _checked(given: dict[str, Any]) -> Recipe | None:
    try:
        return check_recipe({"variants": [{"output": {"format": "auto"}}]} | given)
    except InvalidRecipe:
        return None


def test_all_that_a_recipe_can_say_an_address_can_say() -> None:
    recipes = _recipes()
    said = {
        str(operation.__struct_config__.tag)
        for one in recipes
        for operation in one.operations
    }
    every = {str(s.__struct_config__.tag) for s in get_args(AnyOperation.__value__)}
    assert said == every
    for one in recipes:
        text = written(one)
        assert quote(text, safe=":,/~") == text  # it needs no escapes
        assert recipe(text) == one, text


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (list[float], [1.5, 0.0, -2.0]),
        (list[tuple[float, float]], [[0, 0], [1, 0.5]]),
        (tuple[int, int, int], [1, 2, 3]),
        (list[str], ["a", "b c"]),
        (dict[str, int], {"a": 1}),
        (float | str, "left"),
        (float | str, 4.0),
        (str | None, "none"),
        (list[float], []),
    ],
)
def test_values_of_any_type_are_written_and_read(kind: Any, value: Any) -> None:
    about = inspect.type_info(kind)
    assert value_of(text_of(value, about), about) == value


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("image/avif,image/webp,*/*;q=0.8", "avif"),
        ("image/webp,image/avif", "avif"),
        ("image/avif;q=0.5,image/webp", "webp"),
        ("image/avif;q=0,image/webp;q=0.1", "webp"),
        ("image/avif;q=0.0", None),
        ("image/avif ; q = 0 , image/webp ; q=0", None),
        ("IMAGE/WEBP", "webp"),
        ("image/*", None),
        ("*/*", None),
        ("", None),
        ("image/jpeg,image/webp;q=0.3", None),
        ("image/webp;q=0.9,*/*", "webp"),
        ("image/webp;q=often", "webp"),
        ("image/avif;v=1;q=0.2,image/webp;q=0.9", "webp"),
    ],
)
def test_the_format_is_the_best_that_is_accepted(
    accept: str, wanted: str | None
) -> None:
    assert format_accepted(accept) == wanted


def test_a_signature_is_of_everything_behind_it() -> None:
    one = signed_path("k", "secret", "0/w_4/fil_1.webp")
    assert one.startswith("/i/k.") and one.endswith("/0/w_4/fil_1.webp")
    others = [
        signed_path("k", "secret", "0/w_5/fil_1.webp"),
        signed_path("k", "secret", "1/w_4/fil_1.webp"),
        signed_path("k", "other", "0/w_4/fil_1.webp"),
        free_path("k", "secret", 0, "fil_1"),
    ]
    macs = [path.split("/")[2] for path in (one, *others)]
    assert len(set(macs)) == 5
    assert {len(mac) for mac in macs} == {len("k.") + 32}
