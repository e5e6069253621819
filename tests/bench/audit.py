"""What the audit costs where a command is accepted.

    make bench NAME=audit

Commands a second that PostgreSQL accepts from 16 at once: without an entry in the audit,
with one that the accepting statement writes, and with one by a statement of its own. The
three take turns; the ratios are of the medians of their rounds.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import anyio.to_thread

from onemanage.contracts.base import new_id
from onemanage.gateway.access.secrets import hash_api_key, new_api_key
from onemanage.gateway.audit.entries import Fact
from onemanage.gateway.audit.store import AuditStore
from onemanage.gateway.store import OWNER_WORKSPACE, Pool, Store, open_pool
from onemanage.gateway.tasks.store import TaskStore
from onemanage.local.output import log_file
from onemanage.local.servers import start_servers
from onemanage.platform.database.migrations import migrate
from tests.bench.parts import summary

ROUNDS = 9
AT_ONCE, EACH = 16, 60
AT_LEAST = {"in the statement": 0.85}


def fact(task_id: str) -> Fact:
    return Fact(
        id=new_id("aud"),
        actor_id=new_id("key"),
        actor_name="shop",
        session_id=None,
        address="203.0.113.9",
        user_agent="curl/8.5.0",
        action="create_document",
        objects=[new_id("doc"), task_id],
        trace_id="5f24" * 8,
    )


async def accept(pool: Pool, key: bytes, how: str) -> None:
    tasks, audit = TaskStore(pool), AuditStore(pool)
    for _ in range(EACH):
        task_id = new_id("tsk")
        entry = fact(task_id)
        await tasks.accept(
            key,
            task_id=task_id,
            name="psd.parse_export",
            subject="tasks.psd.low",
            window=64,
            command={"document_id": new_id("doc")},
            resource=f"/v1/psd/documents/{new_id('doc')}",
            fingerprint=bytes(32),
            audit=entry if how == "in the statement" else None,
        )
        if how == "by its own":
            await audit.write(entry, OWNER_WORKSPACE, 202)


async def measure(folder: Path) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {
        "without": [],
        "in the statement": [],
        "by its own": [],
    }
    async with start_servers(folder, log_file(folder / "log")) as addresses:
        url, admin = addresses.database_url("gateway"), addresses.database_admin_url
        await anyio.to_thread.run_sync(migrate, "gateway", url, admin)
        pool = await open_pool(url, AT_ONCE)
        hashed = hash_api_key(new_api_key())
        assert hashed is not None
        await Store(pool).ensure_owner(hashed)
        for number in range(ROUNDS + 1):
            for how, found in rates.items():
                begun = time.perf_counter()
                await asyncio.gather(
                    *(accept(pool, hashed, how) for _ in range(AT_ONCE))
                )
                if number:  # the first one warms up
                    found.append(AT_ONCE * EACH / (time.perf_counter() - begun))
                await pool.execute("DELETE FROM tasks")
        await pool.close()
    return rates


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
        rates = anyio.run(measure, Path(folder))
    medians = {how: statistics.median(found) for how, found in rates.items()}
    ratios = {how: rate / medians["without"] for how, rate in medians.items()}
    for how, rate in medians.items():
        print(f"{how:<18} {rate:7.0f} a second   {ratios[how]:.2f} of without")
    summary.say("audit", ratios, at_least=AT_LEAST, places=3)


if __name__ == "__main__":
    main()
