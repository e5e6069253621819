"""What is said of two versions of a document."""

import random
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from onemanage.contracts.psd.manifest import LayerDetails, SmartObject, Text, TextRun
from onemanage.contracts.psd.style import Box, RasterMask
from onemanage.psd.domain import diff
from onemanage.psd.domain.comparison import LayerChange
from onemanage.psd.domain.details import details_digest
from onemanage.psd.domain.diff import Side, diff_layers, heat_map

from . import samples


def side(layer_id: int, name: str = "layer", **changes: Any) -> Side:
    """A layer of 10 x 10 pixels of its own, outside any group."""
    values: dict[str, Any] = {
        "path": (name,),
        "kind": "pixel",
        "box": (0, 0, 10, 10),
        "pixels": f"pixels of {name}",
    }
    return Side(layer_id=layer_id, **{**values, **changes})


def only(before: Side, after: Side) -> LayerChange:
    (change,) = diff_layers([before], [after])
    return change


def told(changes: list[LayerChange]) -> list[tuple[Any, ...]]:
    return [(x.kind, x.before, x.after, x.changes) for x in changes]


def test_the_same_document_has_no_changes() -> None:
    layers = [side(1, "a"), side(2, "b", kind="group", pixels=None), side(3, "a")]
    assert diff_layers(layers, layers) == []
    assert diff_layers([], []) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"pixels": "others"}, "pixels"),
        ({"text": "new"}, "text"),
        ({"details": "new"}, "style"),
        ({"opacity": 0.5}, "opacity"),
        ({"blend_mode": "screen"}, "blend_mode"),
        ({"visible": False}, "visibility"),
        ({"box": (0, 0, 12, 10)}, "resized"),
        ({"box": (3, -4, 13, 6)}, "moved"),
        ({"path": ("other",)}, "renamed"),
    ],
)
def test_each_change_is_told_by_its_name(change: dict[str, Any], expected: str) -> None:
    before = side(1, text="old", details="old", psd_id=7)
    assert only(before, replace(before, **change)).changes == (expected,)


def test_a_layer_that_moved_says_how_far() -> None:
    change = only(side(1), side(1, box=(3, -4, 13, 6)))
    assert (change.dx, change.dy) == (3, -4)
    assert (change.box_before, change.box_after) == ((0, 0, 10, 10), (3, -4, 13, 6))


def test_added_and_removed_layers_are_told() -> None:
    before = [side(1, "stays"), side(2, "goes")]
    after = [side(1, "comes", kind="type"), side(2, "stays")]
    assert told(diff_layers(before, after)) == [
        ("added", None, 1, ()),
        ("removed", 2, None, ()),
    ]


def test_an_id_of_photoshop_finds_a_layer_whatever_else_changed() -> None:
    before = side(1, "old", psd_id=40)
    after = side(9, "new", psd_id=40, pixels="others", box=(5, 5, 9, 9))
    change = only(before, after)
    assert (change.before, change.after, change.name) == (1, 9, "new")
    assert change.changes == ("pixels", "moved", "resized", "renamed")


def test_an_id_that_stands_twice_is_not_believed() -> None:
    before = [side(1, "a", psd_id=1), side(2, "b", psd_id=1)]
    after = [side(1, "b", psd_id=1), side(2, "a", psd_id=1)]
    assert {x.changes for x in diff_layers(before, after)} == {("reordered",)}


def test_ids_that_a_writer_counted_anew_do_not_confuse() -> None:
    before = [side(x, f"{x}", psd_id=x) for x in range(1, 6)]
    kept = [replace(x, layer_id=x.layer_id + 1, psd_id=x.layer_id + 1) for x in before]
    after = [side(1, "new", psd_id=1), *kept]
    assert told(diff_layers(before, after)) == [("added", None, 1, ())]


def test_layers_of_one_name_are_told_apart_by_their_pixels() -> None:
    before = [side(x, "Layer 1", pixels=f"{x}") for x in range(1, 6)]
    after = [replace(layer, layer_id=layer.layer_id - 1) for layer in before[1:]]
    assert told(diff_layers(before, after)) == [("removed", 1, None, ())]


def test_a_renamed_layer_is_found_by_its_pixels() -> None:
    before = [side(1, "a"), side(2, "b")]
    after = [side(1, "a"), side(2, "c", pixels="pixels of b")]
    assert told(diff_layers(before, after)) == [("changed", 2, 2, ("renamed",))]


