"""What the clients were told. The system is held to it afterwards."""

import time
from collections import Counter
from dataclasses import dataclass, field

ENDED = frozenset({"completed", "failed", "cancelled"})


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A task that a client was given the id of."""

    task_id: str
    workspace_id: str
    key: str
    kind: str
    """light, heavy, invalid, by_file, preview or probe."""
    at: float
    """Seconds since the epoch."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """An end that a client was told of."""

    task_id: str
    run: int | None
    """None where the answer did not say."""
    state: str
    by: str


@dataclass(frozen=True, kw_only=True)
class UploadedFile:
    file_id: str
    sha256: str
    size: int


@dataclass
class Ledger:
    accepted: dict[str, Accepted] = field(default_factory=dict)
    files: dict[str, UploadedFile] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    """How often what was answered, or went wrong on the way."""
    broken: list[tuple[str, str]] = field(default_factory=list)
    """Promises broken before the clients' eyes: a task or file id, and how."""
    _by_key: dict[str, str] = field(default_factory=dict)

    def accept(self, task_id: str, workspace_id: str, key: str, kind: str) -> None:
        self._same_for_key(key, task_id)
        self.accepted.setdefault(
            task_id,
            Accepted(
                task_id=task_id,
                workspace_id=workspace_id,
                key=key,
                kind=kind,
                at=time.time(),
            ),
        )

    def keep(self, file: UploadedFile, key: str) -> None:
        self._same_for_key(key, file.file_id)
        self.files[file.file_id] = file

    def tell(self, task_id: str, run: int | None, state: str, by: str) -> None:
        if state in ENDED:
            self.told.append(Told(task_id=task_id, run=run, state=state, by=by))

    def breach(self, who: str, how: str) -> None:
        self.broken.append((who, how))

    def _same_for_key(self, key: str, found: str) -> None:
        before = self._by_key.setdefault(key, found)
        if before != found:
            self.breach(found, f"Idempotency-Key {key} gave {before} before")
