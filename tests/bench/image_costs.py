"""What formats and operations cost a pixel: the source of the table in domain/costs.py.

    make bench NAME=image_costs

Nanoseconds of processor time for each pixel, in this process, which does nothing else:
of reading a source at its full size and at a quarter of its width, of writing, and of
each operation that costs more than most. Of a photo, the least of three runs.
"""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from PIL import Image

from onemanage.contracts.imaging.outputs import AnyOutput
from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.imaging.domain.inputs import read_picture
from onemanage.imaging.domain.operations import Context, carried_out
from onemanage.imaging.domain.outputs import encode
from onemanage.imaging.domain.picture import Limits, Picture
from tests.bench.parts import image_inputs

SIDE = 1400
OUTPUTS: tuple[dict[str, Any], ...] = (
    {"format": "jpeg"},
    {"format": "png"},
    {"format": "webp"},
    {"format": "webp", "effort": 6},
    {"format": "webp", "lossless": True},
    {"format": "avif"},
    {"format": "avif", "speed": 2},
    {"format": "jxl"},
    {"format": "jxl", "effort": 7},
    {"format": "tiff"},
    {"format": "gif"},
    {"format": "jpeg", "ssim": 0.95},
    {"format": "webp", "max_bytes": 90_000},
)
OPERATIONS: tuple[dict[str, Any], ...] = (
    {"op": "resize", "width": SIDE // 2},
    {"op": "rotate", "angle": 10},
    {"op": "sharpen"},
    {"op": "blur", "sigma": 5},
    {"op": "denoise"},
    {"op": "auto_levels"},
    {"op": "adjust", "saturation": 1.2},
    {"op": "drop_shadow"},
    {"op": "crop", "width": 700, "height": 700, "gravity": "attention"},
    {"op": "crop", "width": 700, "height": 700, "gravity": "face"},
)


def nanoseconds(work: Callable[[], object], pixels: int) -> float:
    """Of processor time, for each pixel."""
    found = []
    for _ in range(3):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return round(min(found) * 1e9 / pixels, 1)


def reading(folder: Path) -> dict[str, dict[str, float]]:
    photo = Image.open(image_inputs.jpeg(folder / "source.jpg", 12)).convert("RGB")
    photo = photo.resize((SIDE, SIDE))
    found = {}
    for ending in ("jpg", "png", "webp", "avif", "heic", "jxl", "tif", "gif", "jp2"):
        file = folder / f"of.{ending}"
        photo.save(file)
        found[ending] = {
            name: nanoseconds(
                lambda file=file, scale=scale: read_picture(  # type: ignore[misc]  # mypy infers no type for a lambda's default
                    file, scale=lambda _width, _height: scale
                ),
                SIDE * SIDE,
            )
            for name, scale in (("whole", 1.0), ("quarter", 0.25))
        }
        print("read", ending, found[ending], flush=True)
    return found


def writing(picture: Picture) -> dict[str, float]:
    found = {}
    for output in OUTPUTS:
        made = msgspec.convert(output, AnyOutput)
        name = json.dumps(output)
        found[name] = nanoseconds(
            lambda made=made: encode(picture, made, ""), SIDE * SIDE  # type: ignore[misc]  # as above
        )
        print("write", name, found[name], flush=True)
    return found


def operating(picture: Picture) -> dict[str, float]:
    context = Context(limits=Limits(), watermarks={})
    found = {}
    for operation in OPERATIONS:
        recipe = check_recipe({"operations": [operation]})
        name = json.dumps(operation)
        found[name] = nanoseconds(
            lambda recipe=recipe: carried_out(picture, recipe.operations, context, ""),  # type: ignore[misc]  # as above
            SIDE * SIDE,
        )
        print("operate", name, found[name], flush=True)
    return found


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as name:
        folder = Path(name)
        read = reading(folder)
        with Image.open(folder / "of.png") as opened:
            picture = Picture(frames=(np.asarray(opened.convert("RGB")),))
        told = {
            "reading": read,
            "writing": writing(picture),
            "operations": operating(picture),
        }
    print(json.dumps({"bench": "image_costs", "nanoseconds": told}))


if __name__ == "__main__":
    main()
