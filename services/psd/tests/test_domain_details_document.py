"""What documents hold beyond their layers, and the files that they embed."""

from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import pytest
from psd_tools import PSDImage
from psd_tools.constants import LinkedLayerType, PlacedLayerType, Resource, Tag
from psd_tools.psd.descriptor import (
    DescriptorBlock,
    DescriptorBlock2,
    Integer,
    List,
    String,
)
from psd_tools.psd.image_resources import (
    AlphaNamesUnicode,
    GridGuidesInfo,
    ImageResource,
    LayerGroupInfo,
    ResoulutionInfo,
    Slices,
    SlicesV6,
    SliceV6,
)
from psd_tools.psd.linked_layer import LinkedLayer, LinkedLayers
from psd_tools.psd.tagged_blocks import (
    PlacedLayerData,
    SmartObjectLayerData,
    TaggedBlock,
    TaggedBlocks,
)

from onemanage.contracts.psd.manifest import DocumentDetails
from onemanage.psd.domain.details import (
    document_details,
    embedded_files,
    embedded_path,
    extract,
    layer_details,
)
from onemanage.psd.domain.details.smart_objects import media_type
from onemanage.psd.domain.document import ExportProgress, Limits
from onemanage.psd.domain.export import export_document
from onemanage.psd.domain.layers import tree
from onemanage.psd.domain.read import open_document, quiet
from onemanage.psd.errors import InvalidDocument

from . import samples

ID = "446ee766-64a1-117a-a8a3-edc5b0fd3ac1"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9000
"""Over two chunks."""


def reopened(document: PSDImage, path: Path) -> PSDImage:
    with path.open("wb") as file:
        document._record.write(file)
    with quiet():
        return open_document(path, Limits())


def with_resource(tmp_path: Path, key: Resource, data: Any) -> DocumentDetails:
    document = PSDImage.new("RGB", (100, 50))
    document.image_resources[key] = ImageResource(key=key.value, data=data)
    document = reopened(document, tmp_path / "a.psd")
    return document_details(document, tree(document))


def linked(kind: LinkedLayerType, unique_id: str, data: bytes | None) -> LinkedLayer:
    file = DescriptorBlock(name="", classID=b"ExternalFileLink")
    return LinkedLayer(
        kind=kind,
        version=2,
        uuid=unique_id,
        filename="C:\\work\\../../etc/passwd",
        filetype=b"png ",
        linked_file=file,
        filesize=len(data or b""),
        data=data,
    )


def with_files(path: Path, *files: LinkedLayer) -> PSDImage:
    """A layer shows the file called ID; the document holds those given."""
    document = PSDImage.new("RGB", (40, 30))
    layer = document.create_pixel_layer_from_array(samples.noise(4, 4, 4), "placed")
    block: Any = DescriptorBlock
    newer: Any = DescriptorBlock2
    data = block(name="", classID=b"null", items={b"Idnt": String(ID + "\0")})
    placed = PlacedLayerData(
        uuid=ID.encode(),
        layer_type=PlacedLayerType.RASTER,
        transform=(0.0, 0.0, 4.0, 0.0, 4.0, 4.0, 0.0, 4.0),
        warp=newer(name="", classID=b"warp"),
    )
    held: list[tuple[Tag, Any]] = [
        (Tag.SMART_OBJECT_LAYER_DATA1, SmartObjectLayerData(data=data)),
        (Tag.PLACED_LAYER1, placed),
    ]
    for tag, block_data in held:
        layer.tagged_blocks[tag] = TaggedBlock(key=tag.value, data=block_data)
    blocks = TaggedBlocks()
    listed = cast(type[Any], LinkedLayers)(list(files))
    blocks[Tag.LINKED_LAYER2] = TaggedBlock(key=Tag.LINKED_LAYER2.value, data=listed)
    document._record.layer_and_mask_information.tagged_blocks = blocks
    return reopened(document, path)


def test_linked_layers_share_a_number(tmp_path: Path) -> None:
    document = PSDImage.new("RGB", (9, 9))
    for number in range(3):
        document.create_pixel_layer_from_array(samples.noise(4, 4, 4), f"{number}")
    key = Resource.LAYER_GROUP_INFO
    groups = cast(type[Any], LayerGroupInfo)([5, 0, 5])
    document.image_resources[key] = ImageResource(key=key.value, data=groups)
    nodes = tree(reopened(document, tmp_path / "a.psd"))
    ids = {id(node.layer): node.layer_id for node in nodes}
    found = [layer_details(node.layer, ids).link_group for node in nodes]
    assert found == [5, None, 5]


