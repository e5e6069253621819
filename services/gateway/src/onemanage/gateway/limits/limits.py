"""What a workspace may do, and what already counts against it."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.public import shows_all


@shows_all
class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Those of one workspace. None: there is no such limit."""

    key_requests_per_second: Annotated[
        float | None,
        Meta(description="Of each API key or session.", examples=[100]),
    ] = None
    requests_per_second: Annotated[
        float | None,
        Meta(description="Of the whole workspace.", examples=[300]),
    ] = None
    images_per_second: Annotated[
        float | None,
        Meta(
            description="Made by address, of the whole workspace; those that are there "
            "do not count.",
            examples=[20],
        ),
    ] = None
    uploads: Annotated[
        int | None, Meta(description="At the same moment.", examples=[20])
    ] = None
    stored_bytes: Annotated[
        int | None,
        Meta(description="Of uploaded files that are kept.", examples=[10**12]),
    ] = None
    tasks_waiting: Annotated[
        int | None,
        Meta(
            description="Tasks that somebody has asked for and that have not ended.",
            examples=[10_000],
        ),
    ] = None
    rows_per_day: Annotated[
        int | None,
        Meta(description="Rows imported, by days of UTC.", examples=[10**7]),
    ] = None
    rows_per_month: Annotated[
        int | None,
        Meta(description="The same by calendar months of UTC.", examples=[10**8]),
    ] = None
    pixels_per_day: Annotated[
        int | None,
        Meta(description="Pixels worked, by days of UTC.", examples=[10**11]),
    ] = None
    pixels_per_month: Annotated[
        int | None,
        Meta(description="The same by calendar months of UTC.", examples=[10**12]),
    ] = None


NO_LIMITS = Limits()

type Own = Mapping[str, float | int | None]
"""Limits that a workspace has of its own, by name."""


class Worked(msgspec.Struct, frozen=True, kw_only=True):
    """What has been worked for a workspace in this day and this month of UTC."""

    rows_day: int = 0
    rows_month: int = 0
    pixels_day: int = 0
    pixels_month: int = 0


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a workspace that decides what it may do now."""

    own: dict[str, float | int | None] = {}
    worked: Worked = Worked()


def in_force(installation: Limits, own: Own) -> Limits:
    """The workspace's own where it has one, else the installation's.

    A name of a release to come is passed over.
    """
    known = {name: own[name] for name in Limits.__struct_fields__ if name in own}
    return msgspec.structs.replace(installation, **known)