def test_a_layer_in_another_group_changed_its_group_and_not_its_name() -> None:
    groups = [
        side(1, "one", kind="group", pixels=None),
        side(2, "two", kind="group", pixels=None),
    ]
    before = [groups[0], side(3, "x", path=("one", "x"), parent_id=1), groups[1]]
    after = [groups[0], groups[1], side(3, "x", path=("two", "x"), parent_id=2)]
    assert told(diff_layers(before, after)) == [("changed", 3, 3, ("group",))]


def test_groups_of_one_name_do_not_confuse_their_layers() -> None:
    def document(*psd_ids: int) -> list[Side]:
        found: list[Side] = []
        for psd_id in psd_ids:
            group = len(found) + 1
            found.append(
                side(group, "Group", kind="group", pixels=None, psd_id=psd_id * 10)
            )
            inside = ("Group", "Layer")
            found.append(
                side(group + 1, path=inside, parent_id=group, psd_id=psd_id * 10 + 1)
            )
        return found

    assert told(diff_layers(document(1, 2, 3), document(1, 3))) == [
        ("removed", 3, None, ()),
        ("removed", 4, None, ()),
    ]


def test_only_the_layer_that_was_dragged_is_reordered() -> None:
    before = [side(x, f"{x}") for x in range(1, 8)]
    after = [before[6], *before[:6]]
    assert told(diff_layers(before, after)) == [("changed", 7, 7, ("reordered",))]


def test_a_layer_below_a_new_one_is_not_reordered() -> None:
    before = [side(1, "a"), side(2, "b")]
    after = [side(1, "new"), side(2, "a"), side(3, "b")]
    assert told(diff_layers(before, after)) == [("added", None, 1, ())]


def test_a_layer_that_became_another_kind_is_one_layer() -> None:
    change = only(side(1, kind="type"), side(1, kind="pixel"))
    assert change.changes == ("kind",)


def test_thousands_of_layers_of_one_name_are_each_matched_once() -> None:
    before = [side(x, "copy", pixels=f"{x % 50}") for x in range(6_000)]
    after = [replace(x, box=(1, 0, 11, 10)) for x in before]
    random.Random(1).shuffle(after)
    changes = diff_layers(before, after)
    assert {x.kind for x in changes} == {"changed"}
    assert len({x.before for x in changes}) == len({x.after for x in changes}) == 6_000


def test_a_digest_stays_where_only_place_and_text_change() -> None:
    def details(left: int, text: str, size: float = 10.0) -> LayerDetails:
        return LayerDetails(
            layer_id=left,
            mask=RasterMask(
                box=Box(left=left, top=0, width=9, height=9), default_color=0
            ),
            text=Text(
                text=text,
                transform=[1.0, 0.0, 0.0, 1.0, float(left), 0.0],
                runs=[TextRun(start=0, length=len(text), font="F", size=size)],
            ),
            smart_object=SmartObject(kind="embedded", unique_id="i", transform=[left]),
        )

    first = details(1, "one")
    assert details_digest(first) == details_digest(details(500, "other"))
    assert details_digest(first) != details_digest(details(1, "one", 11.0))
    assert details_digest(first) == details_digest(
        msgspec.json.decode(msgspec.json.encode(first), type=LayerDetails)
    )
    faded = msgspec.structs.replace(first, fill_opacity=0.5)
    assert details_digest(first) != details_digest(faded)


def gray(height: int, width: int, value: int = 200) -> NDArray[np.uint8]:
    return np.full((height, width, 3), value, np.uint8)


def test_equal_images_are_calm() -> None:
    image = samples.noise(40, 50, 4)
    heat, boxes, share = heat_map(image, image)
    assert (heat.shape, boxes, share) == ((40, 50, 3), [], 0)
    assert np.ptp(heat, axis=2).max() == 0  # gray throughout


def test_a_changed_region_has_its_box_and_a_hot_color() -> None:
    before, after = gray(100, 200), gray(100, 200)
    after[10:20, 30:50] = (200, 0, 200)
    after[70:75, 150:152] = (200, 190, 200)
    heat, boxes, share = heat_map(before, after)
    assert boxes == [(30, 10, 50, 20), (150, 70, 152, 75)]
    assert share == pytest.approx(210 / 20_000)
    red, green, blue = (heat[15, 40, x].astype(int) for x in range(3))
    assert red > blue + 100  # hot
    assert heat[72, 151, 2] > heat[72, 151, 0]  # calm
    assert np.ptp(heat[50, 100]) == 0


