"""What a picture that is made at once comes to: values that travel between processes."""

from dataclasses import dataclass

from onemanage.psd.domain.templates.rows import FilledRow


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickRow:
    """``row`` is None where the child has not, or no longer, compiled the template, and
    was not given its files."""

    row: FilledRow | None
    seconds: float = 0.0
    """That it took, and compiling where that was to be done."""
