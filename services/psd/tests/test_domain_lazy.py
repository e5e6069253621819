"""Documents of which nothing is read or parsed until somebody asks for it."""

from pathlib import Path
from typing import Any, Literal, cast

import attrs
import pytest
from psd_tools import PSDImage
from psd_tools.constants import Compression, Resource, Tag
from psd_tools.psd.descriptor import DescriptorBlock
from psd_tools.psd.engine_data import Dict as EngineDict
from psd_tools.psd.image_resources import ImageResource
from psd_tools.psd.layer_and_mask import (
    ChannelInfo,
    MaskData,
    MaskFlags,
    MaskParameters,
)
from psd_tools.psd.tagged_blocks import TaggedBlock

from onemanage.psd.domain import lazy
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.enumerations import letters
from onemanage.psd.domain.places import part_of
from onemanage.psd.domain.read import open_document

from . import samples
from .test_domain_hostile import export

_NOT_COMPARED = ("global_layer_mask_info",)
"""Only writers of documents want it."""


def plain(found: Any) -> Any:
    """What psd-tools' objects hold, without their classes."""
    if isinstance(found, EngineDict):
        return {getattr(key, "value", key): plain(x) for key, x in found.items()}
    if hasattr(found, "_items"):
        items = found._items
        if isinstance(items, list):
            return [plain(item) for item in items]
        own = {x.name: getattr(found, x.name) for x in attrs.fields(_class(found))}
        return {**own, "_items": {key: plain(x) for key, x in items.items()}}
    if isinstance(found, tuple | list):
        return [plain(item) for item in found]
    if attrs.has(type(found)):
        fields = (x.name.lstrip("_") for x in attrs.fields(_class(found)))
        kept = [name for name in fields if name not in _NOT_COMPARED]
        values = {name: plain(getattr(found, name)) for name in kept}
        if "enum" in values:
            values["enum"] = letters(values["typeID"], values["enum"])
        return values
    return found


def _class(found: Any) -> Any:
    """psd-tools' own: ours have what is left beside it."""
    own = type(found).__mro__
    return next(kind for kind in own if kind.__module__.startswith("psd_tools"))


def compared(path: Path) -> None:
    found, expected = open_document(path, Limits()), PSDImage.open(path)
    ours, theirs = found._record, expected._record
    for name in ("header", "color_mode_data", "image_resources", "image_data"):
        assert plain(getattr(ours, name)) == plain(getattr(theirs, name)), name
    assert plain(ours.layer_and_mask_information) == plain(
        theirs.layer_and_mask_information
    )


def _pixels(document: PSDImage) -> list[tuple[Compression, bytes]]:
    channels = [c for layer in document.descendants() for c in layer._channels]
    merged = document._record.image_data
    return [(c.compression, c.data) for c in channels] + [
        (merged.compression, merged.data)
    ]


def saved(document: PSDImage, path: Path) -> Path:
    """As it is; saving would draw it first."""
    with path.open("wb") as file:
        document._record.write(file)
    return path


@pytest.mark.parametrize("depth", [8, 16, 32])
def test_what_is_read_later_is_what_psd_tools_reads_at_once(
    tmp_path: Path, depth: Literal[8, 16, 32]
) -> None:
    path = samples.layered(tmp_path / "a.psd", depth=depth)
    left = open_document(path, Limits())
    assert _pixels(left) == _pixels(PSDImage.open(path))
    assert [x._length for layer in left.descendants() for x in layer._channels] == [
        x._length
        for layer in PSDImage.open(path).descendants()
        for x in layer._channels
    ]
    compared(path)


def test_large_documents_are_read_alike(tmp_path: Path) -> None:
    document = PSDImage.open(samples.layered(tmp_path / "a.psd"))
    document._record.header.version = 2
    compared(saved(document, tmp_path / "a.psb"))


@pytest.mark.parametrize("has_real", [False, True])
def test_masks_are_read_alike(tmp_path: Path, has_real: bool) -> None:
    document = PSDImage.open(samples.layered(tmp_path / "a.psd"))
    record, channels = document[0]._record, document[0]._channels
    record.mask_data = MaskData(
        top=1,
        left=-2,
        bottom=5,
        right=6,
        background_color=255,
        flags=MaskFlags(mask_disabled=True, parameters_applied=True),
        parameters=MaskParameters(
            user_mask_density=128, vector_mask_density=7, vector_mask_feather=2.5
        ),
    )
    if has_real:
        record.mask_data.real_flags = MaskFlags(invert_mask=True)
        record.mask_data.real_background_color = 255
        for number, side in enumerate(("top", "left", "bottom", "right")):
            setattr(record.mask_data, f"real_{side}", number * 3)
        record.channel_info.append(ChannelInfo(id=-3, length=2))
        channels.append(type(channels[0])(0, b""))
    compared(saved(document, tmp_path / "b.psd"))


