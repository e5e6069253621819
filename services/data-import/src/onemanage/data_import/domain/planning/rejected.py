"""Rows that cannot be read as they are."""

from collections import Counter
from collections.abc import Sequence

from onemanage.contracts.imports.plans import Reject, Warning

_SHOWN_LINES = 5


class Rejected:
    """Counts them by reason; of the lines it keeps the first few."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lines: dict[str, list[int]] = {}

    def see(self, rejects: Sequence[Reject]) -> None:
        """Count them, and keep the first lines of each reason."""
        self._counts.update(one.reason for one in rejects)
        lines: dict[str, list[int]] = {}
        for one in rejects:
            lines.setdefault(one.reason, []).append(one.line)
        for reason, found in lines.items():
            some = sorted([*self._lines.get(reason, ()), *found])
            self._lines[reason] = some[:_SHOWN_LINES]

    @property
    def rows(self) -> int:
        """How many rows were rejected in all."""
        return self._counts.total()

    def warnings(self) -> list[Warning]:
        """One for each reason."""
        return [self._warning(reason) for reason in sorted(self._counts)]

    def _warning(self, reason: str) -> Warning:
        count = self._counts[reason]
        some = ", ".join(map(str, self._lines[reason]))
        more = ", …" if count > _SHOWN_LINES else ""
        return Warning(
            code=reason,
            message=f"{count:,} rows cannot be read as they are and will be "
            f"rejected: lines {some}{more}.",
        )
