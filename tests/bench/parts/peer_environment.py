"""Programs of others in an environment of their own, so that none is in ours."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


class PeerEnvironment:
    """Made in ``folder``, with these packages; ``script`` times one peer in it.

    It is given the peer's name and what it needs, and prints seconds last.
    """

    def __init__(self, folder: Path, packages: Sequence[str], script: str) -> None:
        self._python, self._script = folder / "bin" / "python", script
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [str(self._python), "-m", "pip", "install", "--quiet", *packages]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        self.missing = done.stderr if done.returncode else ""

    def seconds(self, name: str, *given: str) -> float | None:
        """None where the peer cannot do it here; why is printed."""
        told = self.told(name, *given)
        return None if told is None else float(told.split()[-1])

    def told(self, name: str, *given: str) -> str | None:
        """What the script prints; None as above."""
        if self.missing:
            print(f"{name}: the peers cannot be installed: {self.missing[-300:]}")
            return None
        command = [str(self._python), self._script, name, *given]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name} does not run here: {done.stderr.strip()[-300:]}")
            return None
        return done.stdout
