"""What a file shows. Runs in the sandbox's child."""

from pathlib import Path

import msgspec

from onemanage.contracts.imaging.analysis import Analysis, Face
from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.analysis.analyse import LARGEST, Source, analyse
from onemanage.imaging.domain.headers import HEAD, sniff
from onemanage.imaging.domain.inputs import read_header, read_picture
from onemanage.imaging.domain.outputs import MEDIA_TYPES
from onemanage.imaging.domain.picture import Limits

ANALYSIS_SIDE = LARGEST
"""Pixels of the longer side that are enough to say everything that is said."""
_STILL = Reading(animated=False)
_INPUT_TYPES = MEDIA_TYPES | {
    "heif": "image/heic",
    "jp2": "image/jp2",
    "bmp": "image/bmp",
    "ico": "image/vnd.microsoft.icon",
    "cur": "image/vnd.microsoft.icon",
    "tga": "image/x-tga",
    "pnm": "image/x-portable-anymap",
    "exr": "image/x-exr",
    "hdr": "image/vnd.radiance",
    "qoi": "image/qoi",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "mov": "video/mp4",
    "matroska": "video/x-matroska",
    "avi": "video/x-msvideo",
}


def analyze_file(path: Path, limits: Limits = Limits()) -> Analysis:
    """What a file shows; of an animated one its first frame. Raises InvalidImage."""
    header = read_header(path, _STILL, limits)
    longer = max(header.width, header.height)
    picture = read_picture(
        path, _STILL, limits, lambda width, height: min(1.0, ANALYSIS_SIDE / longer)
    )
    with path.open("rb") as file:
        kind = sniff(file.read(HEAD)) or header.format
    source = Source(
        format=header.format,
        media_type=_INPUT_TYPES.get(kind, "application/octet-stream"),
        size=path.stat().st_size,
        frames=header.frames,
    )
    return _in_full_size(analyse(picture.first, source), header.width, header.height)


def _in_full_size(found: Analysis, width: int, height: int) -> Analysis:
    """With lengths in pixels of the file, where it was looked at smaller."""
    across, down = width / found.width, height / found.height
    faces = [
        Face(
            left=round(face.left * across),
            top=round(face.top * down),
            width=round(face.width * across),
            height=round(face.height * down),
            confidence=face.confidence,
        )
        for face in found.faces
    ]
    return msgspec.structs.replace(found, width=width, height=height, faces=faces)
