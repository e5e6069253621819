"""What was remarkable about a document while it was opened: warnings for its user."""

from dataclasses import dataclass, field
from typing import Any

from psd_tools import PSDImage

from onemanage.psd.domain.old_names import NamesRead

_KEY = "_opening_notes"
_MOST = 50
"""Of one layer, or of the document."""


@dataclass
class Notes:
    """In sentences without a full stop, as all warnings of the manifest."""

    document: list[str] = field(default_factory=list)
    records: dict[int, list[str]] = field(default_factory=dict)
    """Of a layer, by ``id`` of its record."""
    names: NamesRead | None = None

    @property
    def damaged(self) -> bool:
        """Whether anything was not as it should be."""
        return bool(self.document or self.records)

    @property
    def warnings(self) -> list[str]:
        """Of the document."""
        told = self.names.warning if self.names else None
        return [*self.document[:_MOST], *([told] if told else [])]

    def say(self, text: str) -> None:
        """Of the document, once; above a number of them no more are kept."""
        if text not in self.document and len(self.document) < _MOST:
            self.document.append(text)

    def of(self, record: Any) -> list[str]:
        """What was noted of one layer."""
        return self.records.get(id(record), [])

    def note(self, record: Any, text: str) -> None:
        """Of one layer, once."""
        texts = self.records.setdefault(id(record), [])
        if text not in texts and len(texts) < _MOST:
            texts.append(text)


def notes_of(document: PSDImage) -> Notes:
    """Empty for a document that was made in memory."""
    found: Notes = document.__dict__.setdefault(_KEY, Notes())
    return found


def keep_notes(document: PSDImage, notes: Notes) -> None:
    """For as long as the document is."""
    document.__dict__[_KEY] = notes
