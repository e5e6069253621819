"""Images made of pixels, opened by one reader each: what their headers say, judged."""

import io
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import imagecodecs
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import ExifTags, Image

from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain import boxes, code_points, gifs, jpegs, light, pngs, tiffs
from onemanage.imaging.domain.decoding import check_size, clear_errors
from onemanage.imaging.domain.headers import Header, jxl_size
from onemanage.imaging.domain.picture import Limits
from onemanage.imaging.domain.turning import TURNED
from onemanage.imaging.errors import InvalidImage

_NAMES = {"jp2": "JPEG2000", "pnm": "PPM"}
"""What Pillow calls a format, where it is not our own name."""
_MOST_BYTES = 1_000_000_000
"""Of samples that are decoded at once."""
_SHRINKING = 8
"""What a JPEG may be larger each way than anything else: so much smaller it can be
decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One file, opened and not yet decoded."""

    data: bytes
    """As decoders are given it: what was wrong beside the pixels is mended."""
    format: str
    size: tuple[int, int]
    """Width and height as they are stored."""
    image: Image.Image | None = None
    """As Pillow has opened it: a decoder for what nothing else decodes."""
    values: Callable[[], NDArray[Any]] | None = None
    """Decodes samples of any depth, (height, width) or with 1 to 4 channels behind, for
    what Pillow does not read, or not in full."""
    is_linear: bool = False
    """Whether values are light, of which 1 is white."""
    icc: bytes | None = None
    frames: int = 1
    first: int = 0
    """Frame that is shown first."""
    turn: int = 1
    """Orientation as EXIF has it, 1 to 8."""
    crop: tuple[int, int, int, int] | None = None
    """Left, top, right and bottom of what is shown, as it is stored."""
    hdr: tuple[int, int] | None = None
    """Primaries and transfer of H.273, where they say more than sRGB can show."""
    plays: int | None = None
    """Of an animation, 0 for ever, where its boxes or blocks say it."""
    warnings: tuple[str, ...] = ()

    @property
    def header(self) -> Header:
        """Of the picture as it is shown."""
        width, height = self.size
        if self.crop is not None:
            width, height = (
                self.crop[2] - self.crop[0],
                self.crop[3] - self.crop[1],
            )
        if self.turn in TURNED:
            width, height = height, width
        return Header(
            format=self.format, width=width, height=height, frames=self.frames
        )


