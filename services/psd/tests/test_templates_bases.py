"""What rows share is kept between them, and shows in none of their pictures."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage

from onemanage.contracts.psd.templates import SlotValue
from onemanage.local.sample_layers import (
    add_smart_object,
    add_type,
    drop_shadow,
    embed,
    with_effects,
)
from onemanage.psd.domain.templates.bases import Base, Bases

from . import template_samples as samples
from .template_samples import GREEN, ID, RED, compiled, file_of, flat, text, written

type Row = tuple[dict[str, SlotValue], dict[str, Path]]


def shadowed(path: Path) -> Path:
    """A text over a picture in a group that has a shadow of both."""
    psd = samples.document()
    group = psd.create_group(name="both")
    corners = ((10.0, 10.0), (60.0, 14.0), (58.0, 50.0), (12.0, 48.0))
    add_smart_object(group, "{{photo}}", Image.new("RGB", (40, 30), RED), corners, ID)
    add_type(group, "{{title}}", samples.words("Title", (30, 60), 24))
    with_effects(group, DrSh=drop_shadow(size=4, distance=5, opacity=100))
    embed(psd, ID, "photo.png", samples.png((40, 30)))
    return written(psd, path)


def clipped(path: Path) -> Path:
    """A picture clipped to a text, and a text clipped to a picture."""
    psd = samples.document()
    add_type(psd, "{{title}}", samples.words("MMM", (4, 40), 40))
    own = flat(60, 40, *RED, 255)
    psd.create_pixel_layer_from_array(own, "{{photo}}", left=10, top=5).clipping = True
    psd.create_pixel_layer_from_array(own, "{{other}}", left=50, top=40)
    add_type(psd, "{{price}}", samples.words("$4", (80, 70), 24)).clipping = True
    return written(psd, path)


def rows(folder: Path, names: set[str]) -> list[Row]:
    """Each picture with several texts, in an order in which they come again."""
    chance = np.random.default_rng(4)
    photos = [
        file_of((*color, alpha), folder / f"{number}.png", (50, 40 - 9 * number))
        for number, (color, alpha) in enumerate([(RED, 255), (GREEN, 255), (RED, 90)])
    ]
    said = ("Title", "M", "A longer one", "")
    found = []
    for number in range(14):
        values = {
            "title": text(said[chance.integers(4)]),
            "price": text(f"${number % 5}"),
            "badge": text(("new", "sale")[chance.integers(2)]),
            "seal": SlotValue(shown=bool(chance.integers(2))),
        }
        pictures = {"photo": photos[chance.integers(3)], "other": photos[number // 5]}
        found.append(
            (
                {name: one for name, one in values.items() if name in names},
                {name: one for name, one in pictures.items() if name in names},
            )
        )
    return found


@pytest.mark.parametrize("make", [samples.everything, shadowed, clipped])
def test_rows_show_nothing_of_those_before_them(tmp_path: Path, make: object) -> None:
    path = make(tmp_path / "a.psd")  # type: ignore[operator]  # one of three functions
    made = compiled(path)
    for values, pictures in rows(tmp_path, set(samples.slots_of(path))):
        found = made.row(values, pictures).pixels
        alone = compiled(path).row(values, pictures).pixels
        assert np.array_equal(found, alone)


def test_a_file_that_was_changed_is_another_picture(tmp_path: Path) -> None:
    psd = PSDImage.new("RGB", (60, 40))
    own = flat(60, 40, 0, 0, 0)
    psd.create_pixel_layer_from_array(own, "{{photo}}")
    made = compiled(written(psd, tmp_path / "a.psd"))
    path = tmp_path / "a.png"
    for color in (RED, GREEN):
        file_of(color, path, (6, 4 + (color is GREEN)))
        for _ in range(3):
            found = made.row({}, {"photo": path}).pixels
            assert found[20, 30, :3].tolist() == list(color)


def test_what_is_asked_for_once_is_not_kept() -> None:
    """So pictures that come round in a greater circle than there is room are none the
    slower for it."""
    bases = Bases(1000)
    assert not any(bases.comes_again(key, 400) for _ in range(3) for key in "abc")
    assert not bases.comes_again("d", 400)
    assert bases.comes_again("d", 400)
    assert not bases.comes_again("huge", 1001) and not bases.comes_again("huge", 1001)


def test_what_was_used_last_is_kept() -> None:
    bases = Bases(1000)
    for key in "abc":
        bases.keep(key, Base((0, 0, 20, 20), np.zeros((20, 20, 1), np.uint8), ()))
        bases.get("a")
    assert bases.get("a") and bases.get("c") and bases.get("b") is None
