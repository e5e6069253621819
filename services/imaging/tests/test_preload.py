"""A child is born with what it needs: an import is made anew in each of them."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from onemanage.imaging.worker import PRELOAD

_RUN = """
import importlib, sys
from pathlib import Path
from onemanage.contracts.imaging.recipe_checks import check_recipe
for name in {preload}:
    importlib.import_module(name)
from onemanage.imaging.domain.pipeline import run_recipe
recipe = check_recipe(
    {{
        "operations": [{{"op": "resize", "width": 20}}],
        "variants": [{{"output": {{"format": {kind!r}}}}}],
    }}
)
before = set(sys.modules)
run_recipe(Path({source!r}), recipe, Path({out!r}), {{}})
print(*sorted(set(sys.modules) - before))
"""


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_a_recipe_imports_nothing_more(tmp_path: Path, kind: str) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    out.mkdir()
    Image.new("RGB", (64, 48), "teal").save(source, "JPEG")
    code = _RUN.format(preload=PRELOAD, kind=kind, source=str(source), out=str(out))

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == []
