import base64
import os

import pytest
from pydantic import ValidationError

from onemanage.platform.process.sealing import BadKey, NotSealed, seal, unseal
from onemanage.platform.process.settings import SealingSettings

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(32)).decode()


def test_what_was_sealed_is_opened_with_the_same_key_and_context() -> None:
    for text in ("s3cret", "", "密码 pass/word:@?", "x" * 10_000):
        assert unseal(KEY, seal(KEY, text, "ws_1"), "ws_1") == text


def test_a_sealed_text_does_not_show_the_text() -> None:
    sealed = seal(KEY, "hunter2-hunter2", "ws_1")
    assert "hunter2" not in sealed
    assert base64.b64encode(b"hunter2-hunter2").decode()[:12] not in sealed


def test_sealing_twice_gives_different_results() -> None:
    assert seal(KEY, "same", "ws_1") != seal(KEY, "same", "ws_1")


def test_what_was_sealed_for_one_workspace_is_not_opened_for_another() -> None:
    with pytest.raises(NotSealed):
        unseal(KEY, seal(KEY, "s3cret", "ws_1"), "ws_2")


def test_another_key_opens_nothing() -> None:
    with pytest.raises(NotSealed):
        unseal(OTHER_KEY, seal(KEY, "s3cret", "ws_1"), "ws_1")


def test_a_key_is_changed_while_what_the_old_one_sealed_is_still_opened() -> None:
    old = seal(KEY, "s3cret", "ws_1")
    both = seal(f"{OTHER_KEY}, {KEY}", "s3cret", "ws_1")
    assert unseal(f"{OTHER_KEY},{KEY}", old, "ws_1") == "s3cret"
    assert unseal(OTHER_KEY, both, "ws_1") == "s3cret", "the first one seals"
    with pytest.raises(NotSealed):
        unseal(KEY, both, "ws_1")


def test_an_altered_or_foreign_text_is_refused() -> None:
    sealed = seal(KEY, "s3cret", "ws_1")
    raw = bytearray(base64.urlsafe_b64decode(sealed[3:]))
    for place in (0, 12, len(raw) - 1):
        changed = bytearray(raw)
        changed[place] ^= 1
        with pytest.raises(NotSealed):
            unseal(KEY, "s1." + base64.urlsafe_b64encode(changed).decode(), "ws_1")
    for foreign in ("", "s3cret", "s1.", "s1.AAAA", "s1.!!!!", "s1.é", sealed[3:]):
        with pytest.raises(NotSealed):
            unseal(KEY, foreign, "ws_1")


@pytest.mark.parametrize(
    "key", ["", "short", "é" * 44, base64.b64encode(b"x").decode(), f"{KEY},short"]
)
def test_a_key_that_is_no_key_is_named_without_being_shown(key: str) -> None:
    with pytest.raises(BadKey) as refused:
        seal(key, "s3cret", "ws_1")
    assert "32 random bytes" in str(refused.value)
    assert not key or key not in str(refused.value)


def test_settings_check_the_key_and_never_show_it() -> None:
    settings = SealingSettings(data_import_sealing_key=KEY)
    assert KEY not in repr(settings)
    with pytest.raises(ValidationError, match="32 random bytes"):
        SealingSettings(
            data_import_sealing_key=base64.b64encode(os.urandom(8)).decode()
        )
