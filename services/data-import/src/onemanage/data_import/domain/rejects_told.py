"""How much is told of rejects, and what their file has besides the source's columns."""

MOST_NAMED = 1_000
"""Reject entries that an import tells; the CSV has all."""
MOST_COUNTS = 100
OURS = ("_line", "_column", "_error")
"""Columns of the rejects CSV that are none of the source's."""
