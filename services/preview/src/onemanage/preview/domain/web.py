"""Web-size WebP images from the PNGs that the psd service exports. Pure: paths only."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from onemanage.contracts.steps import step
from onemanage.preview.domain.web_image import WebImage

_QUALITY = 82
_METHOD = 2  # WebP's effort, 0 to 6; above 2 it takes far longer for little
_REDUCING_GAP = 2.0


def make_web_images(
    sources: list[Path], out: Path, max_side: int, report: Callable[[int], None]
) -> list[WebImage]:
    """Write ``x.webp`` to ``out`` for each ``x.png``, at most ``max_side`` pixels either way.

    Alpha is kept. One that cannot be made names its failure and stops no other.
    """
    # The sources are our own exports, within the limits that held for the document.
    Image.MAX_IMAGE_PIXELS = None
    made = []
    for source in sources:
        try:
            made.append(_make(source, out, max_side))
        except (OSError, ValueError, MemoryError) as error:
            why = f"{type(error).__name__}: {error}"
            made.append(WebImage(0, 0, 0, "", failure=why))
        report(len(made))
    return made


def _make(source: Path, out: Path, max_side: int) -> WebImage:
    with Image.open(source, formats=["PNG"]) as opened:
        image: Image.Image = opened
        with step("decode"):
            if image.mode not in ("RGB", "RGBA"):
                has_alpha = "A" in image.getbands() or "transparency" in image.info
                image = image.convert("RGBA" if has_alpha else "RGB")
            image.thumbnail((max_side, max_side), reducing_gap=_REDUCING_GAP)
        target = out / f"{source.stem}.webp"
        with step("encode"):
            image.save(target, "WEBP", quality=_QUALITY, method=_METHOD)
    data = target.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    return WebImage(image.width, image.height, len(data), digest)
