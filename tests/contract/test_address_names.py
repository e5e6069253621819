"""The page on images has every short name that an address may use."""

from pathlib import Path

import pytest

from onemanage.contracts.imaging.addresses import names

PAGE = Path(__file__).parents[2] / "docs/imaging.md"
_BARE = [head for short in names.OPERATIONS for head in short.heads]
_BESIDE = [other for short in names.OPERATIONS for other in short.others]


@pytest.mark.parametrize(
    "name", sorted({*_BARE, *_BESIDE, *names.OUTPUT, *names.READING})
)
def test_the_page_has_the_short_name(name: str) -> None:
    text = PAGE.read_text("utf-8")
    section = text.partition("\n## Images by address")[2].partition("\n## ")[0]
    assert f"`{name}`" in section or f"`{name}_" in section