def test_guides_stand_at_pixels_and_may_be_off_the_canvas(tmp_path: Path) -> None:
    info: Any = GridGuidesInfo
    data = info(1, 576, 576, [(48, 1), (2**32 - 64, 0)])
    found = with_resource(tmp_path, Resource.GRID_AND_GUIDES_INFO, data).guides
    assert [(guide.orientation, guide.position) for guide in found] == [
        ("horizontal", 1.5),
        ("vertical", -2),
    ]


def test_the_resolution_is_in_pixels_per_inch(tmp_path: Path) -> None:
    data = ResoulutionInfo(int(299.5 * 65536), 2, 1, 72 * 65536, 1, 1)
    found = with_resource(tmp_path, Resource.RESOLUTION_INFO, data)
    assert (found.ppi_x, found.ppi_y) == (299.5, 72)


def test_old_slices_have_their_box_and_layer(tmp_path: Path) -> None:
    slice_: Any = SliceV6
    item = slice_(
        slice_id=7,
        origin=1,
        associated_id=3,
        name="logo",
        bbox=[10, 20, 40, 45],
        url="https://example.org",
        alt_tag="Logo",
    )
    v6: Any = SlicesV6
    data = Slices(6, v6([0, 0, 50, 100], "", [item]))
    (found,) = with_resource(tmp_path, Resource.SLICES, data).slices
    box = found.box
    assert (box.left, box.top, box.width, box.height) == (10, 20, 30, 25)
    assert (found.slice_id, found.kind, found.psd_layer_id) == (7, "layer", 3)
    assert (found.name, found.url, found.alt) == ("logo", "https://example.org", "Logo")


def test_layer_comps_have_names_and_the_last_is_known(tmp_path: Path) -> None:
    block: Any = DescriptorBlock
    items: Any = List
    comp = {b"Nm  ": String("Dark\0"), b"compID": Integer(5)}
    data = block(
        name="",
        classID=b"CompList",
        items={
            b"list": items([block(name="", classID=b"Comp", items=comp)]),
            b"lastAppliedComp": Integer(5),
        },
    )
    document = PSDImage.new("RGB", (9, 9))
    key = Resource.LAYER_COMPS
    document.image_resources[key] = ImageResource(key=key.value, data=data)
    found = document_details(document, [])
    assert [(comp.comp_id, comp.name) for comp in found.comps] == [(5, "Dark")]
    assert found.last_comp == 5


def test_channels_past_the_colors_have_names(tmp_path: Path) -> None:
    names: Any = AlphaNamesUnicode
    data = names(["Spot \N{SNOWMAN}", "Alpha 1"])
    found = with_resource(tmp_path, Resource.ALPHA_NAMES_UNICODE, data).channels
    assert [channel.name for channel in found] == ["Spot \N{SNOWMAN}", "Alpha 1"]


@pytest.mark.parametrize(
    "packet",
    [
        '<rdf:D xmp:CreateDate="2020-01-02T03:04:05Z" xmp:CreatorTool="A &amp; B"/>',
        "<xmp:CreateDate>2020-01-02T03:04:05Z</xmp:CreateDate>"
        "<xmp:CreatorTool>A &amp; B</xmp:CreatorTool>",
    ],
)
def test_dates_and_software_are_read_from_either_form_of_xmp(
    tmp_path: Path, packet: str
) -> None:
    found = with_resource(tmp_path, Resource.XMP_METADATA, packet.encode())
    assert found.created == "2020-01-02T03:04:05Z"
    assert (found.modified, found.software) == (None, "A & B")


def test_entities_of_a_hostile_xmp_are_not_expanded(tmp_path: Path) -> None:
    packet = (
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
        "<xmp:CreatorTool>&b;</xmp:CreatorTool>"
    )
    found = with_resource(tmp_path, Resource.XMP_METADATA, packet.encode())
    assert found.software == "&b;"


def test_a_broken_profile_is_a_warning(tmp_path: Path) -> None:
    found = with_resource(tmp_path, Resource.ICC_PROFILE, b"no profile")
    assert found.icc_profile is None
    assert "ICC profile cannot be read" in found.warnings[0]


