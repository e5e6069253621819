"""What actor.py has its children do."""

import json
import os
import time


def burn(seconds: float) -> None:
    """Keep a core busy."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


def hang(record: str) -> None:
    """Say who hangs, and never end."""
    with open(record, "a", encoding="utf-8") as file:
        file.write(json.dumps({"what": "hangs", "pid": os.getpid()}) + "\n")
    while True:
        time.sleep(1)
