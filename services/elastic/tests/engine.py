"""A container engine for tests: Podman's service on a socket, with an image made here."""

import io
import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

IMAGE = "localhost/onemanage/{service}:test"
_PROGRAMS = ("/bin/sh", "/bin/sleep")
_WORKER = b"""#!/bin/sh
trap 'exit 0' TERM
sleep 600 &
wait
"""
# Where more are forbidden than the usual, no container would start.
_LIMITS = '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]\n'


def missing() -> str | None:
    """Why there can be no engine here."""
    for program in ("podman", "runc"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    return None if os.geteuid() == 0 else "containers are started by root alone"


@contextmanager
def engine(folder: Path) -> Iterator[Path]:
    """Its socket. All that it keeps lies in the folder, but for what it notes of those
    that run: Podman 4.3 takes no more than 50 letters for that place."""
    with TemporaryDirectory(prefix="om-") as running:
        with _engine(folder, running) as socket:
            yield socket


@contextmanager
def _engine(folder: Path, running: str) -> Iterator[Path]:
    (folder / "containers.conf").write_text(_LIMITS)
    environment = os.environ | {"CONTAINERS_CONF": str(folder / "containers.conf")}
    podman = [
        *("podman", "--runtime", "runc", "--storage-driver", "vfs"),
        *("--root", str(folder / "root"), "--runroot", running),
        *("--cgroup-manager", "cgroupfs", "--events-backend", "none"),
    ]

    def run(*arguments: str) -> None:
        subprocess.run(
            [*podman, *arguments], env=environment, check=True, capture_output=True
        )

    _write_image(folder / "image.tar")
    run("import", str(folder / "image.tar"), IMAGE.format(service="psd"))
    socket = folder / "api.sock"
    service = [*podman, "system", "service", "--time=0", f"unix://{socket}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(service, env=environment, stdout=log, stderr=log)
    try:
        while not socket.exists():
            assert process.poll() is None, (folder / "log").read_text()
            time.sleep(0.05)
        yield socket
    finally:
        process.terminate()
        process.wait()
        run("rm", "--all", "--force", "--time", "0")


def _write_image(file: Path) -> None:
    with tarfile.open(file, "w") as tar:
        for path in sorted({*_PROGRAMS, *map(str, _libraries())}):
            entry = tar.gettarinfo(os.path.realpath(path), arcname=path.lstrip("/"))
            with open(os.path.realpath(path), "rb") as content:
                tar.addfile(entry, content)
        entry = tarfile.TarInfo("usr/bin/onemanage-psd-worker")
        entry.size, entry.mode = len(_WORKER), 0o755
        tar.addfile(entry, io.BytesIO(_WORKER))


def _libraries() -> set[str]:
    told = subprocess.run(["ldd", *_PROGRAMS], capture_output=True, text=True)
    return {
        word for word in told.stdout.split() if word.startswith("/") and word[-1] != ":"
    }
