"""infra/docker-compose.production.yml on a container engine: `make compose-test`."""

import time

import httpx
import pytest

from onemanage.contracts.base import new_id

from .stack import PROJECT, Composed
from .visitor import documents, ended, ordered

pytestmark = pytest.mark.timeout(3600)

FILES = ("docker-compose.yml", "docker-compose.production.yml")
BACK_UP = """\
pg_basebackup --pgdata=/archive/base/first --format=tar --gzip --wal-method=none \
    --checkpoint=fast
"""
BRING_BACK = """\
cd "$PGDATA" && rm -rf ./* && tar -xzf /archive/base/first/base.tar.gz
echo "restore_command = 'cp /archive/wal/%f %p'" >> postgresql.auto.conf
touch recovery.signal && chown -R postgres: .
"""
"""As docs/containers.md has both."""


def test_a_node_of_nats_may_be_killed_while_tasks_run(
    installation: Composed, client: httpx.Client
) -> None:
    address = "http://127.0.0.1:8222/jsz?streams=true&config=true"
    told = installation.compose("exec", "-T", "nats", "wget", "-qO-", address)
    orders = []
    for node in ("nats", "nats-2", "nats-3"):
        before = installation.of_service(node)
        orders += [ordered(client, new_id("struck")) for _ in range(4)]
        installation.kill(node)
        orders += [ordered(client, new_id("struck")) for _ in range(4)]
        installation.wait_until_others_run(before)

    assert told.count('"num_replicas": 3') >= 3
    assert {ended(client, one)["state"] for one in orders} == {"completed"}


def test_the_database_is_brought_back_from_its_archive(
    installation: Composed, client: httpx.Client
) -> None:
    ended(client, ordered(client, "before the backup"))
    _in_postgres(installation, BACK_UP)
    ended(client, ordered(client, "after the backup"))
    last = _in_postgres(
        installation, "psql -Atc 'SELECT pg_walfile_name(pg_switch_wal())'"
    )
    while last not in _in_postgres(installation, "ls /archive/wal"):
        time.sleep(1)

    installation.compose("down")
    installation.engine.run("volume", "rm", f"{PROJECT}_postgres")
    run = ("run", "--rm", "-T", "--no-deps", "--entrypoint=sh", "postgres")
    installation.compose(*run, "-ec", BRING_BACK)
    installation.up()

    assert {"before the backup", "after the backup"} <= set(documents(client))
    assert ended(client, ordered(client, "anew"))["state"] == "completed"


def _in_postgres(installation: Composed, script: str) -> str:
    return installation.compose(
        *("exec", "-T", "--user=postgres", "postgres", "sh", "-ec", script)
    )
