"""CONTRIBUTING's "Add a task", carried out in a copy of the repository.

The page's six files are written there, and what follows from them is generated. Nothing
else may have to change: the copy's checks and contract tests pass, and a stack that runs
from the copy carries the new task out.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from psd_tools import PSDImage

ROOT = Path(__file__).resolve().parents[2]
GENERATED = {"docs/asyncapi.json", "infra/local/src/onemanage/local/nats-users.conf"}
CHECKS = (
    "tests/contract/test_examples.py",
    "tests/contract/test_registry_agrees_with_services.py",
    "tests/contract/test_schemas.py",
)
_FILE = re.compile(r"`(\S+\.py)`:\n\n```(python|diff)\n(.*?)```\n", re.DOTALL)


class Copy:
    """The files that git knows, as they are, in another folder; and the page's six."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.before = {name: (ROOT / name).read_bytes() for name in _tracked()}
        for name, content in self.before.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            shutil.copystat(ROOT / name, path)
            _copy_compiled(ROOT / name, path)
        page = self.before["CONTRIBUTING.md"].decode()
        section = page.partition("\n## Add a task\n")[2].partition("\n## ")[0]
        self.written: list[str] = []
        for name, kind, text in _FILE.findall(section):
            path = folder / name
            path.write_text(text if kind == "python" else patched(path, text))
            self.written.append(name)

    def differs(self) -> set[str]:
        """The paths of files that were added or changed. None is deleted."""
        now = (path for path in self.folder.rglob("*") if path.is_file())
        names = {str(path.relative_to(self.folder)): path for path in now}
        return {
            name
            for name, path in names.items()
            if "__pycache__" not in name and path.read_bytes() != self.before.get(name)
        }

    def run(self, *arguments: str) -> str:
        """What ``python`` says, with the copy's sources before the installed ones."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": self._sources()},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _sources(self) -> str:
        given = tomllib.loads((self.folder / "pyproject.toml").read_text())
        paths = given["tool"]["mypy"]["mypy_path"]
        return os.pathsep.join(str(self.folder / path) for path in paths)


def _copy_compiled(source: Path, target: Path) -> None:
    """Else each test run would compile all that has not changed once more."""
    compiled = Path(cache_from_source(str(source)))
    if source.suffix == ".py" and compiled.exists():
        here = Path(cache_from_source(str(target)))
        here.parent.mkdir(exist_ok=True)
        shutil.copyfile(compiled, here)


def _tracked() -> list[str]:
    """By path. What is deleted and not yet committed is left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]


def patched(path: Path, diff: str) -> str:
    """The file with a diff's hunks applied: ``@@`` lies between them, without numbers.

    What a hunk finds in the file has to be there once.
    """
    text = path.read_text()
    for hunk in diff.split("@@\n"):
        lines = [(line[:1], line[1:]) for line in hunk.splitlines(keepends=True)]
        lines = [(mark.strip(), rest or "\n") for mark, rest in lines]
        old = "".join(rest for mark, rest in lines if mark != "+")
        new = "".join(rest for mark, rest in lines if mark != "-")
        assert text.count(old) == 1, f"{path.name} has {text.count(old)} times:\n{old}"
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    made = Copy(tmp_path_factory.mktemp("copy"))
    made.run("scripts/contracts.py")
    return made


def test_a_task_is_six_files_and_what_is_generated_from_them(copy: Copy) -> None:
    assert len(set(copy.written)) == 6
    assert copy.differs() - GENERATED == set(copy.written)
    for name in GENERATED:
        assert "psd.survey" in (copy.folder / name).read_text()


def test_the_six_files_pass_the_checks(copy: Copy, tmp_path: Path) -> None:
    cache = tmp_path / "mypy"
    if (ROOT / ".mypy_cache").exists():  # of the same sources but for the six
        shutil.copytree(ROOT / ".mypy_cache", cache)

    copy.run("-m", "black", "--check", "--quiet", *copy.written)
    copy.run("-m", "isort", "--check-only", "--quiet", *copy.written)
    copy.run("-m", "mypy", f"--cache-dir={cache}", *copy.written)
    copy.run("scripts/contracts.py", "--check")
    copy.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *CHECKS)


def test_the_new_task_runs_end_to_end(copy: Copy, poster: Path, tmp_path: Path) -> None:
    told = json.loads(copy.run("-m", "tests.e2e.survey", str(poster), f"{tmp_path}/up"))

    assert Path(told["module"]).is_relative_to(copy.folder)
    layers = [one for one in PSDImage.open(poster).descendants() if not one.is_group()]
    assert told["survey"]["name"] == "psd.survey"
    assert told["survey"]["state"] == "completed"
    assert told["survey"]["result"] == {
        "document_id": told["parsed"]["result"]["id"],
        "layers": len(layers),
        "hidden": sum(not one.is_visible() for one in layers),
        "depth": 1,
        "kinds": dict(Counter(one.kind for one in layers)),
    }
