"""What the worker is told by its environment."""

from pathlib import Path

import pytest

from onemanage.psd.worker import inks_of

from . import samples


def test_the_profile_of_inks_is_read_once_at_the_start(tmp_path: Path) -> None:
    profile = samples.cmyk_profile("Some Inks", (60, 0, 0))
    (tmp_path / "cmyk.icc").write_bytes(profile)
    assert inks_of(tmp_path / "cmyk.icc") == profile
    assert inks_of(None) is None


@pytest.mark.parametrize("content", [b"", b"no profile at all", bytes(200)])
def test_no_worker_starts_with_what_is_no_profile_of_cmyk(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "cmyk.icc").write_bytes(content)
    with pytest.raises(ValueError, match="PSD_CMYK_PROFILE"):
        inks_of(tmp_path / "cmyk.icc")
