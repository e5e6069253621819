"""The same jobs by npm sharp, where node and the package can be had, and by Pillow."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageFilter

from .npm_peer import NpmPeer

SHARP = "sharp@0.35.5"

_SCRIPT = """
const sharp = require('sharp');
const [job, source, logo, out, runs] = process.argv.slice(2);
sharp.concurrency(1);
sharp.cache(false);
const thumbnail = () => sharp(source).resize({width: 400});
const jobs = {
  jpeg: () => thumbnail().jpeg({quality: 80}),
  webp: () => thumbnail().webp({quality: 80}),
  avif: () => thumbnail().avif({quality: 60, chromaSubsampling: '4:2:0'}),
  chain: () => sharp(source)
    .extract({left: 400, top: 300, width: 3200, height: 2400}).resize({width: 1200})
    .sharpen({sigma: 1}).composite([{input: logo, gravity: 'southeast'}])
    .jpeg({quality: 80}),
  png: () => thumbnail().png(),
  png_large: () => sharp(source).resize({width: 1920}).png(),
  cutout: () => sharp(source).resize({width: 1920}).webp({quality: 80}),
};
const peak = () => require('fs').readFileSync('/proc/self/status', 'utf8')
  .match(/VmHWM:\\s*(\\d+)/)[1] / 1024;
(async () => {
  const base = peak();
  await jobs[job]().toFile(out);
  const begun = process.cpuUsage();
  for (let number = 0; number < Number(runs); number++) await jobs[job]().toFile(out);
  const used = process.cpuUsage(begun);
  console.log(JSON.stringify({cpu: (used.user + used.system) / 1e6 / Number(runs),
    base, peak: peak()}));
})();
"""


@dataclass(frozen=True, slots=True)
class Side:
    cpu: float
    """Seconds of one run, after a first one that is not counted."""
    base: float
    """Megabytes of the process before the first run."""
    peak: float


class Sharp:
    """sharp with one thread and without its cache, as CPU seconds are compared."""

    def __init__(self, folder: Path) -> None:
        """Install it into ``folder``; ``missing`` says why it could not be."""
        self._npm = NpmPeer(folder, SHARP)
        self.missing = self._npm.missing

    def run(self, job: str, source: Path, logo: Path, out: Path, runs: int) -> Side:
        return Side(**self._npm.run(_SCRIPT, job, source, logo, out, str(runs)))


def plain(job: str, source: Path, logo: Path, out: Path) -> None:
    """As one writes it with Pillow at first."""
    with Image.open(source) as opened:
        image: Image.Image = opened
        image.load()
        if job == "chain":
            image = image.crop((400, 300, 3600, 2700))
        width = {"chain": 1200, "cutout": 1920, "png_large": 1920}.get(job, 400)
        height = round(image.height * width / image.width)
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    if job == "chain":
        image = image.filter(ImageFilter.UnsharpMask(radius=1, percent=70, threshold=0))
        with Image.open(logo) as mark:
            corner = image.width - mark.width, image.height - mark.height
            image.paste(mark, corner, mark)
    kind = {"cutout": "WEBP", "chain": "JPEG", "png_large": "PNG"}.get(job, job.upper())
    options = {"AVIF": {"quality": 60, "max_threads": 1}}.get(kind, {"quality": 80})
    image.save(out, kind, **options)


def measured(work: Callable[[], None], runs: int) -> Side:
    """In the process that calls it, which does nothing else."""
    base = _peak()
    work()
    begun = time.process_time()
    for _ in range(runs):
        work()
    return Side((time.process_time() - begun) / runs, base, _peak())


def _peak() -> float:
    """Megabytes; of getrusage a child inherits what its parent once had."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("the process has no VmHWM")
