"""Small documents with slots."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import BlendMode

from onemanage.contracts.psd.templates import Slot, SlotValue
from onemanage.local.sample_layers import (
    Words,
    add_smart_object,
    add_type,
    embed,
    set_psd_id,
)
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.read import open_document, quiet
from onemanage.psd.domain.render import render
from onemanage.psd.domain.templates.compiled import Compiled, compile_template
from onemanage.psd.domain.templates.define import define

WIDTH, HEIGHT = 120, 90
ID = "3f6a1c1e-0000-4000-8000-0123456789ab"
RED, GREEN, BLUE = (220, 30, 30), (30, 200, 60), (20, 60, 230)

type Pixels = NDArray[np.uint8]


def flat(width: int, height: int, *color: int) -> Pixels:
    return np.full((height, width, len(color)), color, np.uint8)


def document(mode: str = "RGB") -> PSDImage:
    """A ground of noise."""
    psd = PSDImage.new(mode, (WIDTH, HEIGHT))
    channels = {"L": 1, "RGB": 3, "CMYK": 4}[mode]
    noise = np.random.default_rng(3).integers(0, 256, (HEIGHT, WIDTH, channels))
    psd.create_pixel_layer_from_array(noise.astype(np.uint8), "ground")
    return psd


def written(psd: PSDImage, path: Path) -> Path:
    with path.open("wb") as file:
        psd._record.write(file)
    return path


def file_of(color: tuple[int, ...], path: Path, size: tuple[int, int]) -> Path:
    Image.new("RGB" if len(color) == 3 else "RGBA", size, color).save(path)
    return path


def png(size: tuple[int, int], color: tuple[int, int, int] = RED) -> bytes:
    found = io.BytesIO()
    Image.new("RGB", size, color).save(found, "png")
    return found.getvalue()


def slots_of(path: Path) -> dict[str, Slot]:
    return {slot.name: slot for slot in define(path, [], []).slots}


def compiled(path: Path) -> Compiled:
    return compile_template(path, define(path, [], []).slots, [])


def rendered(path: Path) -> Pixels:
    with quiet():
        return render(open_document(path, Limits())).planes


def text(value: str) -> SlotValue:
    return SlotValue(text=value)


def words(
    said: str, at: tuple[float, float] = (4, 24), size: float = 16, **more: object
) -> Words:
    return Words(text=said, at=at, size=size, color=BLUE, **more)  # type: ignore[arg-type]


def everything(path: Path) -> Path:
    """One slot of each kind among layers that blend, clip, mask and pass through."""
    psd = document()
    group = psd.create_group(name="passing", opacity=255)
    group.create_pixel_layer_from_array(flat(60, 40, 90, 200, 90, 130), "veil", left=9)
    photo = add_smart_object(
        group,
        "{{photo}}",
        Image.new("RGB", (40, 30), RED),
        ((10, 20), (52, 24), (48, 60), (12, 52)),
        ID,
    )
    photo.blend_mode = BlendMode.MULTIPLY
    clipped = group.create_pixel_layer_from_array(
        flat(30, 30, 255, 240, 0, 120), "clipped", left=20, top=25
    )
    clipped.clipping = True
    group.create_pixel_layer_from_array(
        flat(50, 20, 10, 10, 200, 160), "screen", left=30, top=40
    ).blend_mode = BlendMode.SCREEN
    isolated = psd.create_group(name="isolated", opacity=180)
    isolated.blend_mode = BlendMode.NORMAL
    add_type(isolated, "{{title}}", words("Title", (6, 80)))
    isolated.create_pixel_layer_from_array(
        flat(20, 20, 0, 0, 0, 90), "over the title", left=20, top=65
    )
    choice = psd.create_group(name="{{badge}}")
    for name, color in (("new", GREEN), ("sale", RED)):
        layer = choice.create_pixel_layer_from_array(
            flat(16, 16, *color, 200), name, left=100, top=4
        )
        layer.visible = name == "new"
    seal = psd.create_pixel_layer_from_array(
        flat(12, 12, 250, 120, 0, 255), "{{seal:visibility}}", left=100, top=70
    )
    seal.create_mask(
        Image.fromarray(np.tile(np.arange(0, 240, 20), (12, 1)).astype(np.uint8))
    )
    psd.create_pixel_layer_from_array(
        flat(WIDTH, HEIGHT, 255, 255, 255, 40), "haze"
    ).blend_mode = BlendMode.OVERLAY
    embed(psd, ID, "photo.png", png((40, 30)))
    return written(psd, path)


__all__ = ["set_psd_id"]
