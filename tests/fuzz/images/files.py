"""The files that are hurt: one or two small ones of each format, made here."""

import gzip
import io
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import imagecodecs
import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401  # registers itself with Pillow
import pypdfium2  # type: ignore[import-untyped]  # it has no types
from PIL import Image

pillow_heif.register_heif_opener()

SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40">
<defs><linearGradient id="g"><stop offset="0" stop-color="red"/><stop offset="1"/></linearGradient>
<filter id="f"><feGaussianBlur stdDeviation="2"/></filter></defs>
<rect width="60" height="40" fill="url(#g)"/><g transform="rotate(10)" filter="url(#f)">
<path d="M5 5 L50 8 C 40 20 20 30 5 35 Z" stroke="blue" stroke-width="2"/>
<text x="8" y="30" font-size="9">Text</text></g></svg>"""


def files() -> dict[str, bytes]:
    """By name, whose beginning is the format."""
    return {name: make() for name, make in _MADE.items()}


def _photo() -> Image.Image:
    chance = np.random.default_rng(3)
    coarse = chance.integers(0, 256, (6, 8, 3), np.uint8)
    return Image.fromarray(coarse).resize((64, 48), Image.Resampling.BICUBIC)


def _saved(kind: str, mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    _photo().convert(mode).save(out, kind, **options)
    return out.getvalue()


def _animated(kind: str) -> bytes:
    frames = [_photo().rotate(20 * number) for number in range(5)]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=40)
    return out.getvalue()


def _second() -> bytes:
    out = io.BytesIO()
    _photo().save(out, "MPO", save_all=True, append_images=[_photo().reduce(2)])
    return out.getvalue()


def _light() -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.asarray(_photo()).astype(np.float32) / np.float32(128)


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "what is said of it"
    return exif.tobytes()


def _pdf() -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(90, 60)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def _video() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.mp4"
        with av.open(str(path), mode="w") as container:
            stream = container.add_stream("mpeg4", rate=5)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            for number in range(6):
                pixels = np.asarray(_photo().rotate(15 * number))
                frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path.read_bytes()


_MADE: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: _saved("JPEG", exif=_exif()),
    "jpeg-cmyk": lambda: _saved("JPEG", "CMYK"),
    "jpeg-progressive": lambda: _saved("JPEG", progressive=True),
    "png": lambda: _saved("PNG", "RGBA"),
    "png-palette": lambda: _saved("PNG", "P"),
    "apng": lambda: _animated("PNG"),
    "webp": lambda: _saved("WEBP"),
    "webp-animated": lambda: _animated("WEBP"),
    "avif": lambda: _saved("AVIF"),
    "heif": lambda: _saved("HEIF"),
    "jxl": lambda: _saved("JXL"),
    "tiff": lambda: _saved("TIFF", compression="tiff_lzw"),
    "gif": lambda: _animated("GIF"),
    "bmp": lambda: _saved("BMP"),
    "ico": lambda: _saved("ICO", "RGBA", sizes=[(64, 48)]),
    "jp2": lambda: _saved("JPEG2000", "RGBA"),
    "tga": lambda: _saved("TGA", compression="tga_rle"),
    "ppm": lambda: _saved("PPM"),
    "qoi": lambda: bytes(imagecodecs.qoi_encode(np.asarray(_photo()))),
    "exr": lambda: bytes(imagecodecs.exr_encode(_light())),
    "hdr": lambda: bytes(imagecodecs.rgbe_encode(_light(), header=True)),
    "tiff-float": lambda: bytes(
        imagecodecs.tiff_encode(_light(), photometric="rgb", compression="lzw")
    ),
    "png-16": lambda: bytes(
        imagecodecs.png_encode(np.asarray(_photo()).astype(np.uint16) * np.uint16(257))
    ),
    "jpeg-second": _second,
    "svg": lambda: SVG.encode(),
    "svgz": lambda: gzip.compress(SVG.encode()),
    "pdf": _pdf,
    "mp4": _video,
}
