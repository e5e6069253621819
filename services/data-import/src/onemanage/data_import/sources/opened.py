"""A source database within reach: what a child needs to read it."""

from dataclasses import dataclass, field
from pathlib import Path

from onemanage.contracts.imports.sources import DatabaseSource
from onemanage.data_import.sources.forwarder import ForwarderEnd


@dataclass(frozen=True, kw_only=True)
class Opened:
    """Never to be stored."""

    source: DatabaseSource
    password: str = field(repr=False)
    end: ForwarderEnd
    statement_seconds: float
    connect_seconds: float

    @property
    def folder(self) -> Path:
        """Where reader and forwarder meet besides the port."""
        return self.end.demand_path.parent
