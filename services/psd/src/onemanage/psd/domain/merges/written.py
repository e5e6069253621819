"""What the child that writes a merge's files is given, and what it says."""

import msgspec

from onemanage.contracts.psd.merges import MergedRow

MANIFEST_CSV, MANIFEST_PARQUET = "manifest.csv", "manifest.parquet"
REJECTS_CSV = "rejects.csv"


class ToldRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row, and the texts that it came from."""

    row: MergedRow
    cells: list[str | None]


class Written(msgspec.Struct, frozen=True, kw_only=True):
    rows: int
    rejected: int