def test_a_document_holds_none_of_its_pixels(tmp_path: Path) -> None:
    path = samples.layered(tmp_path / "a.psd")
    document = open_document(path, Limits())
    path.write_bytes(b"")
    with pytest.raises(OSError, match="left in the file"):
        _pixels(document)


def test_what_is_put_in_place_of_pixels_is_found_there(tmp_path: Path) -> None:
    document = open_document(samples.layered(tmp_path / "a.psd"), Limits())
    channel = document[0]._channels[0]
    compression = channel.compression
    channel.data = b"other"
    assert (channel.compression, channel.data) == (compression, b"other")
    assert channel._length == 7


def test_psd_tools_reads_as_before_once_a_document_is_open(tmp_path: Path) -> None:
    path = samples.layered(tmp_path / "a.psd")
    plain(open_document(path, Limits())._record.image_resources)
    document = PSDImage.open(path)
    path.write_bytes(b"")
    assert any(data for _, data in _pixels(document))
    assert lazy.parsing_of(document) is None


def test_real_documents_are_read_alike() -> None:
    files = [*samples.CORPUS.rglob("*.psd"), *samples.CORPUS.rglob("*.psb")]
    if not files:
        pytest.skip("the corpus is not at hand")
    for path in sorted(files)[::13]:
        assert _pixels(open_document(path, Limits())) == _pixels(PSDImage.open(path))
        compared(path)


@pytest.mark.parametrize(("begin", "end"), [(0, 7), (5, 9), (11, 10**9), (8, 3)])
def test_a_part_of_what_was_left_is_that_part_of_the_whole(
    tmp_path: Path, begin: int, end: int
) -> None:
    path = samples.layered(tmp_path / "a.psd")
    for document in (open_document(path, Limits()), PSDImage.open(path)):
        image = document._record.image_data
        assert part_of(image, begin, end) == image.data[begin:end]


def test_a_blend_mode_of_the_future_is_drawn_as_normal_and_said(tmp_path: Path) -> None:
    path = samples.layered(tmp_path / "a.psd")
    data = path.read_bytes()
    assert data.count(b"8BIMlbrn") == 1  # linear burn, of one layer
    path.write_bytes(data.replace(b"8BIMlbrn", b"8BIMnew!"))
    found = export(path)
    (layer,) = [x for x in found.layers if x.name.endswith("passwd")]
    assert layer.blend_mode == "normal" and layer.image is not None
    assert any("blend mode 'new!'" in text for text in layer.warnings)


def test_a_damaged_resource_counts_as_absent_and_is_named(tmp_path: Path) -> None:
    document = PSDImage.open(samples.layered(tmp_path / "a.psd"))
    comps = ImageResource(key=Resource.LAYER_COMPS, data=b"\0\0\0\x10 no descriptor")
    document.image_resources[Resource.LAYER_COMPS] = comps
    found = export(saved(document, tmp_path / "b.psd"))
    assert found.image_count == 3
    assert found.details is not None and found.details.comps == []
    assert found.warnings == ("Image resource 1065 cannot be read (layer comps)",)


def test_a_damaged_block_is_a_warning_of_its_layer(tmp_path: Path) -> None:
    document = PSDImage.open(samples.layered(tmp_path / "a.psd"))
    tag = Tag.OBJECT_BASED_EFFECTS_LAYER_INFO
    document[0].tagged_blocks[tag] = TaggedBlock(key=tag, data=b"no effects")
    found = export(saved(document, tmp_path / "b.psd"))
    assert found.layers[0].details is not None
    (text,) = found.layers[0].details.warnings
    assert text.startswith("Its effects cannot be read: the block is damaged")


def test_a_channel_of_unknown_compression_is_a_warning_of_its_layer(
    tmp_path: Path,
) -> None:
    path = samples.layered(tmp_path / "a.psd")
    document = open_document(path, Limits())
    place = document[0]._channels[0]._place
    data = bytearray(path.read_bytes())
    data[place.offset : place.offset + 2] = b"\0\x09"
    path.write_bytes(data)
    found = export(path)
    assert [x.image is None for x in found.layers if x.kind == "pixel"] == [
        True,
        False,
        False,
    ]
    assert "its compression 9 is not known" in found.layers[0].warnings[0]


def test_nobody_parses_what_nobody_asks_for(tmp_path: Path) -> None:
    document = PSDImage.open(samples.layered(tmp_path / "a.psd"))
    tag = Tag.COMPOSITOR_INFO
    document[0].tagged_blocks[tag] = TaggedBlock(
        key=tag, data=cast(Any, DescriptorBlock())
    )
    path = saved(document, tmp_path / "b.psd")
    opened = open_document(path, Limits())
    stored = opened[0].tagged_blocks[tag]
    assert stored._left is not None
    assert plain(stored.data) == plain(DescriptorBlock())
    assert stored._left is None
