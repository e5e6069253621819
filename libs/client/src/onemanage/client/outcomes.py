"""What has become of one of many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar, cast

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class Outcome(Generic[ItemT, ResultT]):
    """An item, and what was made of it or why nothing was."""

    item: ItemT
    result: ResultT | None = None
    error: Exception | None = None

    def unwrap(self) -> ResultT:
        """The result. Raises the error in its place."""
        if self.error is not None:
            raise self.error
        return cast(ResultT, self.result)
