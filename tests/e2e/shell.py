"""The command ``onemanage`` as a process of its own, in a folder of one user."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from onemanage.local.stack import Stack

COMMAND = str(Path(sys.executable).with_name("onemanage"))


class Shell:
    """A folder to work in, with the settings of one user of the command."""

    def __init__(self, folder: Path, stack: Stack) -> None:
        self.folder = folder
        self.state = folder / "state"
        kept = {
            name: one for name, one in os.environ.items() if "ONEMANAGE" not in name
        }
        self.environment = {
            **kept,
            "ONEMANAGE_URL": stack.base_url,
            "ONEMANAGE_API_KEY": stack.owner_api_key,
            "ONEMANAGE_CONFIG_DIR": str(folder / "settings"),
            "ONEMANAGE_STATE_DIR": str(self.state),
            "ONEMANAGE_NO_KEYRING": "1",
        }

    def run(
        self, *arguments: str, given: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, *arguments],
            cwd=self.folder,
            env={**self.environment, **environment},
            input=given,
            capture_output=True,
            text=True,
            timeout=100,
        )

    def records(self, *arguments: str, exit: int = 0) -> list[dict[str, Any]]:
        done = self.run(*arguments, "--json")
        assert done.returncode == exit, done.stdout + done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [COMMAND, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def noted(self, what: str) -> str:
        """The id that the journal has of a step, once it is there."""

        def found() -> str | None:
            for path in (self.state / "runs").glob("*.jsonl"):
                for line in path.read_text().splitlines():
                    told = json.loads(line)
                    if told.get("step") == what:
                        return str(told["made"])
            return None

        return until(found)


def until(found: Callable[[], str | None]) -> str:
    for _ in range(3000):
        if (value := found()) is not None:
            return value
        time.sleep(0.02)
    raise AssertionError("it did not come about within a minute")
