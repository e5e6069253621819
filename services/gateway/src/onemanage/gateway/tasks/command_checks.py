"""What a command must be before it is accepted: whole, and of a size that can be sent.

A row whose command could never be published would be a promise that nobody can keep.
"""

from typing import Any

import msgspec

from onemanage.contracts.registry import task_named
from onemanage.gateway.http.problems import Problem
from onemanage.platform.messaging.commands import MAX_COMMAND, envelope_of

MAX_ORDER_BYTES = MAX_COMMAND - (8 << 10)
"""Bytes; the rest is left to what the accepting statement adds: a file and its name."""
_OF_A_FILE = ("file_id", "file_key", "file_name", "file_sha256")
_FILLED_IN_WHEN_SENT = ("type", "task_id", "workspace_id", "run")
_KIB = 1024


def check_command(
    name: str, fields: dict[str, Any], *, task_id: str, has_file: bool
) -> None:
    """Build the command as it will be sent, and weigh it.

    Raises a 413 Problem that names the largest part, and msgspec.ValidationError for
    fields that are no command at all, which is a route's own fault.
    """
    spec = task_named(name)
    if spec is None:
        raise LookupError(f"{name} is not in the subject registry")
    of_file = dict.fromkeys(_OF_A_FILE, "") if has_file else {}
    ids = {"type": name, "task_id": task_id, "workspace_id": ""}
    size = len(envelope_of(msgspec.convert(fields | of_file | ids, spec.command)))
    if size > MAX_ORDER_BYTES:
        path, part = _largest(fields)
        detail = (
            f"This order has {_in_kib(size)} and may have "
            f"{_in_kib(MAX_ORDER_BYTES)}; its "
            f"largest part is {path} with {_in_kib(part)}. Make that shorter, or "
            "send several smaller orders."
        )
        raise Problem(413, "order_too_large", detail)


def own_fields(command: dict[str, Any]) -> dict[str, Any]:
    """Those of a command that its row keeps."""
    return {k: v for k, v in command.items() if k not in _FILLED_IN_WHEN_SENT}


def _largest(fields: dict[str, Any]) -> tuple[str, int]:
    """The innermost part that holds most of what it stands in; its bytes as JSON."""
    path, size, value = "", 0, fields
    while children := _children(value):
        weighed = [(len(msgspec.json.encode(v)), str(k), v) for k, v in children]
        heaviest, key, inner = max(weighed, key=lambda each: each[0])
        if 2 * heaviest < size:
            break
        path, size, value = f"{path}.{key}" if path else key, heaviest, inner
    return path, size


def _children(value: Any) -> list[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _in_kib(size: int) -> str:
    return f"{-(-size // _KIB):,} KiB"
