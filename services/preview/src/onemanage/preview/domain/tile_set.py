"""What the cutting into tiles gives: a plain value, without the library that does it."""

from dataclasses import dataclass

TILES = "tiles"
"""The file of all tiles and their index, in the folder for what is made."""


@dataclass(frozen=True, slots=True)
class TileSet:
    """A finished pyramid."""

    width: int
    """Pixels of the picture, upright."""
    height: int
    media_type: str
    tiles: int
    size: int
    """Bytes of all tiles; the index begins there."""
