"""What goes into a template and what comes out: values that travel between processes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from onemanage.contracts.psd.templates import Slot, SlotValue
from onemanage.psd.domain.document import ExportedImage, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """The slots of a document, found and changed, and how large it is."""

    slots: tuple[Slot, ...]
    width: int
    """Pixels."""
    height: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What is compiled: a document, its slots and the fonts at hand.

    ``key`` names it for a child that stays and keeps what it has compiled: another for
    anything else, as ``tpl_…/3``. Empty: compiled anew each time.
    """

    source: Path
    slots: tuple[Slot, ...]
    fonts: tuple[Path, ...] = ()
    key: str = ""
    limits: Limits = Limits()
    name_encoding: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The values of one picture.

    A slot that ``values`` does not name shows what the document shows. One with a value
    that has nothing, ``SlotValue()``, is hidden. A slot of a picture takes the file that
    ``pictures`` has under its name; the value's own ``picture`` is for whoever fetches
    it. ``names`` are of the files to be written, one an output, without a folder.
    """

    number: int
    values: Mapping[str, SlotValue]
    pictures: Mapping[str, Path] = field(default_factory=dict)
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Why a row has no picture: its slot, and what is wrong with the value."""

    slot: str
    code: str
    """``template.`` and unknown_slot, wrong_value, text_too_long, does_not_fit,
    picture_unreadable, picture_too_large, no_such_choice or missing_font."""
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledRow:
    """Its files, one an output in their order; none where it is rejected."""

    number: int
    images: tuple[ExportedImage, ...] = ()
    warnings: tuple[str, ...] = ()
    rejection: Rejection | None = None


class RowRejected(Exception):
    """A value that cannot be shown as its slot's rules want."""

    def __init__(self, slot: str, code: str, message: str) -> None:
        super().__init__(slot, code, message)
        self.slot, self.code, self.message = slot, code, message

    @property
    def rejection(self) -> Rejection:
        """The same as a value."""
        return Rejection(slot=self.slot, code=self.code, message=self.message)
