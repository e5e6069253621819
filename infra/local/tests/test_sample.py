"""The poster that newcomers see first."""

from pathlib import Path

import numpy as np
from psd_tools import PSDImage

from onemanage.local.sample import build_poster


def test_the_poster_has_groups_a_multiplied_and_a_hidden_layer(tmp_path: Path) -> None:
    build_poster(tmp_path / "poster.psd")
    document = PSDImage.open(tmp_path / "poster.psd")
    assert document.size == (1200, 1600)
    assert [layer.name for layer in document] == ["Background", "Product", "Offer"]
    layers = {layer.name: layer for layer in document.descendants()}
    assert len(layers) == 16
    assert layers["Shadow"].blend_mode.name == "MULTIPLY"
    assert not layers["Draft: lime slice"].visible
    assert layers["Sun"].opacity == 217


def test_the_merged_image_is_what_the_layers_show(tmp_path: Path) -> None:
    build_poster(tmp_path / "poster.psd")
    document = PSDImage.open(tmp_path / "poster.psd")
    embedded = document.topil()
    assert embedded is not None
    rendered = document.composite(ignore_preview=True).convert("RGB")
    difference = np.asarray(embedded).astype(int) - np.asarray(rendered)
    assert np.abs(difference).max() <= 1


def test_the_poster_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one.psd", "two.psd"):
        build_poster(tmp_path / name)
    one, two = (tmp_path / "one.psd").read_bytes(), (tmp_path / "two.psd").read_bytes()
    assert one == two
