"""What a file says of itself, read, and written where it is asked for."""

import io
import struct
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from PIL import ExifTags, Image, TiffImagePlugin

from onemanage.contracts.imaging.outputs import JpegOutput
from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.imaging.domain.inputs import read_picture
from onemanage.imaging.domain.metadata import iptc, xmp
from onemanage.imaging.domain.metadata.blocks import Blocks
from onemanage.imaging.domain.metadata.kept import saying
from onemanage.imaging.domain.metadata.told import told, told_of
from onemanage.imaging.domain.pipeline import run_recipe
from onemanage.imaging.domain.results import VariantResult

from . import samples

OTHERS: dict[str, Any] = {
    "jpeg": imagecodecs.jpeg_decode,
    "png": imagecodecs.png_decode,
    "webp": imagecodecs.webp_decode,
    "avif": imagecodecs.avif_decode,
    "jxl": imagecodecs.jpegxl_decode,
    "tiff": imagecodecs.tiff_decode,
}
WRITTEN = tuple(OTHERS)
XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4" photoshop:City="Gmund">
<dc:title><rdf:Alt><rdf:li xml:lang="de">Abend</rdf:li>
<rdf:li xml:lang="x-default">Evening &amp; Lake</rdf:li></rdf:Alt></dc:title>
<dc:subject><rdf:Bag><rdf:li>lake</rdf:li><rdf:li>sk\xc3\xbd</rdf:li></rdf:Bag>
</dc:subject><dc:creator><rdf:Seq><rdf:li>Ada</rdf:li></rdf:Seq></dc:creator>
<photoshop:Credit>Shop &lt;GmbH&gt;</photoshop:Credit>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def camera() -> Image.Exif:
    """As a telephone writes it: turned, with a place and a maker's note."""
    ratio = TiffImagePlugin.IFDRational
    made = Image.Exif()
    made[ExifTags.Base.Make], made[ExifTags.Base.Model] = "Acme", "Phone 5"
    made[ExifTags.Base.Orientation] = 6
    made[ExifTags.Base.Copyright] = "© Ada".encode()
    inner = made.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.ExposureTime] = ratio(1, 125)
    inner[ExifTags.Base.FNumber] = ratio(18, 10)
    inner[ExifTags.Base.ISOSpeedRatings] = 200
    inner[ExifTags.Base.FocalLength] = ratio(57, 10)
    inner[ExifTags.Base.Flash] = 25
    inner[ExifTags.Base.LensModel] = "f/1.8"
    inner[ExifTags.Base.DateTimeOriginal] = "2026:11:29 18:03:04"
    inner[ExifTags.Base.OffsetTimeOriginal] = "+01:00"
    inner[ExifTags.Base.ExifImageWidth] = 4000
    inner[ExifTags.Base.MakerNote] = b"secret of the maker"
    gps = made.get_ifd(ExifTags.IFD.GPSInfo)
    gps[1], gps[2] = "S", (ratio(48, 1), ratio(30, 1), ratio(36, 1))
    gps[3], gps[4] = "W", (ratio(11, 1), ratio(15, 1), ratio(0, 1))
    gps[5], gps[6] = b"\x01", ratio(12, 1)
    return made


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A JPEG with all three kinds."""
    path = tmp_path / "photo"
    file = io.BytesIO()
    pixels = samples.photo(120, 90)
    Image.fromarray(pixels).save(file, "JPEG", exif=camera(), xmp=XMP, quality=95)
    path.write_bytes(with_iptc(file.getvalue()))
    return path


def with_iptc(data: bytes) -> bytes:
    def dataset(number: int, text: str, record: int = 2) -> bytes:
        body = text.encode()
        return struct.pack(">BBBH", 0x1C, record, number, len(body)) + body

    body = dataset(90, "\x1b%G", 1) + dataset(5, "Of IPTC")
    body += (
        dataset(105, "Headline of IPTC") + dataset(25, "a") + dataset(101, "Austria")
    )
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(body)) + body
    resource += b"\0" * (len(body) % 2)
    segment = b"Photoshop 3.0\0" + resource
    return (
        data[:2]
        + b"\xff\xed"
        + struct.pack(">H", len(segment) + 2)
        + segment
        + (data[2:])
    )


def made(path: Path, **output: Any) -> tuple[VariantResult, Path]:
    result = samples.run(path, [{"op": "resize", "width": 60}], output)
    return result, path.parent / "out" / result.path


def test_a_photograph_tells_how_it_was_taken_and_what_was_written_about_it(
    photo: Path,
) -> None:
    found = told_of(photo)
    assert found.warnings == ()
    shot, described, place = found.shot, found.description, found.place
    assert shot is not None and described is not None and place is not None
    assert (shot.make, shot.model, shot.lens) == ("Acme", "Phone 5", "f/1.8")
    assert (shot.exposure, shot.aperture, shot.iso) == (0.008, 1.8, 200)
    assert (shot.focal_length, shot.flash) == (5.7, True)
    assert shot.taken_at == "2026-11-29T18:03:04+01:00"
    assert described.title == "Evening & Lake", "XMP before IPTC, its default first"
    assert described.headline == "Headline of IPTC"
    assert described.keywords == ["lake", "ský"]
    assert (described.rights, described.credit) == ("© Ada", "Shop <GmbH>")
    assert described.rating == 4
    assert (place.latitude, place.longitude) == (-48.51, -11.25)
    assert (place.altitude, place.city, place.country) == (-12, "Gmund", "Austria")


@pytest.mark.parametrize("kind", WRITTEN)
def test_all_of_it_goes_on_upright_without_places_and_makers_notes(
    photo: Path, kind: str
) -> None:
    result, file = made(photo, format=kind, metadata="all")
    data = file.read_bytes()
    assert not result.warnings
    assert b"secret" not in data and b"Gmund" not in data and b"Austria" not in data
    found = told_of(file)
    assert found.shot is not None and found.shot.model == "Phone 5"
    assert found.shot.exposure == 0.008
    assert found.place is None
    assert found.description is not None
    assert found.description.title == "Evening & Lake"
    assert found.description.headline == "Headline of IPTC"
    assert found.description.rights == "© Ada"
    with Image.open(file) as image:
        exif = image.getexif()
        assert exif.get(ExifTags.Base.Orientation, 1) == 1
        assert not exif.get_ifd(ExifTags.IFD.GPSInfo)
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        assert inner[ExifTags.Base.ExifImageWidth] == image.width == 60
        assert image.height == 80, "the source is turned"
    other = OTHERS[kind](data)
    assert other.shape == (80, 60, 3)
    assert np.abs(other.astype(int) - read_picture(file).first).mean() < 2


@pytest.mark.parametrize("kind", WRITTEN)
def test_places_go_on_only_where_they_are_named(photo: Path, kind: str) -> None:
    _, file = made(photo, format=kind, metadata="all", location=True)
    place = told_of(file).place
    assert place is not None
    assert (place.latitude, place.city) == (-48.51, "Gmund")


@pytest.mark.parametrize("kind", WRITTEN)
def test_only_whose_it_is_goes_on_where_that_is_asked_for(
    photo: Path, kind: str
) -> None:
    _, file = made(photo, format=kind, metadata="copyright", credit="Our Shop")
    data = file.read_bytes()
    assert b"Phone 5" not in data and b"Evening" not in data
    found = told_of(file)
    assert (found.shot, found.place) == (None, None)
    assert found.description is not None
    assert (found.description.rights, found.description.credit) == ("© Ada", "Our Shop")
    assert found.description.creators == ["Ada"]


@pytest.mark.parametrize("kind", WRITTEN)
def test_what_is_given_is_said_though_nothing_is_kept(photo: Path, kind: str) -> None:
    said = {"copyright": "© 2026 Łódź & Co", "artist": "見本"}
    _, file = made(photo, format=kind, **said)
    found = told_of(file).description
    assert found is not None
    assert (found.rights, found.creators) == ("© 2026 Łódź & Co", ["見本"])
    assert b"Phone 5" not in file.read_bytes()


@pytest.mark.parametrize("kind", WRITTEN)
def test_pixels_of_an_inch_are_said(photo: Path, kind: str) -> None:
    _, file = made(photo, format=kind, dpi=300)
    with Image.open(file) as image:
        resolution = image.getexif().get(ExifTags.Base.XResolution, 0)
        if kind in ("jpeg", "png", "tiff"):
            assert image.info["dpi"] == pytest.approx((300, 300), abs=0.02)
        else:
            assert float(resolution) == 300
    if kind == "jpeg":
        assert file.read_bytes()[13:18] == b"\x01\x01\x2c\x01\x2c", "JFIF says it too"


@pytest.mark.parametrize("kind", ["jpeg", "webp", "avif", "jxl"])
def test_a_file_is_no_larger_than_it_may_be_with_all_that_it_says(
    photo: Path, kind: str
) -> None:
    plain, _ = made(photo, format=kind, quality=40, metadata="all")
    most = plain.size
    result, file = made(photo, format=kind, max_bytes=most, metadata="all")
    assert most * 0.7 < result.size <= most
    assert told_of(file).shot is not None


def test_the_still_of_an_animation_says_what_it_is_to_say(tmp_path: Path) -> None:
    path = samples.animation(tmp_path / "a", "GIF", [(250, 0, 0), (0, 0, 250)])
    outputs = [{"format": "jpeg", "copyright": "Me"}, {"format": "webp"}]
    variants = [{"name": f"v{n}", "output": one} for n, one in enumerate(outputs)]
    still, moving = run_recipe(path, check_recipe({"variants": variants}), tmp_path)
    assert (still.frames, moving.frames) == (1, 2)
    found = told_of(tmp_path / "v0.jpg").description
    assert found is not None and found.rights == "Me"


def test_what_has_no_room_says_so(photo: Path) -> None:
    for output in ({"format": "gif"}, {"format": "avif", "lossless": True}):
        result, _ = made(photo, metadata="all", **output)
        assert any("no room for metadata" in text for text in result.warnings)


def test_alpha_and_animations_stay_beside_what_is_said(tmp_path: Path) -> None:
    pixels = np.dstack([samples.photo(40, 30), np.full((30, 40), 99, np.uint8)])
    path = samples.saved(tmp_path / "a", pixels, "PNG")
    for kind in ("webp", "png", "avif", "jxl"):
        result = samples.run(path, [], {"format": kind, "copyright": "Me"})
        with Image.open(tmp_path / "out" / result.path) as image:
            assert image.mode == "RGBA", kind
            assert abs(np.asarray(image)[5, 5, 3].astype(int) - 99) < 4, kind
    path = samples.animation(tmp_path / "b", "GIF", [(250, 0, 0), (0, 0, 250)])
    for kind in ("webp", "png", "avif"):
        result = samples.run(path, [], {"format": kind, "copyright": "Me"})
        with Image.open(tmp_path / "out" / result.path) as image:
            assert image.n_frames == 2, kind  # type: ignore[attr-defined]  # of these
        found = told_of(tmp_path / "out" / result.path).description
        assert found is not None and found.rights == "Me"


@pytest.mark.parametrize(
    "packet",
    [
        b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        XMP.decode().replace("<x:xmp", "<!DOCTYPE q><x:xmp", 1).encode("utf-16"),
        b"<a>",
        b"\xff\xfe\x00",
        b"<a>" + b" " * (3 << 20) + b"</a>",
        b"<a" * 100_000,
    ],
    ids=["entity", "utf-16", "cut", "no text", "large", "deep"],
)
def test_a_packet_that_is_no_xmp_is_a_warning(packet: bytes) -> None:
    found = told(Blocks(xmp=packet))
    assert found.description is None
    assert len(found.warnings) == 1


def test_damaged_exif_and_iptc_are_left_out() -> None:
    found = told(Blocks(exif=b"MM\0*\0\0\0\x08\xff\xff" + b"\x01" * 40))
    assert found.shot is None and found.place is None
    found = told(Blocks(exif=b"no TIFF at all"))
    assert found.warnings
    assert iptc.datasets(b"\x1c\x02\x05\xff\xff") == {}
    assert iptc.datasets(b"\x1c\x02\x05\0\x02ab\x1c\x02") == {5: ["ab"]}
    assert iptc.of_photoshop(b"8BIM") == b""


def test_every_cut_of_a_photograph_s_metadata_is_read_or_left_out(photo: Path) -> None:
    data = photo.read_bytes()
    with Image.open(photo) as image:
        exif = image.info["exif"].removeprefix(b"Exif\0\0")
    for cut in range(0, len(exif), 7):
        told(Blocks(exif=exif[:cut], xmp=XMP[: cut * 3], iptc=data[cut : cut + 60]))
    chance = np.random.default_rng(3)
    for _ in range(200):
        hurt = bytearray(exif)
        for place in chance.integers(8, len(hurt), 6):
            hurt[place] = chance.integers(0, 256)
        said = told(Blocks(exif=bytes(hurt)))
        saying(JpegOutput(metadata="all", location=True), said, (10, 10))


def test_a_packet_is_read_as_it_was_written() -> None:
    texts = {
        "dc:creator": ["A", "B & <C>"],
        "dc:rights": ["©\x01"],
        "xmp:Rating": ["3"],
    }
    found = xmp.read(xmp.written(texts)).texts
    assert found == {"dc:creator": ["A", "B & <C>"], "dc:rights": ["©"]} | {
        "xmp:Rating": ["3"]
    }
    assert xmp.written({"dc:title": [""]}) == b""
