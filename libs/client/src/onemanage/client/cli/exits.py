"""With which code the command ends."""

from collections.abc import Collection
from enum import IntEnum


class Exit(IntEnum):
    """Codes of every command; docs/command.md tells them."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    NOT_ALLOWED = 4
    RATE_LIMITED = 5
    TASK_FAILED = 6
    PARTLY_DONE = 7
    INTERRUPTED = 130
    READER_GONE = 141
    """128 and SIGPIPE, as the shell says of every tool whose output nobody reads."""

    TERMINATED = 143


_BY_STATUS = {
    401: Exit.NOT_ALLOWED,
    403: Exit.NOT_ALLOWED,
    404: Exit.NOT_FOUND,
    410: Exit.NOT_FOUND,
    429: Exit.RATE_LIMITED,
}


def of_status(status: int) -> Exit:
    """Of a problem that the server has answered with this HTTP status."""
    return _BY_STATUS.get(status, Exit.FAILED)


def of_many(exits: Collection[int]) -> Exit:
    """Of a run over many: theirs where they agree, else partly done or failed."""
    different = set(exits)
    if len(different) < 2:
        return Exit(different.pop()) if different else Exit.DONE
    if different & {Exit.DONE, Exit.PARTLY_DONE}:
        return Exit.PARTLY_DONE
    return Exit.FAILED


class CommandError(Exception):
    """Ends the command. What was wrong and what to do, in words, and the code."""

    def __init__(
        self, message: str, exit: int = Exit.FAILED, *, code: str = "failed"
    ) -> None:
        self.exit = Exit(exit)
        self.code = code
        super().__init__(message)


class UsageError(CommandError):
    def __init__(self, message: str) -> None:
        super().__init__(message, Exit.USAGE, code="usage")
