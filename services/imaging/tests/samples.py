"""Small images of every kind, made by code."""

import io
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pillow_heif
import pypdfium2  # type: ignore[import-untyped]  # it has no types
from PIL import Image, ImageCms

from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.imaging.domain.operations import Context, carried_out
from onemanage.imaging.domain.picture import Picture, Pixels
from onemanage.imaging.domain.pipeline import run_recipe
from onemanage.imaging.domain.results import VariantResult

pillow_heif.register_heif_opener()


def photo(width: int = 96, height: int = 64, seed: int = 1) -> Pixels:
    """Soft shapes and a little noise, as a photograph has; RGB."""
    chance = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    planes = []
    for _ in range(3):
        plane = 128 + 60 * np.sin(x / chance.uniform(9, 30) + chance.uniform(0, 6))
        plane += 50 * np.cos(y / chance.uniform(9, 30) + chance.uniform(0, 6))
        planes.append(plane + chance.normal(0, 3, plane.shape))
    made: Pixels = np.clip(np.dstack(planes), 0, 255).astype(np.uint8)
    return made


def quarters(size: int = 40) -> Pixels:
    """Red, green, blue and white quarters, read like a page."""
    made = np.zeros((size, size, 3), np.uint8)
    half = size // 2
    made[:half, :half] = 255, 0, 0
    made[:half, half:] = 0, 255, 0
    made[half:, :half] = 0, 0, 255
    made[half:, half:] = 255, 255, 255
    return made


def face(size: int = 160) -> Pixels:
    """A drawn face that the cascades of OpenCV take for one; RGB."""
    side = size * 4
    made = np.full((side, side, 3), (120, 130, 140), np.uint8)
    eyes = [
        (x, *rest)
        for x in (0.385, 0.615)
        for rest in (
            (0.46, 0.085, 0.05, (150, 110, 90)),
            (0.405, 0.09, 0.018, (50, 35, 25)),
            (0.465, 0.06, 0.027, (240, 240, 240)),
            (0.465, 0.028, 0.028, (30, 20, 15)),
            (0.62, 0.07, 0.06, (228, 190, 168)),
        )
    ]
    for x, y, across, down, color in (
        (0.5, 0.45, 0.36, 0.42, (50, 35, 25)),
        (0.5, 0.53, 0.29, 0.38, (215, 175, 150)),
        (0.5, 0.35, 0.27, 0.13, (225, 188, 165)),
        *eyes,
        (0.5, 0.54, 0.032, 0.11, (232, 195, 172)),
        (0.5, 0.63, 0.055, 0.022, (170, 120, 100)),
        (0.5, 0.735, 0.11, 0.028, (150, 70, 70)),
        (0.5, 0.715, 0.10, 0.008, (90, 40, 40)),
    ):
        middle = int(x * side), int(y * side)
        axes = int(across * side), int(down * side)
        cv2.ellipse(made, middle, axes, 0, 0, 360, color, -1, cv2.LINE_AA)
    soft = cv2.GaussianBlur(made, (0, 0), side / 110)
    return np.asarray(cv2.resize(soft, (size, size), interpolation=cv2.INTER_AREA))


def saved(path: Path, pixels: Pixels, name: str, **options: Any) -> Path:
    Image.fromarray(pixels).save(path, name, **options)
    return path


def animation(
    path: Path, name: str, colors: Sequence[tuple[int, int, int]], side: int = 20
) -> Path:
    frames = [Image.new("RGB", (side, side), color) for color in colors]
    frames[0].save(
        path,
        name,
        save_all=True,
        append_images=frames[1:],
        duration=[50 * (number + 1) for number in range(len(frames))],
        loop=0,
    )
    return path


def ruled(width: int, height: int) -> Pixels:
    """Red is the column, green the row."""
    made = np.zeros((height, width, 3), np.uint8)
    made[:, :, 0] = np.arange(width)[None, :]
    made[:, :, 1] = np.arange(height)[:, None]
    return made


def svg(path: Path, body: str, size: str = 'width="40" height="20"') -> Path:
    text = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{body}</svg>'
    path.write_text(text, encoding="utf-8")
    return path


def pdf(path: Path, sizes: Sequence[tuple[float, float]]) -> Path:
    document = pypdfium2.PdfDocument.new()
    for width, height in sizes:
        document.new_page(width, height)
    document.save(path)
    document.close()
    return path


