"""What docs/images keeps of the console: five pages, and all of them on sheets."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
PAGES = {
    "document": "light-1440-en",
    "template": "dark-1440-en",
    "import": "light-1440-en",
    "merge": "dark-1440-zh",
    "task": "light-1440-en",
}
"""Those that README.md and docs/console.md show, and how."""
_PAGE_BYTES, _SHEET_BYTES = 150_000, 300_000
_WIDTHS = {1440: 360, 390: 150}
_COLUMNS = {1440: 7, 390: 16}
_GAP, _CAPTION = 10, 18
_GROUND = {"light": (222, 224, 229), "dark": (48, 50, 56)}
_INK = {"light": (40, 42, 48), "dark": (220, 222, 228)}


def keep(taken: Path) -> None:
    """Of the pictures in this folder."""
    for name, way in PAGES.items():
        with Image.open(taken / f"{name}-{way}.png") as picture:
            _save(picture, IMAGES / f"console-{name}.webp", _PAGE_BYTES, 88)
    ways: dict[str, list[Path]] = {}
    for path in sorted(taken.glob("*.png")):
        *_, theme, width, language = path.stem.rsplit("-", 3)
        ways.setdefault(f"{theme}-{width}-{language}", []).append(path)
    for way, paths in ways.items():
        _save(sheet(paths, way), IMAGES / "console" / f"{way}.webp", _SHEET_BYTES, 64)


def sheet(paths: Sequence[Path], way: str) -> Image.Image:
    """All pages of one way, small, with their names below."""
    theme, wide, _ = way.split("-")
    width, columns = _WIDTHS[int(wide)], _COLUMNS[int(wide)]
    small = [_small(path, width) for path in paths]
    tall = max(each.height for each in small)
    across, down = width + _GAP, tall + _CAPTION + _GAP
    rows = -(-len(small) // columns)
    size = (columns * across + _GAP, rows * down + _GAP)
    made = Image.new("RGB", size, _GROUND[theme])
    draw, font = ImageDraw.Draw(made), ImageFont.load_default(12)
    for number, (path, picture) in enumerate(zip(paths, small, strict=True)):
        left = _GAP + number % columns * across
        top = _GAP + number // columns * down
        made.paste(picture, (left, top))
        name = path.stem.removesuffix(f"-{way}")
        draw.text((left, top + tall + 2), name, _INK[theme], font)
    return made


def _small(path: Path, width: int) -> Image.Image:
    with Image.open(path) as picture:
        height = round(picture.height * width / picture.width)
        size = (width, height)
        return picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def _save(picture: Image.Image, path: Path, most: int, best: int) -> None:
    """No better than ``best``, within so many bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for quality in range(best, 20, -8):
        picture.convert("RGB").save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size < most:
            print(f"{path.name}: {path.stat().st_size} bytes")
            return
    raise ValueError(f"{path.name} is larger than {most} bytes")
