"""What `best` costs beside plain outputs, and what analyses tell beside pixels.

    make bench NAME=image_outputs

CPU of one process and one thread, the least of three, in milliseconds; bytes of the
files. The picture is made here from a seed, with EXIF of a camera.
"""

import io
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PIL import ExifTags, Image

from onemanage.contracts.imaging.outputs import (
    AnyOutput,
    AvifOutput,
    BestOutput,
    JpegOutput,
    WebpOutput,
)
from onemanage.imaging.domain.analysis.facts import facts_of
from onemanage.imaging.domain.analysis.lqip import lqip
from onemanage.imaging.domain.analysis.of_file import analyze_file
from onemanage.imaging.domain.best import smallest
from onemanage.imaging.domain.encoders import encoded
from onemanage.imaging.domain.inputs import read_picture
from onemanage.imaging.domain.metadata.told import told_of
from onemanage.imaging.domain.picture import Limits, Picture, Pixels
from tests.bench.parts.image_inputs import photo

SIZES = ((1600, 1200), (4000, 3000))
PLAIN: tuple[AnyOutput, ...] = (JpegOutput(), WebpOutput(), AvifOutput())
SEARCHED = (
    BestOutput(formats=["jpeg", "png"]),
    BestOutput(formats=["webp", "jpeg", "png"]),
    BestOutput(formats=["avif", "webp", "jpeg", "png"]),
)


def main() -> None:
    """Print a table for each size."""
    with tempfile.TemporaryDirectory() as folder:
        for width, height in SIZES:
            print(f"\n{width} x {height}")
            pixels = photo(width, height, 1)
            _outputs(Picture(frames=(pixels,)))
            _analyses(pixels, Path(folder) / "photo.jpg")


def _outputs(picture: Picture) -> None:
    for plain in PLAIN:
        cost, data = _cpu(partial(encoded, picture, plain))
        name = plain.__struct_config__.tag
        print(f"  {name:<24}{cost:8.0f} ms{len(data):10,} bytes")
    for best in SEARCHED:
        cost, made = _cpu(partial(smallest, picture, best, "/output"))
        names = "best of " + " ".join(best.formats)
        chosen = made[1].__struct_config__.tag
        print(f"  {names:<32}{cost:8.0f} ms{len(made[0]):10,} bytes, {chosen}")


def _analyses(pixels: Pixels, path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "Phone"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ISOSpeedRatings] = 200
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90, exif=exif)
    path.write_bytes(file.getvalue())
    shown = read_picture(path, scale=lambda width, height: min(1.0, 2048 / width)).first
    for name, work in (
        ("analysis", lambda: analyze_file(path)),
        ("of it depth, profile, time", lambda: facts_of(path, "jpeg", Limits())),
        ("of it metadata", lambda: told_of(path)),
        ("of it placeholder", lambda: lqip(shown)),
    ):
        print(f"  {name:<32}{_cpu(work)[0]:8.1f} ms")


def _cpu[T](work: Callable[[], T]) -> tuple[float, T]:
    costs = []
    for _ in range(3):
        begun = time.process_time()
        made = work()
        costs.append(time.process_time() - begun)
    return min(costs) * 1000, made


if __name__ == "__main__":
    main()