def test_an_embedded_file_is_written_as_it_is(tmp_path: Path) -> None:
    file = linked(LinkedLayerType.DATA, ID, PNG)
    document = with_files(tmp_path / "a.psd", file)
    (found,) = embedded_files(document)
    assert (found.kind, found.media_type, found.size) == (
        "embedded",
        "image/png",
        len(PNG),
    )
    assert found.file_name == "passwd"
    assert extract(document, ID, tmp_path / "out") == found
    assert (tmp_path / "out").read_bytes() == PNG


def test_a_smart_object_says_what_it_shows(tmp_path: Path) -> None:
    file = linked(LinkedLayerType.DATA, ID, PNG)
    (node,) = tree(with_files(tmp_path / "a.psd", file))
    found = layer_details(node.layer, {id(node.layer): 1}).smart_object
    assert found is not None
    assert (found.unique_id, found.kind, found.extractable) == (ID, "embedded", True)
    assert (found.file_type, found.size, found.warped) == ("png", len(PNG), False)
    assert found.transform == [0, 0, 4, 0, 4, 4, 0, 4]


def test_a_smart_object_without_its_file_is_missing(tmp_path: Path) -> None:
    (node,) = tree(with_files(tmp_path / "a.psd"))
    found = layer_details(node.layer, {id(node.layer): 1}).smart_object
    assert found and (found.kind, found.extractable) == ("missing", False)


def test_an_export_writes_what_smart_objects_embed_as_far_as_it_may(
    tmp_path: Path,
) -> None:
    other = "0b7e4c3a-0000-1111-2222-333344445555"
    path = tmp_path / "a.psd"
    with_files(
        path,
        linked(LinkedLayerType.DATA, ID, PNG),
        linked(LinkedLayerType.DATA, other, b"x" * 1000),
    )
    told: list[ExportProgress] = []
    limits = Limits(max_embedded=len(PNG) + 500)
    found = export_document(path, tmp_path / "out", limits, told.append)

    assert found.details is not None
    first, second = found.details.files
    assert first.path is not None and second.path is None
    assert (tmp_path / "out" / first.path).read_bytes() == PNG
    assert first.sha256 == sha256(PNG).hexdigest()
    files = [step.file for step in told if step.file]
    assert [(x.path, x.media_type) for x in files] == [(first.path, "image/png")]
    assert any("too large" in warning for warning in found.warnings)


def test_a_file_elsewhere_cannot_be_extracted(tmp_path: Path) -> None:
    file = linked(LinkedLayerType.EXTERNAL, ID, b"")
    document = with_files(tmp_path / "a.psd", file)
    assert [x.extractable for x in embedded_files(document)] == [False]
    with pytest.raises(InvalidDocument) as caught:
        extract(document, ID, tmp_path / "out")
    assert caught.value.code == "psd.no_embedded_file"
    assert not (tmp_path / "out").exists()


def test_an_embedded_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    file = linked(LinkedLayerType.DATA, ID, PNG)
    document = with_files(tmp_path / "a.psd", file)
    with pytest.raises(InvalidDocument) as caught:
        extract(document, ID, tmp_path / "out", max_size=100)
    assert caught.value.code == "psd.too_large"
    assert str(len(PNG)) in caught.value.message


def test_no_more_files_are_listed_than_asked_for(tmp_path: Path) -> None:
    files = [linked(LinkedLayerType.DATA, f"{x}", b"") for x in range(9)]
    document = with_files(tmp_path / "a.psd", *files)
    assert [x.unique_id for x in embedded_files(document, 2)] == ["0", "1"]


def test_a_path_is_made_of_an_id_that_cannot_lead_elsewhere() -> None:
    assert embedded_path(ID) == f"embedded/{ID}"
    for hostile in ("../../etc/passwd", "/etc/passwd", "", "a\0b", "\ud800"):
        made = embedded_path(hostile)
        assert made.removeprefix("embedded/").isalnum()
    assert embedded_path("a") != embedded_path("b")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"8BPS\0\1", "image/vnd.adobe.photoshop"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"%PDF-1.7", "application/pdf"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x1cftypavif", "image/avif"),
        (b"<?xml version='1.0'?><SVG/>", "image/svg+xml"),
        (b"hello", None),
        (b"", None),
    ],
)
def test_a_media_type_is_told_by_the_first_bytes(
    head: bytes, expected: str | None
) -> None:
    assert media_type(head) == expected
