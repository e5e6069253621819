"""How near text that is set anew comes to what Photoshop drew of the same text.

    make bench NAME=typesetting

Every type layer of ../shared/corpus (or CORPUS) whose fonts are at hand is set with its
own text and compared with its stored pixels: the box within 2 px or 2 %, the number of
bands of ink that lines make, and the ink itself (of what is more than half covered in
either, how much is in both). At hand are our fonts and those of FONTS, a folder; Arimo
and Liberation stand in for Arial, Times and Courier. Layers that look all the same count
once. The peer is Pillow with the same font files, size and lines. OUT=folder writes both
beside each other: what is stored alone is red, what is set alone is blue.
"""

import os
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from psd_tools.api.layers import TypeLayer

from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.read import open_document, quiet
from onemanage.psd.domain.typesetting.fonts import FontShelf
from onemanage.psd.domain.typesetting.matrices import applied, scale_of
from onemanage.psd.domain.typesetting.reading import read_styled
from onemanage.psd.domain.typesetting.setting import SetText, set_text
from onemanage.psd.domain.typesetting.styled import StyledText
from tests.bench.parts import summary

AT_LEAST = {"boxes": 0.9, "lines": 0.95, "ink": 0.8, "ink_to_pillow": 1.1}
_PIXELS, _SHARE = 2, 0.02

type Cover = NDArray[np.uint8]
type Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Outcome:
    name: str
    is_boxed: bool
    has_lines: bool
    ink: float
    pillow: float


def layers(root: Path, shelf: FontShelf) -> Iterator[tuple[str, TypeLayer, StyledText]]:
    """Those with pixels and fonts; of the others the fonts are counted."""
    seen = set()
    for path in sorted(root.rglob("*.ps[db]")):
        try:
            with quiet():
                found = list(open_document(path, Limits()).descendants())
        except Exception:  # psd-tools raises anything where it refuses a document
            continue
        for layer in found:
            if not isinstance(layer, TypeLayer) or not layer.has_pixels():
                continue
            styled = read_styled(layer)
            look = styled.runs, styled.transform, layer.bbox, styled.anti_alias
            if look in seen:
                continue
            seen.add(look)
            name = f"{path.name}: {styled.plain[:20]!r}"
            if missing := shelf.missing(styled):
                print(f"not at hand  {name:48} {', '.join(missing)}")
            elif styled.plain.strip():
                yield name, layer, styled


def compared(
    name: str, layer: TypeLayer, styled: StyledText, shelf: FontShelf
) -> Outcome:
    """One layer, with a line about it."""
    done = set_text(styled, shelf, overflow="grow")
    box: Box = layer.bbox
    channel = layer.topil()
    assert channel is not None
    left, top = min(box[0], done.box[0]), min(box[1], done.box[1])
    right, bottom = max(box[2], done.box[2]), max(box[3], done.box[3])
    around: Box = left, top, right, bottom
    stored = placed(np.asarray(channel.getchannel("A")), box, around)
    ours = placed(done.rgba[..., 3], done.box, around)
    theirs = by_pillow(styled, shelf, done, around)
    outcome = Outcome(
        name=name,
        is_boxed=is_near(box, done.box),
        has_lines=bands(stored) == bands(ours),
        ink=overlap(stored, ours),
        pillow=overlap(stored, theirs),
    )
    print(
        f"{name:48} ink {outcome.ink:.3f} (Pillow {outcome.pillow:.3f}) "
        f"box {box} {done.box} {'' if outcome.has_lines else 'other lines'}"
    )
    if out := os.environ.get("OUT"):
        write(Path(out), name, stored, ours)
    return outcome


def placed(cover: Cover, box: Box, around: Box) -> Cover:
    whole = np.zeros((around[3] - around[1], around[2] - around[0]), np.uint8)
    y, x = box[1] - around[1], box[0] - around[0]
    whole[y : y + cover.shape[0], x : x + cover.shape[1]] = cover
    return whole


def is_near(stored: Box, ours: Box) -> bool:
    allowed = [
        max(_PIXELS, _SHARE * (stored[i % 2 + 2] - stored[i % 2])) for i in range(4)
    ]
    return all(
        abs(a - b) <= most for a, b, most in zip(stored, ours, allowed, strict=True)
    )


def bands(cover: Cover) -> int:
    """Rows of ink with rows without between them, as lines of most texts are."""
    has_ink = (cover > 127).any(axis=1).astype(np.int8)
    return int((np.diff(has_ink, prepend=0) == 1).sum())


def overlap(one: Cover, other: Cover) -> float:
    a, b = one > 127, other > 127
    return float((a & b).sum()) / max(float((a | b).sum()), 1.0)


def by_pillow(
    styled: StyledText, shelf: FontShelf, done: SetText, around: Box
) -> Cover:
    """Its lines at their leading, in the font and size of the first run."""
    image = Image.new("L", (around[2] - around[0], around[3] - around[1]))
    style, paragraph = styled.runs[0].style, styled.paragraphs[0]
    font = shelf.find(style.font) or shelf.stand_in(style.font)
    assert font is not None
    size = style.size * scale_of(styled.transform)
    drawn = ImageFont.truetype(font.path, size, font.index)
    x, y = applied(styled.transform, *(styled.box or (0.0, 0.0))[:2])
    if styled.box:
        y += drawn.getbbox("d", anchor="ls")[1] * -1
        share = {"right": 1.0, "center": 0.5}.get(paragraph.align, 0.0)
        x += share * (styled.box[2] - styled.box[0]) * styled.transform[0]
    anchor = {"right": "rs", "center": "ms"}.get(paragraph.align, "ls")
    draw = ImageDraw.Draw(image)
    for line in done.lines:
        at = (x - around[0], y - around[1])
        draw.text(at, line, font=drawn, fill=255, anchor=anchor)
        y += (style.leading or style.size * paragraph.auto_leading) * styled.transform[
            3
        ]
    return np.asarray(image)


def write(folder: Path, name: str, stored: Cover, ours: Cover) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    both = np.minimum(stored.astype(int) + ours, 255).astype(np.uint8)
    image = Image.fromarray(np.dstack([255 - ours, 255 - both, 255 - stored]))
    factor = max(1, min(8, 1000 // image.width))
    image = image.resize((image.width * factor, image.height * factor), 0)
    safe = "".join(x if x.isalnum() else "_" for x in name)
    image.save(folder / f"{safe}.png")


def main() -> None:
    """Print each layer, the shares, and the summary."""
    beside = Path(__file__).parents[3] / "shared/corpus"
    root = Path(os.environ.get("CORPUS", beside))
    own = [Path(os.environ["FONTS"])] if "FONTS" in os.environ else []
    shelf = FontShelf(own)
    outcomes = [compared(*one, shelf) for one in layers(root, shelf)]
    ink = statistics.median(x.ink for x in outcomes)
    ratios = {
        "boxes": statistics.mean(x.is_boxed for x in outcomes),
        "lines": statistics.mean(x.has_lines for x in outcomes),
        "ink": ink,
        "ink_to_pillow": ink / max(statistics.median(x.pillow for x in outcomes), 0.01),
    }
    print(f"{len(outcomes)} layers")
    summary.say("typesetting", ratios, at_least=AT_LEAST, places=3)


if __name__ == "__main__":
    main()
