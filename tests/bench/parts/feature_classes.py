"""Which features of documents keep a render from being exact, from what was measured.

A file has many features and one difference, so blame is found by leaving out: as long
as more than one in a hundred of the files is off by more than 1, the feature whose
files fail most often is blamed, and its files are put aside. What is left is the
promise: a document that has none of the blamed features is within 1 of Photoshop's own
picture, 99 times of 100.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from onemanage.psd.domain.render.measured import Measured

LEVELS = 1.0
"""Of 255, as a mean over all pixels: what counts as exact."""
FAILING = 0.01


@dataclass(frozen=True)
class Drawing:
    """One document: how far its render is from Photoshop's picture, and why it may."""

    difference: float
    features: frozenset[str]


def blamed(drawings: Iterable[Drawing]) -> list[str]:
    """The features to be called near, the worst first."""
    left = list(drawings)
    found: list[str] = []
    while True:
        failing = [one for one in left if one.difference > LEVELS]
        named = {feature for one in failing for feature in one.features}
        if not named or len(failing) <= FAILING * len(left):
            return found
        worst = max(sorted(named), key=lambda feature: _guilt(feature, left))
        found.append(worst)
        left = [one for one in left if worst not in one.features]


def _guilt(feature: str, drawings: list[Drawing]) -> tuple[float, int]:
    """The share of its files that fail, and how many they are."""
    files = [one.difference > LEVELS for one in drawings if feature in one.features]
    return sum(files) / len(files), sum(files)


def measured(drawings: Iterable[Drawing]) -> Mapping[str, Measured]:
    """Each feature with the files that show it, nothing else being to blame."""
    drawings = list(drawings)
    guilty = blamed(drawings)
    found = {}
    for feature in sorted({feature for one in drawings for feature in one.features}):
        others = frozenset(guilty) - {feature}
        files = [
            one.difference
            for one in drawings
            if feature in one.features and not one.features & others
        ]
        near = sum(difference <= LEVELS for difference in files)
        found[feature] = Measured(len(files), near, feature in guilty)
    return found
