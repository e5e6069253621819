"""What a child of the sandbox tries that was taken over by what it reads."""

import ctypes
import os
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path


def environment() -> str:
    return Path("/proc/self/environ").read_text()


def user() -> tuple[int, int]:
    return os.getuid(), os.getgid()


def read(path: Path | str) -> bytes:
    return Path(path).read_bytes()


def look(path: Path) -> list[str]:
    return os.listdir(path)


def write(path: Path) -> None:
    path.write_text("taken over")


def connect(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        return connection.recv(100)


def make_socket(family: int, kind: int) -> None:
    socket.socket(family, kind).close()


def start_a_program() -> None:
    subprocess.run(["/bin/true"], check=True)


def fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def signal_to(pid: int) -> None:
    os.kill(pid, signal.SIGUSR1)


def trace(pid: int) -> None:
    """PTRACE_ATTACH."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, pid, 0, 0):
        raise OSError(ctypes.get_errno(), "ptrace")


def link(source: Path, target: Path) -> None:
    target.symlink_to(source)


def hard_link(source: Path, target: Path) -> None:
    target.hardlink_to(source)


def limits() -> dict[str, tuple[int, int]]:
    import resource

    return {
        name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))
        for name in ("AS", "CORE", "NOFILE", "FSIZE")
    }


def use_its_folder(folder: Path) -> list[str]:
    """All that a library may want to do in it, and a temporary file besides."""
    import tempfile

    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(b"x")
    inner = folder / "inner"
    inner.mkdir()
    (inner / "one").write_text("1")
    (inner / "one").rename(folder / "two")
    (folder / "given").write_text("2")
    inner.rmdir()
    return [path.name for path in folder.iterdir() if not path.name.startswith("tmp")]


def compute_in_threads() -> int:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        return sum(pool.map(abs, range(-100, 0)))


def report_before_and_after(report: Callable[[int], None]) -> int:
    report(1)
    report(2)
    return os.getpid()
