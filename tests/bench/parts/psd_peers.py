"""ag-psd, measured in node where node and the package can be had; else nothing is said."""

import subprocess
from pathlib import Path

from .npm_peer import NpmPeer

AG_PSD = "ag-psd@31.0.2"
PNGJS = "pngjs@7.0.0"

_EXPORT = """
const fs = require('fs'), {PNG} = require('pngjs');
const {readPsd, initializeCanvas} = require('ag-psd');
initializeCanvas(() => { throw new Error('no canvas'); }, (width, height) =>
  ({width, height, data: new Uint8ClampedArray(4 * width * height)}));
const [path, out] = process.argv.slice(2);
const begun = process.cpuUsage();
const psd = readPsd(fs.readFileSync(path), {useImageData: true,
  skipCompositeImageData: true, skipThumbnail: true});
let number = 0;
(function walk(layers) {
  for (const layer of layers || []) {
    number += 1;
    const image = layer.imageData;
    if (image) {
      const png = new PNG({width: image.width, height: image.height});
      png.data = Buffer.from(image.data.buffer);
      fs.writeFileSync(`${out}/${number}.png`, PNG.sync.write(png));
    }
    walk(layer.children);
  }
})(psd.children);
const used = process.cpuUsage(begun);
console.log(JSON.stringify((used.user + used.system) / 1e6));
"""

_MANIFEST = """
const fs = require('fs'), {readPsd} = require('ag-psd');
const begun = process.cpuUsage();
readPsd(fs.readFileSync(process.argv[2]), {skipLayerImageData: true,
  skipCompositeImageData: true, skipThumbnail: true});
const used = process.cpuUsage(begun);
console.log(JSON.stringify((used.user + used.system) / 1e6));
"""


class AgPsd:
    """CPU seconds of ag-psd, files read included."""

    def __init__(self, folder: Path) -> None:
        """Install it into ``folder``; ``missing`` says why it could not be."""
        self._npm = NpmPeer(folder, AG_PSD, PNGJS)
        self.missing = self._npm.missing

    def export(self, path: Path, out: Path) -> float | None:
        """Every layer as a PNG, by pngjs. None where ag-psd cannot."""
        out.mkdir(parents=True, exist_ok=True)
        return self._run(_EXPORT, path, out)

    def manifest(self, path: Path) -> float | None:
        """Everything but pixels."""
        return self._run(_MANIFEST, path)

    def _run(self, script: str, *paths: Path) -> float | None:
        if self.missing:
            return None
        try:
            return float(self._npm.run(script, *paths))
        except subprocess.CalledProcessError as error:
            print(f"  ag-psd: {_reason(error.stderr)}")
        except subprocess.TimeoutExpired:
            print("  ag-psd: no end in sight")
        return None


def _reason(text: str) -> str:
    lines = [line for line in text.splitlines() if "Error" in line]
    return (lines or ["it failed"])[0][:150]
