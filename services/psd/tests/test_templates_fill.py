"""Rows of a template become files, and what is refused stops no other row."""

from pathlib import Path

import pytest
from PIL import Image

from onemanage.contracts.psd.templates import RenderOutput, SlotValue
from onemanage.psd.domain.templates import fill
from onemanage.psd.domain.templates.define import define
from onemanage.psd.domain.templates.rows import FilledRow, Filling, Row

from . import template_samples as samples
from .template_samples import text


@pytest.fixture
def filling(tmp_path: Path) -> Filling:
    path = samples.everything(tmp_path / "a.psd")
    return Filling(source=path, slots=define(path, [], []).slots, key="tpl_1/1")


def row(number: int, badge: SlotValue) -> Row:
    names = (f"{number}.png", f"{number}.jpg")
    return Row(number=number, values={"badge": badge}, names=names)


def size(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def test_each_row_is_written_in_every_format_and_size(
    tmp_path: Path, filling: Filling
) -> None:
    heard: list[FilledRow] = []
    outputs = [RenderOutput(), RenderOutput(format="jpeg", width=60, height=60)]
    rows = [row(7, text("sale")), row(8, text("none such")), row(9, text("new"))]
    made = fill.fill_rows(filling, rows, outputs, tmp_path, heard.append)
    assert made == 2
    assert [one.number for one in heard] == [7, 8, 9]
    assert [image.path for image in heard[0].images] == ["7.png", "7.jpg"]
    assert size(tmp_path / "7.png") == (samples.WIDTH, samples.HEIGHT)
    assert size(tmp_path / "7.jpg") == (60, 45)
    refused = heard[1].rejection
    assert refused is not None
    assert (refused.slot, refused.code) == ("badge", "template.no_such_choice")
    assert not (tmp_path / "8.png").exists()
    assert heard[0].images[0].sha256 != heard[2].images[0].sha256


def test_a_child_that_stays_compiles_a_template_once(
    tmp_path: Path, filling: Filling
) -> None:
    once = fill.fill_row(filling, row(1, text("sale")), [RenderOutput()] * 2, tmp_path)
    filling.source.unlink()
    again = fill.fill_row(filling, row(2, text("sale")), [RenderOutput()] * 2, tmp_path)
    assert once.images[0].sha256 == again.images[0].sha256


def test_an_image_is_never_made_larger() -> None:
    assert fill.size_within(1200, 1600, 4000, None) == (1200, 1600)
    assert fill.size_within(1200, 1600, 600, 600) == (450, 600)
    assert fill.size_within(1200, 2, 10, None) == (10, 1)