def test_differences_of_rounding_are_none() -> None:
    assert heat_map(gray(9, 9, 100), gray(9, 9, 102))[2] == 0
    assert heat_map(gray(9, 9, 100), gray(9, 9, 103))[2] == 1


def test_colors_under_no_alpha_do_not_count() -> None:
    before = np.zeros((5, 5, 4), np.uint8)
    after = before.copy()
    after[:, :, :3] = 255
    assert heat_map(before, after)[2] == 0
    after[2, 2, 3] = 255
    _, boxes, share = heat_map(before, after)
    assert (boxes, share) == ([(2, 2, 3, 3)], 1 / 25)


def test_images_of_other_sizes_are_compared_where_they_stand() -> None:
    before, after = gray(20, 30), gray(25, 30)
    heat, boxes, share = heat_map(before, after)
    assert (heat.shape, boxes) == ((25, 30, 3), [(0, 20, 30, 25)])
    assert share == 5 / 25
    inner = np.ascontiguousarray(before[5:15, 10:20])
    assert heat_map(before, inner, (10, 5))[0].shape == (20, 30, 3)
    heat, boxes, _ = heat_map(gray(10, 10), gray(10, 10), (-4, 0))
    assert heat.shape == (10, 14, 3)
    assert boxes == [(0, 0, 14, 10)]  # what is near is one region


def test_gray_and_color_images_can_be_compared() -> None:
    plain = np.full((8, 8, 1), 200, np.uint8)
    with_alpha = np.concatenate([plain, np.full_like(plain, 255)], axis=2)
    assert heat_map(plain, gray(8, 8))[2] == 0
    assert heat_map(with_alpha, gray(8, 8))[2] == 0


def test_near_changes_are_one_region_and_boxes_never_overlap() -> None:
    before, after = gray(200, 200), gray(200, 200)
    random_ = random.Random(3)
    for _ in range(150):
        x, y = random_.randrange(195), random_.randrange(195)
        after[y : y + 5, x : x + 5] = 0
    after[:6] = after[190:] = 200
    _, boxes, _ = heat_map(before, after)
    covered = np.zeros((200, 200), int)
    for left, top, right, bottom in boxes:
        covered[top:bottom, left:right] += 1
    assert covered.max() == 1
    assert (covered[after[:, :, 0] == 0] == 1).all()
    areas = [(x[2] - x[0]) * (x[3] - x[1]) for x in boxes]
    assert areas == sorted(areas, reverse=True)


def test_more_regions_than_are_wanted_are_cut_to_the_largest() -> None:
    before, after = gray(400, 1200), gray(400, 1200)
    after[::40, ::40] = 0
    after[100:130, 100:130] = 0
    _, boxes, _ = heat_map(before, after, max_boxes=7)
    assert len(boxes) == 7
    assert boxes[0][2] - boxes[0][0] >= 30


def test_strips_and_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = gray(300, 301), gray(300, 301)
    after[123:131, 77:99] = 0
    after[298:, 299:] = 0
    expected = heat_map(before, after)
    monkeypatch.setattr(diff, "_STRIP", 700)
    monkeypatch.setattr(diff, "_MAX_BLOCKS", 1000)
    heat, boxes, share = heat_map(before, after)
    assert np.array_equal(heat, expected[0])
    assert (boxes, share) == (expected[1], expected[2])
    assert boxes == [(77, 123, 99, 131), (299, 298, 301, 300)]


def test_noise_everywhere_ends_in_a_few_regions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(diff, "_MAX_REGIONS", 20)
    before, after = gray(600, 600), gray(600, 600)
    after[::30, ::30] = 0
    _, boxes, share = heat_map(before, after)
    assert 1 <= len(boxes) <= 20
    assert share == 400 / 360_000


def test_nothing_can_be_compared_with_nothing() -> None:
    empty = np.zeros((0, 0, 3), np.uint8)
    assert heat_map(empty, empty)[1:] == ([], 0)
    assert heat_map(empty, gray(3, 3))[2] == 1
