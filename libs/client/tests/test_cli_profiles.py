"""Profiles, and where their keys are kept."""

import json
import os
import stat
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from onemanage.client.cli.exits import CommandError
from onemanage.client.cli.profiles import Profile, Profiles, checked_name

KEY = "om_live_" + "x" * 43


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)


class Ring:
    """The package keyring, as far as it is called, with keys in memory."""

    def __init__(self, priority: float = 1, refuses: bool = False) -> None:
        self.keys: dict[tuple[str, str], str] = {}
        self.priority, self.refuses = priority, refuses

    def module(self) -> ModuleType:
        module = ModuleType("keyring")
        backend = SimpleNamespace(priority=self.priority)
        module.__dict__.update(
            get_keyring=lambda: backend,
            set_password=self.set_password,
            get_password=lambda *entry: self.keys.get(entry),
            delete_password=lambda *entry: self.keys.pop(entry),
        )
        return module

    def set_password(self, service: str, entry: str, key: str) -> None:
        if self.refuses:
            raise RuntimeError("it is locked")
        self.keys[service, entry] = key


def test_a_key_is_kept_where_its_owner_alone_can_read_it(tmp_path: Path) -> None:
    profiles = Profiles(tmp_path / "new")
    kept = profiles.save("default", Profile(server="http://a"), KEY)
    assert kept.kept_in == "file"
    assert profiles.key_of("default") == KEY
    assert stat.S_IMODE(profiles.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(profiles.path.parent.stat().st_mode) == 0o700
    assert profiles.is_private()
    assert os.listdir(profiles.path.parent) == ["profiles.json"]


def test_a_file_that_others_can_read_is_noticed(tmp_path: Path) -> None:
    profiles = Profiles(tmp_path)
    profiles.save("default", Profile(), KEY)
    profiles.path.chmod(0o644)
    assert not profiles.is_private()


def test_the_keyring_has_the_key_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Ring()
    monkeypatch.setitem(sys.modules, "keyring", ring.module())
    profiles = Profiles(tmp_path)
    assert profiles.save("work", Profile(server="http://a"), KEY).kept_in == "keyring"
    assert KEY not in profiles.path.read_text()
    assert profiles.key_of("work") == KEY
    profiles.remove("work")
    assert not ring.keys
    assert profiles.all() == {}


@pytest.mark.parametrize("ring", [Ring(priority=0), Ring(refuses=True)])
def test_a_keyring_that_takes_nothing_leaves_the_key_to_the_file(
    ring: Ring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", ring.module())
    profiles = Profiles(tmp_path)
    assert profiles.save("default", Profile(), KEY).kept_in == "file"
    assert profiles.key_of("default") == KEY


def test_a_key_that_left_the_keyring_says_to_log_in_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Ring()
    monkeypatch.setitem(sys.modules, "keyring", ring.module())
    profiles = Profiles(tmp_path)
    profiles.save("default", Profile(), KEY)
    ring.keys.clear()
    with pytest.raises(CommandError, match="onemanage login --profile default"):
        profiles.key_of("default")


def test_profiles_stand_beside_each_other_and_one_is_current(tmp_path: Path) -> None:
    profiles = Profiles(tmp_path)
    profiles.save("a", Profile(server="http://a"), KEY)
    profiles.save("b", Profile(server="http://b"), KEY + "2")
    profiles.use("b")
    again = Profiles(tmp_path)
    assert again.current() == "b"
    assert again.get("a").server == "http://a"
    assert again.key_of("b") == KEY + "2"
    with pytest.raises(CommandError, match="there is a, b. Make it: onemanage login"):
        again.use("c")


def test_a_file_of_a_newer_version_is_read(tmp_path: Path) -> None:
    told = {"profiles": {"default": {"server": "http://a", "key": KEY, "more": 1}}}
    (tmp_path / "profiles.json").write_text(json.dumps({**told, "more": 2}))
    assert Profiles(tmp_path).get("default").server == "http://a"


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "profiles.json").write_text("{")
    with pytest.raises(CommandError, match="Put it right, or delete it"):
        Profiles(tmp_path).all()


def test_a_folder_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="cannot be used"):
        Profiles(tmp_path / "file").save("default", Profile(), KEY)


def test_no_profile_shows_its_key() -> None:
    assert KEY not in repr(Profile(key=KEY))


@pytest.mark.parametrize("name", ["", "a b", "../a", "a\nb", "-a", "x" * 65])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(CommandError, match="is no name of a profile"):
        checked_name(name)
