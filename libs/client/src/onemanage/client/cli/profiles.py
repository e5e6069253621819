"""Profiles: which server, and as whom. Kept for this user of this machine alone.

``profiles.json`` in the folder of settings names them and says where each key is: in
the keyring, or beside it in a file that its owner alone can read (0600).
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from onemanage.client.cli.exits import CommandError, UsageError
from onemanage.client.cli.text import shown

DEFAULT_SERVER = "http://127.0.0.1:8000"
DEFAULT_PROFILE = "default"
FILE_NAME = "profiles.json"
_SERVICE = "onemanage"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One server and one key of it."""

    server: str = DEFAULT_SERVER
    workspace_id: str = ""
    begins_with: str = ""
    """The first characters of the key, to tell it by."""

    key: str = field(default="", repr=False)
    """Empty where the keyring has it."""

    @property
    def kept_in(self) -> str:
        """Where its key is."""
        return "file" if self.key else "keyring"


def settings_folder() -> Path:
    """Where profiles are: ONEMANAGE_CONFIG_DIR, or where this system keeps such."""
    if given := os.environ.get("ONEMANAGE_CONFIG_DIR"):
        return Path(given)
    import platformdirs

    return platformdirs.user_config_path("onemanage", appauthor=False)


def state_folder() -> Path:
    """Where journals of unfinished runs are: ONEMANAGE_STATE_DIR, or the system's."""
    if given := os.environ.get("ONEMANAGE_STATE_DIR"):
        return Path(given)
    import platformdirs

    return platformdirs.user_state_path("onemanage", appauthor=False)


def checked_name(name: str) -> str:
    """The same. Raises UsageError for what is no name of a profile."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{shown(name)} is no name of a profile: letters, digits, dots, dashes and"
            " underscores, 64 at most."
        )
    return name


class Profiles:
    """Those of this user. Each change is written at once, whole or not at all."""

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or settings_folder()) / FILE_NAME

    def all(self) -> dict[str, Profile]:
        """By name. Raises CommandError where the file cannot be used."""
        return self._read()[1]

    def current(self) -> str:
        """That which is used where none is named."""
        return self._read()[0]

    def get(self, name: str) -> Profile:
        """Raises CommandError where there is none of that name."""
        known = self.all()
        if name not in known:
            names = ", ".join(sorted(known)) or "none yet"
            raise CommandError(
                f"There is no profile {shown(name)}; there is {names}."
                f" Make it: onemanage login --profile {shown(name)}",
                code="no_profile",
            )
        return known[name]

    def key_of(self, name: str) -> str:
        """Its key. Raises CommandError where the keyring has it no more."""
        profile = self.get(name)
        if profile.key:
            return profile.key
        key = from_keyring(_entry(name, profile.server))
        if not key:
            raise CommandError(
                f"The key of the profile {name} is not in the keyring any more."
                f" Log in again: onemanage login --profile {name}",
                code="no_key",
            )
        return key

    def save(self, name: str, profile: Profile, key: str) -> Profile:
        """Keep it with its key, in the keyring where there is one; as it was kept."""
        in_keyring = to_keyring(_entry(name, profile.server), key)
        kept = replace(profile, key="" if in_keyring else key)
        with self._changed() as (_, known):
            known[name] = kept
        return kept

    def use(self, name: str) -> None:
        """Make it the one that is used where none is named."""
        self.get(name)
        with self._changed(current=name):
            pass

    def remove(self, name: str) -> None:
        """Forget it and its key. Raises CommandError where there is none."""
        profile = self.get(name)
        if not profile.key:
            from_keyring(_entry(name, profile.server), forget=True)
        with self._changed() as (_, known):
            del known[name]

    def is_private(self) -> bool:
        """Whether nobody else can read the file; so where there is none."""
        if os.name != "posix" or not self.path.exists():
            return True
        return not self.path.stat().st_mode & 0o077

    @contextmanager
    def _changed(
        self, current: str | None = None
    ) -> Iterator[tuple[str, dict[str, Profile]]]:
        known_current, known = self._read()
        yield known_current, known
        told = {
            "current": current or known_current,
            "profiles": {name: asdict(profile) for name, profile in known.items()},
        }
        write_private(self.path, json.dumps(told, indent=2) + "\n")

    def _read(self) -> tuple[str, dict[str, Profile]]:
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
            names = {name: _profile(one) for name, one in told["profiles"].items()}
            return str(told.get("current") or DEFAULT_PROFILE), names
        except FileNotFoundError:
            return DEFAULT_PROFILE, {}
        except (ValueError, TypeError, KeyError, AttributeError, OSError) as error:
            raise CommandError(
                f"{self.path} cannot be used: {error}. Put it right, or delete it and"
                " log in again: onemanage login",
                code="bad_profiles",
            ) from error


def _profile(told: dict[str, str]) -> Profile:
    """What a newer version has put beside is left out."""
    known = {name: told[name] for name in Profile.__dataclass_fields__ if name in told}
    return Profile(**known)


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else can read, from its first byte on, whole or not.

    Raises CommandError where it cannot be written.
    """
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(new, path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise CommandError(
            f"{path} cannot be written: {error.strerror or error}. Nothing was changed.",
            code="cannot_write",
        ) from error


def _entry(name: str, server: str) -> str:
    return f"{name} {server}"


def to_keyring(entry: str, key: str) -> bool:
    """Whether the keyring has taken it; not where there is none, or it is locked."""
    keyring = _keyring()
    if keyring is None:
        return False
    try:
        keyring.set_password(_SERVICE, entry, key)
        return bool(keyring.get_password(_SERVICE, entry) == key)
    except Exception as error:  # backends raise what they like; a file takes the key
        print(f"The keyring did not take the key: {shown(error)}", file=sys.stderr)
        return False


def from_keyring(entry: str, *, forget: bool = False) -> str:
    """The key under this name, empty for none; and it is none after ``forget``."""
    keyring = _keyring()
    if keyring is None:
        return ""
    try:
        found = keyring.get_password(_SERVICE, entry) or ""
        if found and forget:
            keyring.delete_password(_SERVICE, entry)
    except Exception as error:  # as above; the user is told to log in again
        print(f"The keyring cannot be read: {shown(error)}", file=sys.stderr)
        return ""
    return str(found)


def _keyring() -> Any:
    """The package, where it is installed and has something to keep keys in."""
    if os.environ.get("ONEMANAGE_NO_KEYRING"):
        return None
    try:
        keyring: Any = import_module("keyring")
    except ImportError:
        return None
    return keyring if keyring.get_keyring().priority > 0 else None
