"""Looking at processes through /proc: whose child is what, and what has stayed behind."""

import os
from collections.abc import Iterator
from pathlib import Path

MARK = "ONEMANAGE_SOAK"
"""An environment variable that every process of a soak inherits, with a value of its own."""
_PROC = Path("/proc")
_STATE, _PARENT = 0, 1


def _pids() -> Iterator[int]:
    return (int(path.name) for path in _PROC.iterdir() if path.name.isdecimal())


def _stat(pid: int) -> list[str]:
    """What follows the name in /proc/<pid>/stat; empty where it is gone."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def is_alive(pid: int) -> bool:
    stat = _stat(pid)
    return bool(stat) and stat[_STATE] not in "ZX"


def children(pid: int) -> list[int]:
    return [
        each for each in _pids() if (stat := _stat(each)) and int(stat[_PARENT]) == pid
    ]


def descendants(pid: int) -> list[int]:
    found = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


def command_line(pid: int) -> str:
    try:
        raw = (_PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return ""
    return raw.replace(b"\0", b" ").decode(errors="replace").strip()


def cpu_children(worker: int) -> list[int]:
    """Those that work for the worker at this moment: children of its fork server."""
    return [
        child
        for server in children(worker)
        if "-X sandbox" in command_line(server)
        for child in children(server)
        if is_alive(child)
    ]


def marked(mark: str) -> dict[int, str]:
    """Every other living process that has inherited the mark, and its command line."""
    wanted = f"{MARK}={mark}".encode()
    found = {}
    for pid in _pids():
        if pid == os.getpid() or not is_alive(pid):
            continue
        try:
            environment = (_PROC / str(pid) / "environ").read_bytes()
        except OSError:  # it has ended since, or is another user's
            continue
        # A fork server of the sandbox has no environment of ours; it ends with its parent.
        stat = _stat(pid)
        orphan = "-X sandbox" in command_line(pid) and stat and stat[_PARENT] == "1"
        if orphan or wanted in environment.split(b"\0"):
            found[pid] = command_line(pid)
    return found
