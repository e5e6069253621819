"""Which format whoever asks would rather have (RFC 9110, 12.5.1)."""

import re
from typing import Literal

_WEIGHT = re.compile(r"q\s*=\s*([01](?:\.[0-9]{0,3})?)")
_BY_EVERYBODY = ("image/jpeg", "image/png", "image/gif")

type Accepted = Literal["avif", "webp"] | None


def format_accepted(accept: str) -> Accepted:
    """AVIF or WebP where it is named and nothing is liked better; of two that are liked
    alike AVIF, then WebP. None: one that everybody reads.

    ``image/*`` and ``*/*`` name none: whoever sends them may be too old to know AVIF,
    and says by them that anything does. A weight that cannot be read counts as 1.
    """
    weights = _weights(accept)
    plain = max((weights.get(name, 0.0) for name in _BY_EVERYBODY), default=0.0)
    avif, webp = (weights.get(f"image/{name}", 0.0) for name in ("avif", "webp"))
    best = max(avif, webp, plain)
    if best == 0.0:
        return None
    if avif == best:
        return "avif"
    return "webp" if webp == best else None


def accepted_types(accept: str) -> set[str]:
    """The media types that are named, and not by a weight of 0."""
    return {name for name, weight in _weights(accept).items() if weight}


def _weights(accept: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        given = [_WEIGHT.fullmatch(piece) for piece in parameters]
        weights[name] = min(
            [float(found.group(1)) for found in given if found], default=1.0
        )
    return weights
