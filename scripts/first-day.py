"""Runs the commands of "A company's first day" in docs/operating.md.

    WEBHOOK_ALLOWED_NETWORKS=127.0.0.0/8 make up
    BASE=http://127.0.0.1:8000 KEY='Authorization: Bearer om_live_…' scripts/first-day.py

They run one after another in one shell, on an installation that is new. Prints each with
what was answered, and fails where that is not what the page says. There, ``…`` stands
for anything; ids, secrets, times and versions may be others.
"""

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "operating.md"
_SECTION = re.compile(r"^## A company's first day.*?(?=^## )", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_OTHERS = (
    (r"om_(live|sess|invt)_[\w-]+…?", r"om_\1_"),
    (r"\b([a-z]{3})_[0-9a-f]{4,32}\b…?", r"\1_"),
    (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME"),
    (r"\b[0-9a-f]{32}\b", "HEX"),
    (r"curl/[\d.]+", "curl"),
)
"""What differs from one day to the next, and what it is compared as."""
_MARK = "\x1e"


def steps() -> list[tuple[str, str]]:
    """Each command with what the page says is answered."""
    (section,) = _SECTION.findall(PAGE.read_text(encoding="utf-8"))
    found = []
    for block in _BLOCK.findall(section):
        lines = block.splitlines()
        starts = [at for at, line in enumerate(lines) if line.startswith("$ ")]
        for start, end in pairwise([*starts, len(lines)]):
            stop = start + 1
            while lines[stop - 1].endswith("\\"):
                stop += 1
            command = "\n".join(lines[start:stop])[2:]
            found.append((command, "\n".join(lines[stop:end])))
    return found


def answers(commands: list[str]) -> list[str]:
    """What each of them printed."""
    script = "\n".join(f"printf '{_MARK}'\n{command}" for command in commands)
    done = subprocess.run(
        ["bash", "-c", script], stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.split(_MARK)[1:]


def is_as_told(told: str, answer: str) -> bool:
    """Whether an answer is the one in the page, where that is not shortened."""
    parts = [re.escape(part) for part in _comparable(told).split("…")]
    return re.fullmatch(".*".join(parts), _comparable(answer)) is not None


def _comparable(text: str) -> str:
    joined = "".join(line.strip() for line in text.splitlines())
    for pattern, same in _OTHERS:
        joined = re.sub(pattern, same, joined)
    return joined


def main() -> None:
    """Run the page's commands; the exit code."""
    told = steps()
    others = 0
    for (command, text), answer in zip(
        told, answers([command for command, _ in told]), strict=True
    ):
        print(f"$ {command}\n{answer}")
        if not is_as_told(text, answer):
            others += 1
            print(f"The page says:\n{text}\n", file=sys.stderr)
    sys.exit(f"{others} of {len(told)} answers are others than told" if others else 0)


if __name__ == "__main__":
    main()
