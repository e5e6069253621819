"""Pictures that cells of merges name: what they are in the workspace, and which of them
are to lose their background first. psd and the gateway ask each other."""

from hashlib import sha256

import msgspec

from onemanage.contracts.base import Query
from onemanage.contracts.imaging.quick import MakeImage, QuickSource
from onemanage.contracts.specs import QuerySpec

MOST_PICTURES_ASKED = 50
"""About which names of pictures, by one question."""
MAX_CUT_OUTS = 10_000
"""Pictures whose background one merge has taken away first."""
MOST_CUT_OUTS_LISTED = 500
"""In one answer; each name has ``MOST_NAME_CHARACTERS`` at most."""
MOST_NAME_CHARACTERS = 2000
"""Of the name of a picture; what is longer is none."""


class NamedPicture(msgspec.Struct, frozen=True, order=True):
    """What a cell names, and what its slot wants it made into first."""

    name: str
    """``fil_…``, ``doc_…``, ``doc_…:12`` (a layer), ``tsf_…``, ``bgd_…``, or an
    address."""
    prepare: str = ""
    """A recipe, as addresses of images say it, or ``remove_background``."""


class ListCutOuts(Query, frozen=True, kw_only=True):
    """Pictures of a merge that are no files and are to lose their background, each
    once, in their order, those behind ``after``. The gateway asks psd."""

    merge_id: str
    limit: int = MOST_CUT_OUTS_LISTED
    after: str = ""


class CutOutPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[str]
    """As cells name them."""
    has_more: bool


class FindPictures(Query, frozen=True, kw_only=True):
    """What these pictures are in the workspace. psd asks the gateway, whose files
    are."""

    pictures: list[NamedPicture]
    """``MOST_PICTURES_ASKED`` at most."""
    merge_task_id: str = ""
    """Whose cut-outs are meant where backgrounds are taken away."""


class FoundPicture(msgspec.Struct, frozen=True, kw_only=True):
    """``source``, ``make``, or why there is neither."""

    source: QuickSource | None = None
    """What can be read as it is."""
    make: MakeImage | None = None
    """What imaging is to be asked for first, unless it is there under its key."""
    code: str = ""
    message: str = ""


class FoundPictures(msgspec.Struct, frozen=True, kw_only=True):
    items: list[FoundPicture]
    """One for each that was asked about, in their order."""


PICTURES = QuerySpec(
    "queries.gateway.pictures", FindPictures, FoundPictures, "gateway", asker="psd"
)
CUT_OUTS = QuerySpec("queries.psd.cut_outs", ListCutOuts, CutOutPage, "psd", scans=True)


def cut_out_of(merge_task_id: str, name: str) -> str:
    """The task that takes the background of what cells name away for a merge. The
    gateway's statement that writes the row of a file makes the id in the same way."""
    return f"tsk_{sha256(f'{merge_task_id}:{name}'.encode()).hexdigest()[:32]}"