@contextmanager
def opened(
    data: bytes, kind: str, reading: Reading, limits: Limits
) -> Iterator[Opened]:
    """The picture with its header read and judged. Raises InvalidImage."""
    Image.MAX_IMAGE_PIXELS = None  # what the header says is judged below, in full
    with clear_errors(kind.upper()):
        found = _OPENERS.get(kind, _plain)(data, kind, reading, limits)
        with found.image or nullcontext():
            width, height = found.size
            if kind == "jpeg":
                width, height = (-(-side // _SHRINKING) for side in (width, height))
            check_size(Header(format=kind, width=width, height=height), limits)
            Image.MAX_IMAGE_PIXELS = limits.pixels  # frames may be larger than it says
            yield found


def _plain(data: bytes, kind: str, reading: Reading, limits: Limits) -> Opened:
    image = _pillow(data, kind)
    frames = getattr(image, "n_frames", 1) if kind == "webp" else 1
    return _of(image, data, kind, frames=frames)


def _jpeg(data: bytes, kind: str, reading: Reading, limits: Limits) -> Opened:
    data, warnings = jpegs.mended(data)
    return _of(jpegs.opened(data), data, kind, warnings=tuple(warnings))


def _png(data: bytes, kind: str, reading: Reading, limits: Limits) -> Opened:
    found = pngs.chunks(data)
    image = _pillow(found.data, kind)
    icc = image.info.get("icc_profile")
    hdr = None
    if found.cicp is not None:  # it goes before a profile, and that before numbers
        icc = code_points.profile_of(*found.cicp)
        hdr = found.cicp if code_points.is_hdr(found.cicp[1]) else None
    elif not found.is_srgb and not found.has_profile:
        icc = code_points.profile_of_png(found.primaries, found.gamma)
    frames = getattr(image, "n_frames", 1) if found.plays is not None else 1
    hidden = int(frames > 1 and found.is_hidden)
    made = _of(image, found.data, kind, icc=icc, hdr=hdr, plays=found.plays)
    if found.bits == 16 or hdr:
        made = replace(made, values=lambda: imagecodecs.png_decode(found.data))
    return replace(
        made,
        frames=frames - hidden,
        first=hidden,
        warnings=tuple(found.warnings),
    )


def _gif(data: bytes, kind: str, reading: Reading, limits: Limits) -> Opened:
    frames = max(1, len(gifs.frames(data, limits.frames + 1)))
    return _of(_pillow(data, kind), data, kind, frames=frames, plays=gifs.plays(data))


def _avif(data: bytes, kind: str, reading: Reading, limits: Limits) -> Opened:
    image = _pillow(data, kind)
    found = boxes.boxes(data)
    frames = getattr(image, "n_frames", 1)
    made = _of(image, data, kind, frames=frames, plays=found.plays)
    made = _numbered(made, found.points)
    if made.hdr and frames == 1:
        made = replace(made, values=lambda: _deepened(imagecodecs.avif_decode(data)))
    return replace(made, crop=boxes.crop_of(found, *image.size))


def _heif(data: bytes, kind: str, reading: Reading, limits: Limits) -> Opened:
    """Of several pictures the primary one; libheif cuts and turns by itself."""
    image = _pillow(data, kind)
    _turn_to_picture(image, reading.page)
    made = _numbered(_of(image, data, kind), boxes.boxes(data).points)
    if made.hdr:
        number = image.tell()
        made = replace(made, values=lambda: _deep_heif(data, number))
    return made


def _jxl(data: bytes, kind: str, reading: Reading, limits: Limits) -> Opened:
    # Its plugin decodes when it opens, so the size has to be known before.
    width, height = jxl_size(data) or (0, 0)
    check_size(Header(format=kind, width=width, height=height), limits)
    Image.MAX_IMAGE_PIXELS = limits.pixels  # a JPEG within has a size of its own
    image = _pillow(data, kind)
    # libjxl turns what it decodes; a JPEG that is taken out whole it does not.
    turn = orientation(image) if getattr(image, "jpeg", False) else 1
    return _of(image, data, kind, turn=turn)


def _tiff(data: bytes, kind: str, reading: Reading, limits: Limits) -> Opened:
    data, page, warnings = tiffs.page_of(data, reading.page)
    if page is not None and page.is_deep:
        check_size(Header(format=kind, width=page.size[0], height=page.size[1]), limits)
        if page.weight > _MOST_BYTES:
            text = f"The TIFF has {page.weight} bytes of samples. Save it in 16 bits."
            raise InvalidImage("imaging.too_large", text, "header")
        return Opened(
            data=data,
            format=kind,
            size=page.size,
            values=lambda: tiffs.values(data, page),
            icc=page.icc,
            turn=page.orientation,
            warnings=tuple(warnings),
        )
    image = _pillow(data, kind)
    # Pillow turns a TIFF by itself.
    return _of(image, data, kind, turn=1, warnings=tuple(warnings))


def _by_values(data: bytes, kind: str, reading: Reading, limits: Limits) -> Opened:
    return Opened(
        data=data,
        format=kind,
        size=light.size_of(data, kind),
        values=lambda: light.values_of(data, kind),
        is_linear=kind != "qoi",
    )


def _of(image: Image.Image, data: bytes, kind: str, **more: Any) -> Opened:
    """What Pillow has opened, with what else is known of it."""
    made = Opened(
        data=data,
        format=kind,
        size=image.size,
        image=image,
        icc=image.info.get("icc_profile"),
        turn=orientation(image),
    )
    return replace(made, **more)


def _numbered(opened: Opened, points: tuple[int, int] | None) -> Opened:
    """With the colours that numbers say, where no profile says them."""
    if opened.icc or points is None:
        return opened
    if code_points.is_hdr(points[1]):
        return replace(opened, hdr=points)
    return replace(opened, icc=code_points.profile_of(*points))


def _deepened(values: NDArray[Any]) -> NDArray[np.uint16]:
    """In 16 bits, of as many as the highest value needs of 8, 10, 12 or 16."""
    highest = int(values.max(initial=0))
    bits = (
        8
        if values.dtype == np.uint8
        else next(bits for bits in (10, 12, 16) if highest < 1 << bits)
    )
    scaled = values.astype(np.uint32) * 65535 // ((1 << bits) - 1)
    return scaled.astype(np.uint16)


def _deep_heif(data: bytes, number: int) -> NDArray[Any]:
    file = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
    return np.asarray(file[number])


type _Opener = Callable[[bytes, str, Reading, Limits], Opened]
_OPENERS: dict[str, _Opener] = {
    "jpeg": _jpeg,
    "png": _png,
    "gif": _gif,
    "avif": _avif,
    "heif": _heif,
    "jxl": _jxl,
    "tiff": _tiff,
    "exr": _by_values,
    "hdr": _by_values,
    "qoi": _by_values,
}


def _pillow(data: bytes, kind: str) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=[pillow_name(kind)])


def pillow_name(kind: str) -> str:
    """What Pillow calls a format."""
    return _NAMES.get(kind, kind.upper())


def _turn_to_picture(image: Image.Image, page: int) -> None:
    """To the primary picture, which is page 1, or to another, in the file's order."""
    if page == 1:
        return
    others = [n for n in range(getattr(image, "n_frames", 1)) if n != image.tell()]
    if page - 2 >= len(others):
        raise no_page(page)
    image.seek(others[page - 2])


def no_page(page: int) -> InvalidImage:
    """What is raised for a page or frame that is not there."""
    text = f"The image has no page {page}."
    return InvalidImage("imaging.no_such_page", text, "/reading/page")


def orientation(image: Image.Image) -> int:
    """As EXIF says it, 1 to 8; 1 where there is none, or none that can be read."""
    if "exif" not in image.info:
        return 1
    try:
        found = image.getexif().get(ExifTags.Base.Orientation, 1)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, struct.error):
        return 1  # metadata that is damaged leaves the pixels as they are stored
    return found if isinstance(found, int) and 1 <= found <= 8 else 1
