"""Recipes beside npm sharp and plain Pillow: CPU, memory, likeness, bytes.

    make bench NAME=image_pipelines

Every side does a job in a process of its own, one thread, a few times after a first
time that is not counted. Memory is what the greatest of a process is above what it
has when nothing was done yet: a sandbox's children share that; both are printed.
Likeness is SSIM (luma) to the same picture made with nothing saved: all of it decoded,
resized by Lanczos, not encoded; of the chain, which each side sharpens in its own way,
none is said. A ratio is ours by theirs, so less is better. The pictures are made here
from a seed. Where node or sharp is missing the ratios to it are, and the bench says so.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.imaging.domain.likeness import ssim
from onemanage.imaging.domain.pipeline import run_recipe
from tests.bench.parts import image_inputs, summary
from tests.bench.parts.image_peers import Sharp, Side, measured, plain

ROUNDS = 3
THUMBNAILS = ("jpeg_12", "jpeg_24", "jpeg_48", "webp_12", "webp_48")
PNGS = ("png_12", "png_48", "png_4k")
AT_MOST = {
    **dict.fromkeys(THUMBNAILS, 0.85),
    **dict.fromkeys(PNGS, 1.0),
    "avif_12": 0.25,
    "avif_48": 0.25,
    "chain_12": 0.35,
    "cutout_4k": 0.8,
    **{f"{name}_memory": 0.6 for name in THUMBNAILS if name.startswith("jpeg")},
    **{f"{name}_bytes": 1.0 for name in PNGS},
}
"""CPU by sharp's; of JPEG thumbnails memory, and of PNG bytes, too."""
AT_LEAST = {f"{name}_ssim": 0.0 for name in THUMBNAILS}
"""No less like the ideal picture than sharp's."""

THUMBNAIL = [{"op": "resize", "width": 400}]
RECIPES: dict[str, dict[str, Any]] = {
    "jpeg": {"operations": THUMBNAIL, "output": {"format": "jpeg", "quality": 80}},
    "webp": {"operations": THUMBNAIL, "output": {"format": "webp", "quality": 80}},
    "avif": {"operations": THUMBNAIL, "output": {"format": "avif", "quality": 60}},
    "png": {"operations": THUMBNAIL, "output": {"format": "png"}},
    "png_large": {
        "operations": [{"op": "resize", "width": 1920}],
        "output": {"format": "png"},
    },
    "chain": {
        "operations": [
            {"op": "crop", "x": 400, "y": 300, "width": 3200, "height": 2400},
            {"op": "resize", "width": 1200},
            {"op": "sharpen", "sigma": 1.0},
            {"op": "image_watermark", "file_id": "logo", "scale": None, "margin": 0}
            | {"opacity": 1.0},
        ],
        "output": {"format": "jpeg", "quality": 80},
    },
    "cutout": {
        "operations": [{"op": "resize", "width": 1920}],
        "output": {"format": "webp", "quality": 80},
    },
}


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    job: str
    source: Path
    runs: int


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--side", nargs=6)
    side = parser.parse_args().side
    if side:
        print(json.dumps(asdict(in_this_process(*side))))
        return
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
        found, rows = compare(Path(folder))
    summary.say(
        "image_pipelines", found, at_least=AT_LEAST, at_most=AT_MOST, cases=rows
    )


def compare(folder: Path) -> tuple[dict[str, float], dict[str, Any]]:
    """Ratios to sharp, none where it is missing, and all that was measured."""
    sharp = Sharp(folder / "node")
    if sharp.missing:
        print(f"sharp is left out: {sharp.missing}")
    logo = image_inputs.logo(folder / "logo.png")
    found: dict[str, float] = {}
    rows: dict[str, Any] = {}
    for case in cases(folder):
        row = rows[case.name] = compared(case, logo, folder, sharp)
        if sharp.missing:
            continue
        found[case.name] = row["cpu_by_sharp"]
        found[f"{case.name}_memory"] = row["memory_by_sharp"]
        if case.job in ("jpeg", "webp"):
            found[f"{case.name}_ssim"] = row["ours"]["ssim"] - row["sharp"]["ssim"]
        if case.name in PNGS:
            found[f"{case.name}_bytes"] = row["ours"]["bytes"] / row["sharp"]["bytes"]
    return found, rows


