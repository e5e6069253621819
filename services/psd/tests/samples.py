"""Small documents for the tests, written by psd-tools or by hand."""

import struct
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from psd_tools import PSDImage
from psd_tools.constants import BlendMode, ColorMode, Compression, Resource
from psd_tools.psd.layer_and_mask import ChannelData

CORPUS = Path(__file__).parents[4] / "shared/corpus/psd/psd-tools/tests/psd_files"
"""Beside the repository; absent from most machines."""


def noise(*shape: int, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def layered(path: Path, mode: str = "RGB", depth: Literal[8, 16, 32] = 8) -> Path:
    """A background, and in a group of 50 % two layers, one hidden and one multiplied."""
    channels = {"L": 1, "RGB": 3, "CMYK": 4}[mode]
    document = PSDImage.new(mode, (40, 30), depth=depth)
    document.create_pixel_layer_from_array(noise(30, 40, channels), "background")
    group = document.create_group(name="group", opacity=128)
    group.create_pixel_layer_from_array(
        noise(8, 10, channels + 1, seed=1),
        "../../etc/passwd",
        left=-3,
        top=5,
        blend_mode=BlendMode.LINEAR_BURN,
    )
    hidden = group.create_pixel_layer_from_array(
        noise(6, 7, channels + 1, seed=2), "hidden", left=20, top=20, opacity=51
    )
    hidden.visible = False
    hidden.name = "hidden \N{EYE}"
    document.save(path)
    return path


def with_damaged_layer(path: Path) -> Path:
    """The second of three layers claims to be deflated and is not."""
    document = PSDImage.new("RGB", (20, 20))
    for number in range(3):
        document.create_pixel_layer_from_array(noise(9, 9, 3, seed=number), f"{number}")
    broken: ChannelData = document[1]._channels[1]
    broken.compression = Compression.ZIP
    broken.data = b"not deflated"
    with path.open("wb") as file:
        document._record.write(file)
    return path


def without_composite(path: Path) -> Path:
    """Saved without 'Maximize compatibility': the merged image is blank."""
    document = PSDImage.new("RGB", (16, 12))
    document.create_pixel_layer_from_array(noise(12, 16, 3), "only")
    document.image_resources.get_data(1057).has_composite = False
    with path.open("wb") as file:
        document._record.write(file)
    return path


def with_merged(
    path: Path,
    planes: NDArray[np.uint8],
    mode: ColorMode = ColorMode.RGB,
    *,
    says_alpha: bool,
) -> Path:
    """One layer under a merged image of these (channels, height, width). Photoshop says
    that the last of them is the alpha; painters' programs say nothing."""
    height, width = planes.shape[1:]
    document = PSDImage.new("RGB", (width, height))
    document.create_pixel_layer_from_array(noise(height, width, 3), "layer")
    record = document._record
    record.header.channels, record.header.color_mode = len(planes), mode
    layers = record.layer_and_mask_information.layer_info
    assert layers is not None
    layers.layer_count = -1 if says_alpha else 1
    if not says_alpha:
        document.image_resources.pop(Resource.VERSION_INFO)
    record.image_data.compression = Compression.RAW
    record.image_data.set_data([plane.tobytes() for plane in planes], record.header)
    with path.open("wb") as file:
        record.write(file)
    return path


def with_layers(path: Path, count: int, width: int, height: int) -> Path:
    """Layers that claim to be large and hold next to nothing."""
    document = PSDImage.new("RGB", (8, 8))
    for number in range(count):
        document.create_pixel_layer_from_array(noise(1, 1, 3), f"{number}")
    for layer in document:
        record = layer._record
        record.right, record.bottom = record.left + width, record.top + height
    with path.open("wb") as file:
        document._record.write(file)
    return path


def header(
    *, width: int, height: int, version: int = 1, depth: int = 8, sections: bytes = b""
) -> bytes:
    head = struct.pack(">4sH6xHIIHH", b"8BPS", version, 3, height, width, depth, 3)
    return head + (sections or bytes(12 if version == 1 else 16) + bytes(2))


def cmyk_profile(name: str, lab: tuple[int, int, int]) -> bytes:
    """An ICC profile by which every mixture of inks has this colour (lut8, Lab)."""
    color = bytes([round(lab[0] * 2.55), lab[1] + 128, lab[2] + 128])
    straight = bytes(range(256))
    head = struct.pack(">4s4xBBBx9i", b"mft1", 4, 3, 2, *(0,) * 9)
    table = head + straight * 4 + color * 16 + straight * 3
    text = name.encode() + b"\0"
    tags = {
        b"desc": struct.pack(">4s4xI", b"desc", len(text)) + text + bytes(78),
        b"wtpt": struct.pack(">4s4x3i", b"XYZ ", 63190, 65536, 54061),
        b"A2B0": table,
    }
    return tagged(tags, b"prtr", b"CMYK", b"Lab ")


def tagged(tags: dict[bytes, bytes], kind: bytes, space: bytes, to: bytes) -> bytes:
    """An ICC profile, version 2, of these tags."""
    place = 132 + 12 * len(tags)
    index, body = struct.pack(">I", len(tags)), b""
    for tag, data in tags.items():
        data += bytes(-len(data) % 4)
        index += struct.pack(">4sII", tag, place + len(body), len(data))
        body += data
    head = struct.pack(">I4xI4s4s4s", place + len(body), 0x02100000, kind, space, to)
    head += struct.pack(">6H4s", 2000, 1, 1, 0, 0, 0, b"acsp").ljust(44, b"\0")
    return head + struct.pack(">3i48x", 63190, 65536, 54061) + index + body
