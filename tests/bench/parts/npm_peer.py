"""Programs of npm's packages, where node and the packages can be had."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_INSTALL_SECONDS = 120
_RUN_SECONDS = 300


class NpmPeer:
    """Installed in ``folder``; ``missing`` says why it could not be, or is empty."""

    def __init__(self, folder: Path, *packages: str) -> None:
        self._folder = folder
        self.missing = self._install(packages)

    def run(self, script: str, *arguments: str | Path) -> Any:
        """What the script prints, as JSON.

        Raises CalledProcessError, with its ``stderr``, or TimeoutExpired.
        """
        file = self._folder / "run.js"
        file.write_text(script)
        command = ["node", "--max-old-space-size=3000", str(file)]
        done = subprocess.run(
            [*command, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=_RUN_SECONDS,
            check=True,
        )
        return json.loads(done.stdout)

    @contextmanager
    def started(
        self, script: str, *arguments: str | Path
    ) -> Iterator[subprocess.Popen[bytes]]:
        """The script as a process of its own, which ends with the block."""
        file = self._folder / "serve.js"
        file.write_text(script)
        process = subprocess.Popen(["node", str(file), *map(str, arguments)])
        try:
            yield process
        finally:
            process.terminate()
            process.wait()

    def _install(self, packages: tuple[str, ...]) -> str:
        if not shutil.which("node") or not (npm := shutil.which("npm")):
            return "node and npm are not at hand"
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--prefix", ".", "--no-audit", *packages]
        try:
            subprocess.run(
                command,
                cwd=self._folder,
                check=True,
                capture_output=True,
                timeout=_INSTALL_SECONDS,
            )
        except (subprocess.SubprocessError, OSError) as error:
            return f"{' and '.join(packages)} cannot be installed: {error}"
        return ""
