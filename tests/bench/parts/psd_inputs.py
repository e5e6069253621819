"""Heavy documents for the benches, made from a seed, fast.

Their pixels are slopes with grain, within a soft-edged ellipse, as of photographs:
they compress neither for nothing nor not at all.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import ImageCms
from psd_tools import PSDImage
from psd_tools.constants import Compression, Resource
from psd_tools.psd.image_resources import ImageResource

MEGABYTE = 1_000_000
_WIDTH, _HEIGHT = 1300, 1000
_P3 = {
    b"rXYZ": (0.51512, 0.24120, -0.00105),
    b"gXYZ": (0.29198, 0.69225, 0.04189),
    b"bXYZ": (0.15710, 0.06657, 0.78407),
}
"""Display P3's primaries as an ICC profile has them, adapted to D50."""

type Array = NDArray[Any]


@dataclass(frozen=True)
class Kind:
    """What a heavy document is made of."""

    mode: str = "RGB"
    depth: Literal[8, 16] = 8
    layers: int = 14
    psb: bool = False
    managed: bool = False
    compression: Compression = Compression.RLE


KINDS = {
    "rgb_14": Kind(),
    "cmyk_14": Kind(mode="CMYK"),
    "psb16_14": Kind(depth=16, psb=True),
    "icc_14": Kind(managed=True),
}
"""Over 50 MB each."""


def heavy(path: Path, kind: Kind) -> Path:
    """Layers of 1.3 megapixels; the lowest is the merged image as well."""
    colors = 4 if kind.mode == "CMYK" else 3
    chance = np.random.default_rng(kind.layers)
    document = PSDImage.new(kind.mode, (_WIDTH, _HEIGHT), depth=kind.depth)
    if kind.psb:  # before there are rows to pack
        document._record.header.version = 2
    grain = _grain(chance, kind.depth)
    for number in range(kind.layers):
        pixels = _pixels(chance, grain, colors, kind.depth)
        document.create_pixel_layer_from_array(
            pixels, f"layer {number}", compression=kind.compression
        )
        if not number:
            _merge(document, pixels[:, :, :colors])
    if kind.managed:
        resource = ImageResource(key=Resource.ICC_PROFILE.value, data=display_p3())
        document.image_resources[Resource.ICC_PROFILE] = resource
    with path.open("wb") as file:  # saving would compose it first
        document._record.write(file)
    return path


def small_layers(path: Path, count: int = 77) -> Path:
    """On a large canvas, none of them larger than 300 x 300."""
    chance = np.random.default_rng(count)
    document = PSDImage.new("RGB", (2113, 4925))
    source = _pixels(chance, _grain(chance, 8), 3, 8)
    for number in range(count):
        height, width = (int(side) for side in chance.integers(40, 300, 2))
        top, left = (int(x) for x in chance.integers(0, _HEIGHT - 300, 2))
        document.create_pixel_layer_from_array(
            source[top : top + height, left : left + width],
            f"layer {number}",
            left=int(chance.integers(0, 1900)),
            top=int(chance.integers(0, 4700)),
        )
    with path.open("wb") as file:
        document._record.write(file)
    return path


def of_size(path: Path, megabytes: int) -> Path:
    """An RGB document of at least so many megabytes, stored raw."""
    channels = 4 * _WIDTH * _HEIGHT / MEGABYTE
    layers = int(megabytes / channels) + 1
    return heavy(path, Kind(layers=layers, compression=Compression.RAW))


def built(folder: Path) -> dict[str, Callable[[], Path]]:
    """Makers by name: a document is made when it is its turn."""
    makers: dict[str, Callable[[], Path]] = {}
    for name, kind in KINDS.items():
        path = folder / f"{name}.{'psb' if kind.psb else 'psd'}"
        makers[name] = lambda path=path, kind=kind: heavy(path, kind)  # type: ignore[misc]  # bound by the loop
    makers["small_77"] = lambda: small_layers(folder / "small_77.psd")
    return makers


def display_p3() -> bytes:
    """Pillow's sRGB profile with other primaries."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    data = bytearray(profile.tobytes())
    for number in range(struct.unpack_from(">I", data, 128)[0]):
        name, offset, _ = struct.unpack_from(">4sII", data, 132 + 12 * number)
        if name in _P3:
            fixed = (round(value * 65536) for value in _P3[name])
            struct.pack_into(">iii", data, offset + 8, *fixed)
    return bytes(data)


def _grain(chance: np.random.Generator, depth: int) -> Array:
    top = 12 if depth == 8 else 3000
    return chance.integers(0, top, (_HEIGHT, _WIDTH), np.uint16)


def _pixels(
    chance: np.random.Generator, grain: Array, colors: int, depth: int
) -> Array:
    """(height, width, colours + 1), alpha last."""
    full = (1 << depth) - 1
    room = full - int(grain.max())
    out = np.empty((_HEIGHT, _WIDTH, colors + 1), np.uint8 if depth == 8 else np.uint16)
    x = np.linspace(-1, 1, _WIDTH, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, _HEIGHT, dtype=np.float32)[:, None]
    for number in range(colors):
        one, other = chance.integers(0, room, 2)
        slope = one + (other - one) * (x * 0.3 + y * 0.2 + 0.5)
        plane = slope.astype(out.dtype)
        plane += np.roll(grain, int(chance.integers(_WIDTH)), 1).astype(out.dtype)
        out[:, :, number] = plane
    edge = np.clip((1.05 - np.sqrt(x * x + y * y)) * 40, 0, 1) * full
    out[:, :, colors] = edge.astype(out.dtype)
    return out


def _merge(document: PSDImage, pixels: Array) -> None:
    header = document._record.header
    stored = pixels.astype(f">u{header.depth // 8}")
    planes = [stored[:, :, number].tobytes() for number in range(header.channels)]
    document._record.image_data.set_data(planes, header)