def cases(folder: Path) -> list[Case]:
    photos = {
        size: image_inputs.jpeg(folder / f"{size}.jpg", size)
        for size in image_inputs.SIZES
    }
    cutout = image_inputs.cutout(folder / "cutout.png")
    thumbnails = [Case(f"jpeg_{size}", "jpeg", photos[size], 8) for size in photos]
    others = [
        Case(f"{job}_{size}", job, photos[size], runs)
        for job, runs in (("webp", 8), ("avif", 3), ("png", 8))
        for size in (12, 48)
    ]
    return [
        *thumbnails,
        *others,
        Case("chain_12", "chain", photos[12], 4),
        Case("cutout_4k", "cutout", cutout, 3),
        Case("png_4k", "png_large", cutout, 3),
    ]


def compared(case: Case, logo: Path, folder: Path, sharp: Sharp) -> dict[str, Any]:
    ideal = reference(case, folder)
    row: dict[str, Any] = {}
    sides = ["ours", "pillow"] + ([] if sharp.missing else ["sharp"])
    taken: dict[str, list[Side]] = {name: [] for name in sides}
    for _ in range(ROUNDS):  # in turns, as others use the machine too
        for name in sides:
            taken[name].append(one(name, case, logo, folder, sharp))
    for name in sides:
        file = folder / f"{name}.out"
        row[name] = {
            "cpu": round(statistics.median(side.cpu for side in taken[name]), 4),
            "base_mb": round(min(side.base for side in taken[name])),
            "peak_mb": round(statistics.median(side.peak for side in taken[name])),
            "bytes": file.stat().st_size,
            "ssim": ideal and round(likeness(ideal, file), 4),
        }
    for name in sides[1:]:
        row[f"cpu_by_{name}"] = round(row["ours"]["cpu"] / row[name]["cpu"], 2)
        grown = [row[side]["peak_mb"] - row[side]["base_mb"] for side in ("ours", name)]
        row[f"memory_by_{name}"] = round(grown[0] / max(1, grown[1]), 2)
    for name in sides:
        print(f"{case.name:<10} {name:<7} {row[name]}", flush=True)
    return row


def one(name: str, case: Case, logo: Path, folder: Path, sharp: Sharp) -> Side:
    out = folder / f"{name}.out"
    if name == "sharp":
        return sharp.run(case.job, case.source, logo, out, case.runs)
    what = [name, case.job, *map(str, (case.source, logo, out, case.runs))]
    command = [sys.executable, "-m", __spec__.name, "--side", *what]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Side(**json.loads(done.stdout))


def in_this_process(
    name: str, job: str, source: str, logo: str, out: str, runs: str
) -> Side:
    if name == "pillow":
        work = lambda: plain(job, Path(source), Path(logo), Path(out))  # noqa: E731
        return measured(work, int(runs))
    recipe = check_recipe(
        {
            "operations": RECIPES[job]["operations"],
            "variants": [{"output": RECIPES[job]["output"] | {"icc": False}}],
        }
    )
    folder = Path(f"{out}.folder")

    def ours() -> None:
        (made,) = run_recipe(Path(source), recipe, folder, {"logo": Path(logo)})
        (folder / made.path).replace(out)

    return measured(ours, int(runs))


def reference(case: Case, folder: Path) -> Path | None:
    """The picture as it should be, losslessly."""
    if case.job == "chain":
        return None
    path = folder / f"{case.name}.ideal.png"
    with Image.open(case.source) as image:
        width = 1920 if case.job in ("cutout", "png_large") else 400
        size = width, round(image.height * width / image.width)
        image.resize(size, Image.Resampling.LANCZOS).save(path, "PNG")
    return path


def likeness(ideal: Path, file: Path) -> float:
    with Image.open(ideal) as one, Image.open(file) as other:
        return ssim(np.asarray(one), np.asarray(other.convert(one.mode)))


if __name__ == "__main__":
    main()
