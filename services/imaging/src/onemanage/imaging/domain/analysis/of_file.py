"""What a file shows. Runs in the sandbox's child."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from onemanage.contracts.imaging.analysis import Analysis, Face
from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.analysis.analyse import LARGEST, Source, analyse
from onemanage.imaging.domain.analysis.facts import facts_of
from onemanage.imaging.domain.analysis.lqip import lqip
from onemanage.imaging.domain.headers import HEAD, sniff
from onemanage.imaging.domain.inputs import read_header, read_picture
from onemanage.imaging.domain.metadata.told import told_of
from onemanage.imaging.domain.outputs import MEDIA_TYPES
from onemanage.imaging.domain.picture import Limits
from onemanage.imaging.domain.videos import streams

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


def analyze_file(
    path: Path, include: Sequence[str] = (), limits: Limits = Limits()
) -> Analysis:
    """What a file shows, and says of itself; of an animated one the first frame.

    Where it was taken is told where ``include`` names ``place``. Raises InvalidImage.
    """
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
    found = _in_full_size(analyse(picture.first, source), header.width, header.height)
    return msgspec.structs.replace(
        found,
        **{"pages": header.pages} | facts_of(path, kind, limits),
        **_said(path, include),
        lqip=lqip(picture.first),
        dominant=found.palette[0].color if found.palette else found.average,
        video=streams(path, kind, limits) if header.format == "video" else None,
    )


def _said(path: Path, include: Sequence[str]) -> dict[str, Any]:
    """What the file says of itself beside its pixels."""
    told = told_of(path)
    return {
        "shot": told.shot,
        "description": told.description,
        "place": told.place if "place" in include else None,
        "warnings": list(told.warnings),
    }


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
