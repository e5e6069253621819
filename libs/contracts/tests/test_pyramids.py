"""Tiles are numbered and addressed as IIIF's Image API has it, whatever the size."""

import itertools
from array import array

import pytest

from onemanage.contracts.previews.pyramids import (
    ends_of,
    levels_of,
    overview_size,
    packed,
    tile_count,
    tile_number,
)

SIZES = [
    (1, 1),
    (512, 512),
    (513, 512),
    (1100, 300),
    (8000, 6000),
    (8192, 6144),
    (1, 40_000),
    (6001, 4999),
]


def _asked(width: int, height: int) -> list[tuple[str, str]]:
    """What a viewer asks for, with the numbers that the specification of tiles gives:
    regions in pixels of the picture, sizes rounded up."""
    found = []
    for level in levels_of(width, height):
        wide = 512 * level.scale
        for top, left in itertools.product(
            range(0, height, wide), range(0, width, wide)
        ):
            across, down = min(wide, width - left), min(wide, height - top)
            size = f"{-(-across // level.scale)},{-(-down // level.scale)}"
            found.append((f"{left},{top},{across},{down}", size))
    return found


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_tile_that_a_viewer_asks_for_has_a_number_of_its_own(
    size: tuple[int, int],
) -> None:
    asked = _asked(*size)

    numbers = [tile_number(*size, *one) for one in asked]

    assert numbers == list(range(len(asked)))
    last = levels_of(*size)[-1]
    assert tile_number(*size, "full", f"{last.width},{last.height}") == len(asked) - 1
    assert tile_count(*size) - len(asked) in (0, 1)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_whole_is_shown_as_large_as_a_tile_holds_it(size: tuple[int, int]) -> None:
    across, down = overview_size(*size)

    assert max(across, down) == min(512, max(size))
    assert tile_number(*size, "full", "max") == tile_count(*size) - 1
    assert tile_number(*size, "full", f"{across},{down}") == tile_count(*size) - 1


@pytest.mark.parametrize(
    ("region", "size"),
    [
        ("0,0,512,512", "256,256"),
        ("0,0,511,512", "511,512"),
        ("1,0,512,512", "512,512"),
        ("0,0,8000,6000", "8000,6000"),
        ("7680,0,512,512", "512,512"),
        ("8192,0,512,512", "512,512"),
        ("0,0,1024,1024", "max"),
        ("square", "max"),
        ("0,0,0,0", "0,0"),
        ("pct:0,0,10,10", "512,512"),
        ("0,0,512,512", "512,"),
        ("0,0,512,512", "!512,512"),
        ("٠,0,512,512", "512,512"),
        ("full", "8000,6000"),
        ("", ""),
    ],
)
def test_what_is_no_tile_has_no_number(region: str, size: str) -> None:
    assert tile_number(8000, 6000, region, size) is None


def test_a_tile_of_the_picture_as_it_is_may_be_asked_for_as_large_as_it_is() -> None:
    assert tile_number(8000, 6000, "512,0,512,512", "max") == 1


def test_an_index_is_read_as_it_was_written() -> None:
    assert ends_of(packed([3, 0, 2_000_000_000, 4_000_000_000])) == array(
        "Q", [3, 3, 2_000_000_003, 6_000_000_003]
    )
