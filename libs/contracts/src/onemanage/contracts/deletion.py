"""Deleting what was uploaded or made: what the orders of all services have in common.

Each service deletes what it keeps, by a task of its own that is made of these.
"""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import Command, Query, example_id
from onemanage.contracts.public import shows, shows_all

FILE = "file"
WORKSPACE = "workspace"
"""As a kind: all that a service has of it."""
HAS_DEPENDENTS = "has_dependents"
"""The code of a deletion that would take along more than it was told to."""
MOST_NAMED = 5_000
"""Things that a result names at most."""
MOST_DEPENDENTS = 100
"""Those that are named before something is deleted."""


@shows_all
class Thing(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Something that has an id and can be deleted."""

    kind: Annotated[str, Meta(examples=["rendition"])]
    id: Annotated[str, Meta(examples=[example_id("rnd")])]


class OlderThan(msgspec.Struct, frozen=True, kw_only=True):
    """Instead of ids: of one kind those that were made before, the oldest first."""

    kind: str
    before: datetime
    limit: int
    but: list[str] = []
    """Ids of those that stay, as tasks need them."""


class Delete(Command, frozen=True, kw_only=True):
    """Take these away for good: rows at once, then their objects.

    Parts go along: layers, images, an analysis of a file. What was made of it by an
    order of its own goes along with ``cascade`` alone.
    """

    things: list[Thing] = []
    cascade: bool = False
    older: OlderThan | None = None
    counts: dict[str, int] = {}
    """What tasks before this one, which it waited for, have deleted."""
    failed: int = 0
    """How many of those have not."""


@shows("counts")
class Deleted(msgspec.Struct, frozen=True, kw_only=True):
    """What is gone. Objects in storage may take a few seconds more after a crash."""

    counts: Annotated[
        dict[str, int],
        Meta(
            description="How many of each kind, what went along included.",
            examples=[{"document": 1, "rendition": 2}],
        ),
    ]
    things: list[Thing] = []
    """``MOST_NAMED`` of them at most, for who has kept something of them."""


class FindDependents(Query, frozen=True, kw_only=True):
    """What would go along if these were deleted."""

    things: list[Thing]


class Dependents(msgspec.Struct, frozen=True, kw_only=True):
    """``MOST_DEPENDENTS`` at most."""

    items: list[Thing]
    unknown: list[Thing] = []
    """Those of the question that the workspace does not have."""
    folders: list[str] = []
    """Where objects lie that tasks may read by their keys."""
