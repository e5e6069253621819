"""What a child of the sandbox cannot do, tried from inside."""

import asyncio
import importlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from onemanage.platform.sandbox.errors import SandboxFailed
from onemanage.platform.sandbox.sandbox import Sandbox, made_in
from onemanage.testing.fixtures import eventually

LIMIT = 1 << 30

sys.path.insert(0, str(Path(__file__).parent))
functions = importlib.import_module("confined_functions")


@pytest_asyncio.fixture(params=[0, 1], ids=["forked for it", "forked ahead"])
async def sandbox(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(memory_limit=LIMIT, ahead=request.param)
    await sandbox.warm()
    await eventually(lambda: sandbox.waiting == request.param)
    yield sandbox
    await sandbox.close()


async def refused(sandbox: Sandbox, name: str, *args: object, **more: Any) -> None:
    """Whether from inside it is an error of permission."""
    with pytest.raises(SandboxFailed, match="PermissionError|Operation not permitted"):
        await sandbox.run(getattr(functions, name), *args, timeout=60, **more)


async def test_a_child_knows_none_of_its_parent_s_environment(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("S3_SECRET_ACCESS_KEY", "of-nobody-s-business")
    found = await sandbox.run(functions.environment, timeout=60)
    names = {line.partition("=")[0] for line in found.split("\0") if line}
    assert "of-nobody-s-business" not in found
    assert {"HOME", "LANG", "OPENBLAS_NUM_THREADS"} <= names
    assert not {name for name in names if "SECRET" in name or "KEY" in name}
    assert len(names) <= 11


async def test_a_child_cannot_look_into_its_parent(sandbox: Sandbox) -> None:
    of_the_parent = Path(f"/proc/{os.getpid()}")
    await refused(sandbox, "read", of_the_parent / "environ")
    await refused(sandbox, "look", of_the_parent / "fd")
    await refused(sandbox, "trace", os.getpid())
    await refused(sandbox, "signal_to", os.getpid())


async def test_a_child_reaches_no_file_outside_its_folder(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    folder.mkdir()
    outside.write_text("somebody else's")
    outside.chmod(0o600)
    for name, args in (
        ("read", (outside,)),
        ("read", ("/etc/passwd",)),
        ("look", (tmp_path,)),
        ("write", (outside,)),
        ("write", (tmp_path / "new",)),
        ("write", ("/dev/shm/new",)),
        ("link", (outside, folder / "link")),
        ("hard_link", (outside, folder / "link")),
    ):
        given = [Path(path) for path in args]
        await refused(sandbox, name, *given, folders=[folder])
    assert outside.read_text() == "somebody else's"
    assert not list(folder.iterdir())


async def test_a_child_does_not_reach_the_folder_that_its_worker_stands_in(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which ``python -m`` puts among the places of modules."""
    (tmp_path / "credentials.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    await refused(sandbox, "read", tmp_path / "credentials.json")


async def test_a_child_works_in_its_folder_whoever_owns_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "given").write_text("1")
    (tmp_path / "given").chmod(0o600)
    made = await sandbox.run(
        functions.use_its_folder, tmp_path, timeout=60, folders=[tmp_path]
    )
    assert sorted(made) == ["given", "two"]
    assert (tmp_path / "given").read_text() == "2"


async def test_a_child_reads_what_the_sandbox_was_told_to_let_it_read(
    tmp_path: Path,
) -> None:
    weights = tmp_path / "weights"
    weights.write_bytes(b"1")
    sandbox = Sandbox(memory_limit=LIMIT, readable=[weights])
    try:
        assert await sandbox.run(functions.read, weights, timeout=60) == b"1"
        await refused(sandbox, "write", weights)
    finally:
        await sandbox.close()


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_UNIX])
@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
async def test_a_child_has_no_network(sandbox: Sandbox, family: int, kind: int) -> None:
    await refused(sandbox, "make_socket", int(family), int(kind))


async def test_a_child_connects_to_the_one_port_that_it_was_given(
    sandbox: Sandbox,
) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()

    relay = await asyncio.start_server(greet, "127.0.0.1", 0)
    other = await asyncio.start_server(greet, "127.0.0.1", 0)
    port, another = (one.sockets[0].getsockname()[1] for one in (relay, other))
    async with relay, other:
        said = await sandbox.run(functions.connect, port, timeout=60, port=port)
        assert said == b"hello"
        await refused(sandbox, "connect", another, port=port)
        datagram = int(socket.AF_INET), int(socket.SOCK_DGRAM)
        await refused(sandbox, "make_socket", *datagram, port=port)


async def test_a_child_starts_no_process_and_yet_has_threads(sandbox: Sandbox) -> None:
    await refused(sandbox, "start_a_program")
    await refused(sandbox, "fork")
    assert await sandbox.run(functions.compute_in_threads, timeout=60) == 5050


async def test_a_child_has_limits(sandbox: Sandbox) -> None:
    found = await sandbox.run(functions.limits, timeout=60)
    assert found["AS"] == (LIMIT, LIMIT)
    assert found["CORE"] == (0, 0)
    assert max(found["NOFILE"]) <= 512
    assert max(found["FSIZE"]) <= 16 << 30


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
async def test_a_child_of_root_is_somebody_else(sandbox: Sandbox) -> None:
    uid, gid = await sandbox.run(functions.user, timeout=60)
    assert uid >= 60_000
    assert gid == uid


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv takes them away")
def test_a_child_is_as_confined_where_its_parent_has_no_capability_left() -> None:
    """As in a container that drops them all and gains no new privileges."""
    program = (
        f"import sys; sys.path[:0] = {[str(Path(__file__).parent)]!r}\n"
        "import asyncio, confined_functions\n"
        "from onemanage.platform.sandbox.sandbox import Sandbox\n"
        f"box = Sandbox(memory_limit={LIMIT})\n"
        "async def main():\n"
        "    for name, *args in (('read', '/etc/passwd'), ('make_socket', 2, 1)):\n"
        "        function = getattr(confined_functions, name)\n"
        "        try:\n"
        "            await box.run(function, *args, timeout=60)\n"
        "        except Exception as error:\n"
        "            print(str(error).splitlines()[-1])\n"
        "    await box.close()\n"
        "asyncio.run(main())\n"
    )
    without = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
    said = subprocess.run(
        [*without, sys.executable, "-c", program],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    refused = said.stdout.splitlines()
    assert [line.split(":")[0] for line in refused] == ["PermissionError"] * 2


def test_a_name_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    outside.write_text("somebody else's")
    (folder / "made").write_text("by a child")
    (folder / "link").symlink_to(outside)
    assert made_in(folder, "made").read_text() == "by a child"
    for name in ("../outside", str(outside), "link", "missing", "."):
        with pytest.raises(SandboxFailed, match="no file"):
            made_in(folder, name)


def test_a_link_in_the_place_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "folder", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret").write_text("somebody else's")
    folder.symlink_to(elsewhere)
    with pytest.raises(SandboxFailed, match="no file"):
        made_in(folder, "secret")
