"""Renditions: what is chosen, and what its images show."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import Clipping, Resource, Tag
from psd_tools.psd.descriptor import Descriptor, DescriptorBlock, Double
from psd_tools.psd.image_resources import ImageResource, Slices, SlicesV6, SliceV6
from psd_tools.psd.tagged_blocks import TaggedBlock

from onemanage.contracts.psd.renditions import LayerSelection, RenditionSpec
from onemanage.psd.domain.document import ExportProgress, Limits
from onemanage.psd.domain.export import export_document
from onemanage.psd.domain.rendered import RenderedImage, RenditionOutput
from onemanage.psd.domain.rendition import render_rendition
from onemanage.psd.errors import InvalidDocument

from . import samples

RED, GREEN, BLUE = (200, 30, 20), (20, 180, 60), (30, 60, 220)


def make(path: Path, limits: Limits = Limits(), **spec: Any) -> RenditionOutput:
    if "layers" in spec:
        spec = {"of": "layers"} | spec
    wanted = RenditionSpec(**spec)
    out = path.parent / "out"
    return render_rendition(path, out, "poster", wanted, limits, None, lambda _: None)


def read(path: Path, image: RenderedImage) -> NDArray[np.uint8]:
    with Image.open(path.parent / "out" / image.image.path) as opened:
        pixels = np.asarray(opened)
    assert pixels.shape[:2] == (image.image.height, image.image.width)
    return pixels.reshape(*pixels.shape[:2], -1)


def pick(**wanted: Any) -> LayerSelection:
    return LayerSelection(**wanted)


def ids(found: RenditionOutput) -> list[int | None]:
    return [image.layer_id for image in found.images]


def flat(color: tuple[int, ...], width: int, height: int) -> NDArray[np.uint8]:
    return np.full((height, width, len(color)), color, np.uint8)


def grouped(path: Path, mode: str = "RGB") -> Path:
    """1 ground, 2 group of half opacity (3 red, 4 hidden green), 5 blue."""
    document = PSDImage.new("RGB", (20, 10))
    document.create_pixel_layer_from_array(flat((9, 9, 9), 20, 10), "ground")
    group = document.create_group(name="Buttons", opacity=128)
    group.create_pixel_layer_from_array(flat(RED, 6, 4), "Button", left=2, top=1)
    hidden = group.create_pixel_layer_from_array(
        flat(GREEN, 3, 3), "button", left=10, top=5
    )
    hidden.visible = False
    document.create_pixel_layer_from_array(
        flat((*BLUE, 255), 4, 4), "Icon", left=18, top=8
    )
    document.save(path)
    return path


def test_the_whole_is_one_image_with_the_document_s_name(tmp_path: Path) -> None:
    path = grouped(tmp_path / "a.psd")
    found = make(path)

    (image,) = found.images
    assert (image.name, image.number, image.layer_id) == ("poster.png", 1, None)
    assert read(path, image).shape[:2] == (10, 20)
    assert pickle.loads(pickle.dumps(found)) == found


def test_the_whole_is_the_merged_image_unless_something_else_is_asked_for(
    tmp_path: Path,
) -> None:
    path = samples.layered(tmp_path / "a.psd")
    stored = np.full((30, 40, 3), 7, np.uint8)
    document = PSDImage.open(path)
    planes = np.moveaxis(stored, 2, 0)
    planes[0, 0, 0] = 8
    document._record.image_data.set_data(
        [plane.tobytes() for plane in planes], document._record.header
    )
    with path.open("wb") as file:
        document._record.write(file)

    assert (read(path, make(path).images[0])[1:] == 7).all()
    for spec in ({"rendered": True}, {"hide": [1]}, {"show": [4]}):
        assert (read(path, make(path, **spec).images[0])[1:] != 7).any()


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ({}, [1, 3, 4, 5]),
        ({"visible_only": True}, [1, 3, 5]),
        ({"ids": [5, 2]}, [2, 5]),
        ({"names": ["BUTTON"]}, [3, 4]),
        ({"names": ["button*"]}, [2, 3, 4]),
        ({"names": ["[gi]*"]}, [1, 5]),
        ({"names": ["button"], "ids": [5]}, [3, 4, 5]),
        ({"names": ["button*"], "kinds": ["group"]}, [2]),
        ({"kinds": ["group"]}, [2]),
        ({"kinds": ["pixel"], "visible_only": True}, [1, 3, 5]),
    ],
)
def test_layers_are_chosen_by_id_name_kind_and_eye(
    tmp_path: Path, wanted: dict[str, Any], chosen: list[int]
) -> None:
    found = make(grouped(tmp_path / "a.psd"), layers=pick(**wanted))

    assert ids(found) == chosen


def test_a_layer_s_name_does_not_depend_on_what_else_is_chosen(tmp_path: Path) -> None:
    path = grouped(tmp_path / "a.psd")
    all_of_them = make(path, layers=pick())
    alone = make(path, layers=pick(ids=[4]))

    names = [image.name for image in all_of_them.images]
    assert names == ["ground.png", "Button-3.png", "button-4.png", "Icon.png"]
    assert alone.images[0].name == "button-4.png"


def test_nothing_chosen_is_refused_and_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument, match="no layer 99") as refused:
        make(grouped(tmp_path / "a.psd"), layers=pick(ids=[99]))

    assert refused.value.code == "psd.nothing_selected"


def test_an_unknown_layer_is_a_warning_beside_the_others(tmp_path: Path) -> None:
    found = make(grouped(tmp_path / "a.psd"), layers=pick(ids=[99, 1]))

    assert ids(found) == [1]
    assert found.warnings == ("There is no layer 99.",)


def test_a_layer_is_trimmed_to_its_box_or_in_its_place_on_the_canvas(
    tmp_path: Path,
) -> None:
    path = grouped(tmp_path / "a.psd")
    (trimmed,) = make(path, layers=pick(ids=[3])).images
    assert (trimmed.left, trimmed.top) == (2, 1)
    assert read(path, trimmed).shape == (4, 6, 4)
    assert (read(path, trimmed) == (*RED, 255)).all()

    (placed,) = make(path, layers=pick(ids=[3]), on_canvas=True).images
    pixels = read(path, placed)
    assert pixels.shape == (10, 20, 4)
    assert (pixels[1:5, 2:8] == (*RED, 255)).all()
    assert int(pixels[:, :, 3].sum()) == 24 * 255


def test_what_lies_off_the_canvas_is_kept_trimmed_and_cut_on_it(tmp_path: Path) -> None:
    path = grouped(tmp_path / "a.psd")
    for rendered in (False, True):
        spec: dict[str, Any] = {"layers": pick(ids=[5]), "rendered": rendered}
        assert make(path, **spec).images[0].image.width == 4
        pixels = read(path, make(path, **spec, on_canvas=True).images[0])
        assert pixels.shape == (10, 20, 4)
        assert int((pixels[:, :, 3] == 255).sum()) == 4


def test_groups_are_composed_with_what_is_shown_in_them(tmp_path: Path) -> None:
    path = grouped(tmp_path / "a.psd")
    (image,) = make(path, layers=pick(ids=[2])).images

    pixels = read(path, image)
    assert (image.left, image.top, pixels.shape) == (2, 1, (4, 6, 4))
    assert np.abs(pixels[:, :, :3].astype(int) - RED).max() <= 1
    assert np.abs(pixels[:, :, 3].astype(int) - 128).max() <= 1


def test_rendered_layers_have_their_opacity_and_stored_ones_do_not(
    tmp_path: Path,
) -> None:
    document = PSDImage.new("RGB", (8, 8))
    document.create_pixel_layer_from_array(flat(RED, 4, 4), "faint", opacity=64)
    path = tmp_path / "a.psd"
    document.save(path)

    stored = read(path, make(path, layers=pick()).images[0])
    drawn = read(path, make(path, layers=pick(), rendered=True).images[0])
    assert (stored == (*RED, 255)).all()
    assert np.abs(drawn.astype(int) - (*RED, 64)).max() <= 1


def test_a_hidden_or_clipped_layer_that_is_asked_for_is_drawn(tmp_path: Path) -> None:
    path = grouped(tmp_path / "a.psd")
    document = PSDImage.open(path)
    document[2]._record.clipping = Clipping.NON_BASE
    document.save(path)
    found = make(path, layers=pick(ids=[4, 5]), rendered=True)

    hidden, clipped = (read(path, image) for image in found.images)
    assert np.abs(hidden[0, 0].astype(int) - (*GREEN, 255)).max() <= 1
    assert np.abs(clipped[0, 0].astype(int) - (*BLUE, 255)).max() <= 1


def test_layers_are_shown_and_hidden_as_asked(tmp_path: Path) -> None:
    path = grouped(tmp_path / "a.psd")

    def shows(color: tuple[int, ...], x: int, y: int, **spec: Any) -> bool:
        pixel = read(path, make(path, rendered=True, **spec).images[0])[y, x, :3]
        half = [(value + 9) / 2 for value in color]
        return bool(np.abs(pixel - half).max() <= 2)

    assert shows(RED, 3, 2) and not shows(GREEN, 11, 6)
    assert shows(GREEN, 11, 6, show=[4])
    assert not shows(RED, 3, 2, hide=[3])
    assert not shows(RED, 3, 2, hide=[2])
    assert not shows(GREEN, 11, 6, show=[4], hide=[2])


def test_every_scale_is_an_image_of_its_own(tmp_path: Path) -> None:
    path = grouped(tmp_path / "a.psd")
    said: list[ExportProgress] = []
    spec = RenditionSpec(
        of="layers", layers=pick(ids=[1, 3]), scales=[1, 2, 0.5], format="webp"
    )
    found = render_rendition(
        path, tmp_path / "out", "", spec, Limits(), None, said.append
    )

    told = [(x.name, x.scale, x.image.width, x.image.height) for x in found.images]
    assert told == [
        ("ground.webp", 1, 20, 10),
        ("ground@2x.webp", 2, 40, 20),
        ("ground@0.5x.webp", 0.5, 10, 5),
        ("Button-3.webp", 1, 6, 4),
        ("Button-3@2x.webp", 2, 12, 8),
        ("Button-3@0.5x.webp", 0.5, 3, 2),
    ]
    assert [(step.done, step.total) for step in said] == [(n, 6) for n in range(7)]
    assert [step.image for step in said[1:]] == [x.image for x in found.images]


@pytest.mark.parametrize(
    ("fit", "size"),
    [
        ({"max_width": 10}, (10, 5)),
        ({"max_height": 2}, (4, 2)),
        ({"max_width": 8, "max_height": 1}, (2, 1)),
        ({"max_width": 500}, (20, 10)),
    ],
)
def test_an_image_is_made_to_fit_and_never_larger(
    tmp_path: Path, fit: dict[str, Any], size: tuple[int, int]
) -> None:
    (image,) = make(grouped(tmp_path / "a.psd"), **fit).images

    assert (image.image.width, image.image.height) == size
    assert image.name == "poster.png"


def test_what_would_be_too_large_is_a_warning_and_the_others_go_on(
    tmp_path: Path,
) -> None:
    path = grouped(tmp_path / "a.psd")
    found = make(
        path, Limits(max_image_pixels=200), layers=pick(ids=[1, 3]), scales=[1.0, 2.0]
    )

    assert [image.name for image in found.images] == [
        "ground.png",
        "Button-3.png",
        "Button-3@2x.png",
    ]
    assert "40 x 20 pixels; 200 are allowed" in found.warnings[0]


def test_a_damaged_layer_is_a_warning_and_the_others_go_on(tmp_path: Path) -> None:
    path = samples.with_damaged_layer(tmp_path / "a.psd")
    found = make(path, layers=pick())

    assert ids(found) == [1, 3]
    assert found.warnings[0].startswith("Layer 2 '1' has no image: ")


def test_nothing_that_could_be_made_is_a_refusal(tmp_path: Path) -> None:
    path = samples.with_damaged_layer(tmp_path / "a.psd")
    with pytest.raises(InvalidDocument, match="Layer 2") as refused:
        make(path, layers=pick(ids=[2]))

    assert refused.value.code == "psd.no_image"


def test_a_fill_without_pixels_is_there_when_it_is_asked_for_rendered(
    tmp_path: Path,
) -> None:
    document = PSDImage.new("RGB", (8, 6))
    layer = document.create_pixel_layer_from_array(flat(RED, 1, 1), "Fill")
    layer._record.right, layer._record.bottom = layer.left, layer.top
    for channel in layer._channels:
        channel.data = b""
    red = dict(zip((b"Rd  ", b"Grn ", b"Bl  "), map(Double, RED), strict=True))
    plain: Any = Descriptor
    block: Any = DescriptorBlock
    color = plain(name="", classID=b"RGBC", items=red)
    fill = block(name="", classID=b"null", items={b"Clr ": color})
    key = Tag.SOLID_COLOR_SHEET_SETTING
    layer.tagged_blocks[key] = TaggedBlock(key=key, data=fill)
    path = tmp_path / "a.psd"
    with path.open("wb") as file:
        document._record.write(file)

    with pytest.raises(InvalidDocument, match="ask for it rendered"):
        make(path, layers=pick(kinds=["fill"]))
    (image,) = make(path, layers=pick(kinds=["fill"]), rendered=True).images
    pixels = read(path, image)
    assert pixels.shape == (6, 8, 4)
    assert np.abs(pixels.astype(int) - (*RED, 255)).max() <= 1


def with_slices(path: Path, *found: tuple[int, str, list[int]]) -> Path:
    """Slices by origin (0 automatic, 2 made by the user), name and box."""
    document = PSDImage.open(grouped(path))
    one: Any = SliceV6
    several: Any = SlicesV6
    items = [
        one(slice_id=number, origin=origin, name=name, bbox=box)
        for number, (origin, name, box) in enumerate(found)
    ]
    key = Resource.SLICES
    data: Any = Slices(6, several([0, 0, 10, 20], "", items))
    document.image_resources[key] = ImageResource(key=key.value, data=data)
    with path.open("wb") as file:
        document._record.write(file)
    return path


@pytest.mark.parametrize("rendered", [False, True])
def test_slices_are_cut_out_of_the_whole(tmp_path: Path, rendered: bool) -> None:
    path = with_slices(
        tmp_path / "a.psd",
        (0, "", [0, 0, 20, 10]),
        (2, "logo", [2, 1, 8, 5]),
        (2, "logo", [15, 5, 40, 40]),
        (2, "", [30, 30, 40, 40]),
    )
    found = make(path, of="slices", rendered=rendered)

    told = [(x.slice_id, x.name, x.left, x.top) for x in found.images]
    assert told == [(1, "logo-0.png", 2, 1), (2, "logo-1.png", 15, 5)]
    assert [(x.image.width, x.image.height) for x in found.images] == [(6, 4), (5, 5)]
    assert found.warnings == ("Slice 3 has no image: there is nothing in it to show",)
    whole = read(path, make(path, rendered=rendered).images[0])
    again = make(path, of="slices", rendered=rendered)
    assert np.array_equal(read(path, again.images[0]), whole[1:5, 2:8])


def test_automatic_slices_count_where_there_are_no_others(tmp_path: Path) -> None:
    path = with_slices(tmp_path / "a.psd", (0, "", [0, 0, 20, 10]))

    assert [image.name for image in make(path, of="slices").images] == ["slice-0.png"]


def test_a_document_without_slices_says_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument, match="no slices"):
        make(grouped(tmp_path / "a.psd"), of="slices")


@pytest.mark.parametrize("mode", ["RGB", "CMYK", "L"])
@pytest.mark.parametrize("depth", [8, 16, 32])
@pytest.mark.parametrize("format", ["jpeg", "webp", "tiff"])
def test_every_mode_and_depth_has_the_colours_of_the_export(
    tmp_path: Path, mode: str, depth: Any, format: str
) -> None:
    channels = {"L": 1, "RGB": 3, "CMYK": 4}[mode]
    document = PSDImage.new(mode, (32, 32), depth=depth)
    color = (40, 90, 160, 30)[:channels]
    document.create_pixel_layer_from_array(flat(color, 32, 32), "flat")
    path = tmp_path / "a.psd"
    document.save(path)

    (image,) = make(path, layers=pick(), format=format, quality=95).images
    with Image.open(tmp_path / "out" / image.image.path) as opened:
        found = np.asarray(opened.convert("RGB"), np.int16)
    exported = export_document(path, tmp_path / "e", Limits(), lambda _: None)
    assert exported.layers[0].image is not None
    with Image.open(tmp_path / "e" / exported.layers[0].image.path) as opened:
        wanted = np.asarray(opened.convert("RGB"), np.int16)
    assert np.abs(found - wanted).max() <= 2
