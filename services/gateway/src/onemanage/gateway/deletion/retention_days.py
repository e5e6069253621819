"""How many days what is kept: of the installation, and of a workspace."""

from collections.abc import Mapping

from onemanage.contracts.deletion import FILE
from onemanage.contracts.imaging.deletion import ANALYSIS, BACKGROUND, TRANSFORMATION
from onemanage.contracts.imports.deletion import EXPORT, PLAN
from onemanage.contracts.psd.deletion import DIFF, DOCUMENT, MERGE, RENDITION

KINDS = (
    *(FILE, DOCUMENT, RENDITION, DIFF, MERGE),
    *(TRANSFORMATION, BACKGROUND, ANALYSIS, PLAN, EXPORT),
)
"""That have an age by which they can go."""


def read_days(given: str) -> dict[str, int]:
    """``export=7,transformation=30`` by kind. Raises ValueError."""
    found = {}
    for one in filter(None, (part.strip() for part in given.split(","))):
        kind, _, days = one.partition("=")
        if kind not in KINDS or not days.isdecimal() or not int(days):
            raise ValueError(
                f"{one} is none of {', '.join(KINDS)} with a number of days, as export=7"
            )
        found[kind] = int(days)
    return found


def in_force(
    own: Mapping[str, int | None], installation: Mapping[str, int]
) -> dict[str, int | None]:
    """Days by kind; None: kept for ever. The workspace's own word counts."""
    return {kind: own.get(kind, installation.get(kind)) for kind in KINDS}
