"""EXIF (CIPA DC-008, 2.32): what a camera has said, and what of it goes on."""

import math
import re
from collections.abc import Mapping
from typing import Any

from PIL import ExifTags, Image, TiffImagePlugin

from onemanage.contracts.imaging.metadata import Place, Shot

Base, Gps = ExifTags.Base, ExifTags.GPS
_MOST_TEXT = 2_000
_DATE = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"[+-]\d\d:\d\d")
_KEPT = (
    Base.ImageDescription,
    Base.Make,
    Base.Model,
    Base.Software,
    Base.DateTime,
    Base.Artist,
    Base.Copyright,
)
"""Of the first directory. The others say how the pixels are stored, or are Windows'
copies of these."""
_LEFT_OUT = (
    Base.MakerNote,
    Base.UserComment,
    Base.ExifImageWidth,
    Base.ExifImageHeight,
    Base.ExifInteroperabilityOffset,
    Base.SubjectLocation,
    0x9214,  # SubjectArea, which Pillow has no name for
    Base.ColorSpace,
    Base.ComponentsConfiguration,
    Base.CompressedBitsPerPixel,
    Base.RelatedSoundFile,
)
"""Of the camera's directory: what only its maker reads and holds addresses within the
file, and what is true of the source's pixels alone."""


def loaded(data: bytes) -> Image.Exif:
    """Directories of a TIFF that holds EXIF. Raises what Pillow does."""
    made = Image.Exif()
    if data:
        made.load(b"Exif\0\0" + data)
        len(made)  # it reads them when it is asked
    return made


def shot_of(exif: Image.Exif) -> Shot | None:
    """How it was taken; None where nothing is said about it."""
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    flash = _number(camera.get(Base.Flash))
    made = Shot(
        make=text_of(exif.get(Base.Make)),
        model=text_of(exif.get(Base.Model)),
        lens=text_of(camera.get(Base.LensModel)),
        software=text_of(exif.get(Base.Software)),
        taken_at=_moment(
            camera.get(Base.DateTimeOriginal) or camera.get(Base.DateTimeDigitized),
            camera.get(Base.OffsetTimeOriginal) or camera.get(Base.OffsetTime),
        ),
        exposure=_positive(camera.get(Base.ExposureTime)),
        aperture=_positive(camera.get(Base.FNumber)),
        iso=_whole(camera.get(Base.ISOSpeedRatings)),
        focal_length=_positive(camera.get(Base.FocalLength)),
        focal_length_35mm=_whole(camera.get(Base.FocalLengthIn35mmFilm)),
        flash=None if flash is None else bool(int(flash) & 1),
    )
    return None if made == Shot() else made


def place_of(exif: Image.Exif) -> Place | None:
    """Where it was taken, by GPS; None where that is not said."""
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    latitude = _degrees(gps.get(Gps.GPSLatitude), gps.get(Gps.GPSLatitudeRef), "S")
    longitude = _degrees(gps.get(Gps.GPSLongitude), gps.get(Gps.GPSLongitudeRef), "W")
    if latitude is None or longitude is None:
        return None
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    altitude = _number(gps.get(Gps.GPSAltitude))
    if altitude is not None and gps.get(Gps.GPSAltitudeRef) in (1, b"\x01"):
        altitude = -altitude
    return Place(
        latitude=round(latitude, 7),
        longitude=round(longitude, 7),
        altitude=None if altitude is None else round(altitude, 2),
    )


def written(
    texts: Mapping[int, str],
    size: tuple[int, int] | None,
    dpi: int | None,
    kept: Image.Exif | None = None,
    with_place: bool = False,
) -> bytes:
    """A TIFF that holds EXIF: of ``kept`` what goes on, ``texts`` of its first
    directory, and the size of the image as it is now. Empty where nothing is said."""
    made = Image.Exif()
    if kept is not None:
        _copy(kept, made, with_place)
    for tag, text in texts.items():
        if text:
            made[tag] = text.encode("utf-8")
    if dpi is not None:
        made[Base.XResolution] = made[Base.YResolution] = _rational(dpi)
        made[Base.ResolutionUnit] = 2  # inches
    if size is not None and kept is not None:
        camera = made.get_ifd(ExifTags.IFD.Exif)
        if camera:
            camera[Base.ExifImageWidth], camera[Base.ExifImageHeight] = size
    if not len(made):
        return b""
    return made.tobytes().removeprefix(b"Exif\0\0")


def _copy(kept: Image.Exif, made: Image.Exif, with_place: bool) -> None:
    for tag in _KEPT:
        if tag in kept:
            made[tag] = as_stored(kept[tag])
    camera = {
        tag: as_stored(value)
        for tag, value in kept.get_ifd(ExifTags.IFD.Exif).items()
        if tag not in _LEFT_OUT
    }
    if camera:
        made.get_ifd(ExifTags.IFD.Exif).update(camera)
    gps = kept.get_ifd(ExifTags.IFD.GPSInfo)
    if with_place and gps:
        made.get_ifd(ExifTags.IFD.GPSInfo).update(gps)


def as_stored(value: Any) -> Any:
    """A text in the bytes that Pillow has read as Latin-1: it would write question
    marks for what is no ASCII."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("latin-1", "replace")
    return value


def text_of(value: Any) -> str:
    """A text of EXIF: what stands before its end, without blanks around it."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    plain = value.partition("\0")[0].strip()[:_MOST_TEXT]
    # Pillow reads bytes as Latin-1; what phones write is UTF-8.
    try:
        return plain.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return plain


def _rational(value: int) -> TiffImagePlugin.IFDRational:
    return TiffImagePlugin.IFDRational(value, 1)


def _number(value: Any) -> float | None:
    """Finite; None for what is none."""
    if isinstance(value, tuple) and value:
        value = value[0]
    if isinstance(value, str | bytes):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _positive(value: Any) -> float | None:
    found = _number(value)
    return round(found, 6) if found is not None and found > 0 else None


def _whole(value: Any) -> int | None:
    found = _number(value)
    return round(found) if found is not None and 0 < found < 1e9 else None


def _moment(value: Any, offset: Any) -> str:
    """As ISO 8601 has it; empty for what is no moment, as unset clocks write."""
    found = _DATE.match(text_of(value))
    if found is None or found[1] == "0000":
        return ""
    year, month, day, hour, minute, second = found.groups()
    zone = _OFFSET.fullmatch(text_of(offset))
    said = zone[0] if zone else ""
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{said}"


def _degrees(value: Any, reference: Any, negative: str) -> float | None:
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    parts = [_number(part) for part in value]
    degrees, minutes, seconds = (part or 0.0 for part in parts)
    if parts[0] is None:
        return None
    found = degrees + minutes / 60 + seconds / 3600
    return -found if text_of(reference).upper() == negative else found
