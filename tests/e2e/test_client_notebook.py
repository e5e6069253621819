"""The notebook of the client's page, run as a reader would: its cells in their order."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from onemanage.local.stack import Stack

NOTEBOOK = Path(__file__).parents[2] / "docs" / "client.ipynb"


def cells() -> list[dict[str, Any]]:
    """Those with code."""
    found = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return [cell for cell in found if cell["cell_type"] == "code"]


def test_the_notebook_makes_pictures_and_a_table(
    stack: Stack, poster: Path, tmp_path: Path
) -> None:
    shutil.copy(poster, tmp_path / "poster.psd")
    script = "\n\n".join("".join(cell["source"]) for cell in cells())
    environment = os.environ | {
        "ONEMANAGE_API_KEY": stack.owner_api_key,
        "ONEMANAGE_URL": stack.base_url,
    }

    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 0, ran.stderr
    assert "2 loaded, 1 rejected\nline 4: Not a date" in ran.stdout
    assert ran.stdout.endswith("\n1 loaded\n")
    assert (tmp_path / "poster" / "manifest.json").exists()
    with Image.open(tmp_path / "pictures" / "square.jpg") as square:
        assert square.size == (160, 160)
    with Image.open(tmp_path / "pictures" / "card.webp") as card:
        assert card.width == 320


def test_the_notebook_is_kept_without_what_it_has_said() -> None:
    assert all(not cell["outputs"] for cell in cells())
    assert all(cell["execution_count"] is None for cell in cells())