def video(path: Path, colors: Sequence[tuple[int, int, int]]) -> Path:
    """One frame a second of each colour."""
    with av.open(str(path), mode="w") as container:
        stream = container.add_stream("mpeg4", rate=1)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for color in colors:
            pixels = np.empty((48, 64, 3), np.uint8)
            pixels[:] = color
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def png_of(width: int, height: int, rows: int | None = None) -> bytes:
    """A gray PNG of zeros, which deflates to a thousandth."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

    packer = zlib.compressobj(9)
    row = bytes(width + 1)
    body = b"".join(
        packer.compress(row) for _ in range(height if rows is None else rows)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"IDAT", body + packer.flush()),
            chunk(b"IEND", b""),
        )
    )


def wide_gamut() -> bytes:
    """A profile with the primaries of Display P3 and a gamma of 2.2."""
    primaries = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
    white = 0.9642, 1.0, 0.8249
    from_xyz = _bradford((0.95046, 1.0, 1.08906), white)
    columns = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in primaries]).T
    share = np.linalg.solve(columns, np.array([0.95046, 1.0, 1.08906]))
    matrix = from_xyz @ (columns * share)
    return _profile(matrix, white)


def _bradford(
    source: tuple[float, ...], target: tuple[float, ...]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    cone = np.array(
        [
            [0.8951, 0.2664, -0.1614],
            [-0.7502, 1.7135, 0.0367],
            [0.0389, -0.0685, 1.0296],
        ]
    )
    gain = (cone @ np.array(target)) / (cone @ np.array(source))
    made: np.ndarray[Any, np.dtype[np.float64]]
    made = np.linalg.inv(cone) @ np.diag(gain) @ cone
    return made


def _profile(matrix: Any, white: tuple[float, float, float]) -> bytes:
    """An ICC profile of a matrix and a gamma (ICC.1:2001)."""

    def xyz(values: Any) -> bytes:
        numbers = [round(float(value) * 65536) for value in values]
        return b"XYZ " + bytes(4) + struct.pack(">3i", *numbers)

    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(2.2 * 256)) + bytes(2)
    tags = {
        b"wtpt": xyz(white),
        b"rXYZ": xyz(matrix[:, 0]),
        b"gXYZ": xyz(matrix[:, 1]),
        b"bXYZ": xyz(matrix[:, 2]),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    return _tagged(tags, b"mntr", b"RGB ", b"XYZ ")


def _tagged(tags: dict[bytes, bytes], kind: bytes, space: bytes, link: bytes) -> bytes:
    named = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(83),
        b"cprt": b"text" + bytes(4) + b"none\0\0\0\0",
        **tags,
    }
    table, body = struct.pack(">I", len(named)), b""
    start = 128 + 4 + 12 * len(named)
    for tag, data in named.items():
        data += bytes(-len(data) % 4)
        table += tag + struct.pack(">II", start + len(body), len(data))
        body += data
    size = start + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"none", 0x02400000, kind, space, link)
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return head + bytes(128 - len(head)) + table + body


def inks() -> bytes:
    """A CMYK profile for output, as a table of two steps for each ink (lut8, Lab)."""
    corners = np.array(
        [
            [(1 - c) * (1 - k), (1 - m) * (1 - k), (1 - y) * (1 - k)]
            for c in (0, 1)
            for m in (0, 1)
            for y in (0, 1)
            for k in (0, 1)
        ]
    )
    lightness = 255 * (0.05 + 0.95 * corners @ (0.25, 0.65, 0.1))
    a = 128 + 70 * (corners[:, 0] - corners[:, 1])
    b = 128 + 70 * ((corners[:, 0] + corners[:, 1]) / 2 - corners[:, 2])
    table = np.stack([lightness, a, b], axis=1).round().astype(np.uint8)
    unit = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    curve = bytes(range(256))
    lut = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + unit
    lut += curve * 4 + table.tobytes() + curve * 3
    return _tagged({b"A2B0": lut, b"A2B1": lut}, b"prtr", b"CMYK", b"Lab ")


def as_lcms(image: Image.Image, icc: bytes) -> Pixels:
    made = ImageCms.profileToProfile(
        image,
        ImageCms.ImageCmsProfile(io.BytesIO(icc)),
        ImageCms.createProfile("sRGB"),
        outputMode="RGB",
    )
    assert made is not None
    return np.asarray(made)


def run(
    path: Path,
    operations: list[dict[str, Any]],
    output: dict[str, Any] | None = None,
    **rest: Any,
) -> VariantResult:
    """One variant of the file, in the folder ``out`` beside it."""
    recipe = check_recipe(
        {
            "operations": operations,
            "variants": [{"output": output or {"format": "png"}}],
            "reading": rest.pop("reading", {}),
        }
    )
    (made,) = run_recipe(path, recipe, path.parent / "out", **rest)
    return made


def pixels_of(path: Path, result: VariantResult) -> Pixels:
    with Image.open(path.parent / "out" / result.path) as image:
        return np.asarray(
            image.convert("RGBA" if image.has_transparency_data else "RGB")
        )


def made_of(path: Path, *operations: dict[str, Any], **rest: Any) -> Pixels:
    """What the operations make of the file, as it is read back from a PNG."""
    return pixels_of(path, run(path, list(operations), **rest))


def treated(picture: Picture | Pixels, *operations: dict[str, Any], **rest: Any) -> Any:
    """What the operations make of a picture, or of the one frame of it."""
    steps = check_recipe({"operations": list(operations)}).operations
    context = Context(**rest)
    if isinstance(picture, Picture):
        return carried_out(picture, steps, context, "/operations")
    return carried_out(Picture(frames=(picture,)), steps, context, "/operations").first


def near(found: Any, expected: Any, levels: int = 3) -> bool:
    return bool(np.abs(np.asarray(found).astype(int) - expected).max() <= levels)
