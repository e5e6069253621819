"""What is said of an error, and with which code the command ends for it."""

from typing import Any

from onemanage.client.cli.exits import CommandError, Exit, of_status
from onemanage.client.cli.running import Interrupted
from onemanage.client.cli.text import shown, shown_lines

Record = dict[str, Any]


def exit_of(error: BaseException) -> Exit:
    """The code for this error."""
    from onemanage.client.errors import Problem, TaskFailed, Unauthenticated

    if isinstance(error, (CommandError, Interrupted)):
        return error.exit
    if isinstance(error, Unauthenticated):
        return Exit.NOT_ALLOWED
    if isinstance(error, Problem):
        return of_status(error.status)
    return Exit.TASK_FAILED if isinstance(error, TaskFailed) else Exit.FAILED


def is_hopeless(error: BaseException) -> bool:
    """Whether it would be the same with every other file: no server, no key."""
    from onemanage.client.errors import ConnectionFailed, InvalidSettings, Problem

    if isinstance(error, Problem):
        return error.status in (401, 403)
    return isinstance(error, (ConnectionFailed, InvalidSettings))


def told(error: BaseException) -> str:
    """In words for a person, safe for a terminal."""
    if isinstance(error, OSError) and not hasattr(error, "message"):
        name = f"{shown(error.filename)}: " if error.filename else ""
        advice = {28: " Make room, and give the same command again."}
        return f"{name}{error.strerror or error}.{advice.get(error.errno or 0, '')}"
    return shown_lines(str(error))


def record_of(error: BaseException) -> Record:
    """As an object for programs."""
    record: Record = {
        "code": str(getattr(error, "code", "") or _code(error)),
        "message": getattr(error, "message", None) or told(error),
    }
    for name in ("hint", "trace_id", "task_id", "where", "retry_after", "status"):
        if (value := getattr(error, name, None)) is not None:
            record[name] = value
    if places := getattr(error, "places", ()):
        record["errors"] = [{"pointer": at, "detail": what} for at, what in places]
    return {**record, "exit": int(exit_of(error))}


def _code(error: BaseException) -> str:
    """Of an error without one: its name, as codes are written."""
    name = type(error).__name__
    parts = (f"_{one.lower()}" if one.isupper() else one for one in name)
    return "".join(parts).lstrip("_")
