"""thumbor in an environment of its own: one process, results kept as files."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGE = "thumbor==7.8.0"
WIDTH = 400
_START_SECONDS = 30


class Thumbor:
    """``missing`` says why it could not be installed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.missing = self._install()

    @contextmanager
    def serving(self, port: int, picture: Path, copies: int) -> Iterator[int]:
        """Its pid. The picture is there ``copies`` times, so that each is made anew."""
        shelf, results = self._folder / "pictures", self._folder / "results"
        shutil.rmtree(shelf, ignore_errors=True)
        shutil.rmtree(results, ignore_errors=True)
        shelf.mkdir()
        for number in range(copies):
            (shelf / f"{number}.jpg").hardlink_to(picture)
        settings = self._folder / "thumbor.conf"
        settings.write_text(
            "LOADER = 'thumbor.loaders.file_loader'\n"
            f"FILE_LOADER_ROOT_PATH = {str(shelf)!r}\n"
            "STORAGE = 'thumbor.storages.no_storage'\n"
            "RESULT_STORAGE = 'thumbor.result_storages.file_storage'\n"
            f"RESULT_STORAGE_FILE_STORAGE_ROOT_PATH = {str(results)!r}\n"
            "RESULT_STORAGE_STORES_UNSAFE = True\n"
            "ALLOW_UNSAFE_URL = True\n"
            "QUALITY = 80\n"
        )
        command = [
            *(str(self._folder / "env" / "bin" / "thumbor"), "-i", "127.0.0.1"),
            *("-p", str(port), "-c", str(settings), "-l", "error"),
        ]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            await_port(port)
            yield process.pid
        finally:
            process.terminate()
            process.wait()

    def kept(self) -> int:
        """Results on disk."""
        return sum(file.is_file() for file in (self._folder / "results").rglob("*"))

    def _install(self) -> str:
        environment = self._folder / "env"
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        install = [str(environment / "bin" / "python"), "-m", "pip", "install", "-q"]
        done = subprocess.run(
            [*install, PACKAGE], capture_output=True, text=True, check=False
        )
        return done.stderr[-300:] if done.returncode else ""


def request(number: int) -> str:
    path = f"/unsafe/{WIDTH}x0/{number}.jpg"
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n"


def await_port(port: int) -> None:
    """Until somebody listens there. Raises OSError."""
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
        time.sleep(0.1)
