"""What the methods of several requests do with what they are given."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from onemanage.client import OneManage
from onemanage.client.archives import unpacked
from onemanage.client.requests import headers, rest, segment

from .answering import answering, told

PLAN: dict[str, Any] = {
    "id": "pln_1",
    "options": {"mode": "append", "keys": []},
    "tables": [{"table": "orders", "columns": []}, {"table": "people", "columns": []}],
}


def test_no_name_in_an_archive_leads_out_of_the_folder(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("layers/0001.png", b"1")
        made.writestr("../../escaped.png", b"2")
        made.writestr("/root.png", b"3")
        made.writestr("a\nb:c.png", b"4")
    written = unpacked(archive, tmp_path / "out")
    inside = (tmp_path / "out").resolve()
    assert len(written) == 4
    assert all(path.resolve().is_relative_to(inside) for path in written)
    assert (inside / "layers/0001.png").read_bytes() == b"1"


def test_a_table_is_named_where_there_is_one_alone() -> None:
    with answering(told(PLAN)) as server:
        with OneManage("om_live_key", url=server.url) as client:
            with pytest.raises(ValueError, match="2: orders, people"):
                client.imports.load(b"1", table="x")
    assert len(server.asked) == 1


@pytest.mark.parametrize("wrong", ["", ".", ".."])
def test_an_id_stays_in_its_place(wrong: str) -> None:
    assert segment("a/b?c") == "a%2Fb%3Fc" and rest("a/b c") == "a/b%20c"
    with pytest.raises(ValueError, match="id or name"):
        segment(wrong)


def test_a_wait_is_whole_seconds_or_none() -> None:
    assert headers(wait=10.9)["Prefer"] == "wait=10"
    assert headers(wait=0)["Prefer"] == "respond-async"
    assert headers() == {}


def test_either_bytes_or_where_they_are_is_given() -> None:
    with OneManage() as client:
        with pytest.raises(TypeError, match="not both"):
            client.psd.documents.create(b"1", file_id="fil_1")
        with pytest.raises(TypeError, match="file_id"):
            client.psd.documents.create()
        with pytest.raises(TypeError, match="mode 'rb'"):
            client.files.upload_whole(object())  # type: ignore[arg-type]  # on purpose
