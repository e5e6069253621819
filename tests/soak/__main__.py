"""Real tasks under a rain of faults; then the ledger is checked.

    make soak [MINUTES=10] [SEED=1]

Four workspaces send documents while processes and servers are killed, stopped and
paused by a schedule that the seed decides. Afterwards nothing accepted may be lost,
nothing may be there twice, and nothing may be left over.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path

import anyio
from anyio import to_thread

from tests.soak.checks import CHECKS, Case, Violation, name_of
from tests.soak.client import Client
from tests.soak.evidence import drained, gather
from tests.soak.faults import Faults
from tests.soak.ledger import Ledger
from tests.soak.load import Load
from tests.soak.objects import OBJECT_CHECKS
from tests.soak.probe import Probe
from tests.soak.processes import marked
from tests.soak.report import (
    Result,
    last_line,
    say_checks,
    say_faults,
    say_histories,
    say_tasks,
)
from tests.soak.samples import Samples, build_samples
from tests.soak.schedule import How, plan
from tests.soak.system import System, open_system, prepare

_LEFT_WITHIN = 5.0


async def soak(folder: Path, seed: int, minutes: float) -> tuple[str, bool]:
    """Run it, print the report; its last line, and whether everything holds."""
    samples = await to_thread.run_sync(build_samples)
    mark = prepare(folder)
    ledger = Ledger()
    async with open_system(folder, mark) as system:
        faults = await _fire(system, ledger, samples, seed, 60 * minutes, folder)
        undrained = await drained(system)
        put_back = any(each.fault.how is How.OLDER for each in faults.struck)
        case = Case(await gather(system), ledger, put_back)
        results = await _check(system, case)
    if undrained:
        results.append(Result("everything ends", [Violation("", undrained)]))
    results.append(Result("no process is left", await _processes_left(mark)))
    results.append(Result("no file is left", _files_left(folder)))
    say_tasks(case)
    say_faults(faults.struck)
    say_checks(results)
    say_histories(case, results, system.log)
    holds = not any(result.violations for result in results)
    done = sum(not struck.missed for struck in faults.struck)
    line = last_line(
        seed=seed,
        minutes=minutes,
        tasks=len(case.evidence.rows),
        faults=done,
        results=results,
    )
    return line, holds


async def _fire(
    system: System,
    ledger: Ledger,
    samples: Samples,
    seed: int,
    seconds: float,
    folder: Path,
) -> Faults:
    base_url = system.stack.base_url
    clients = [Client(base_url, each, ledger) for each in system.workspaces]
    prober = Client(base_url, system.prober, ledger)
    probe = Probe(prober, samples.light[0])
    faults = Faults(system.stack.runner, probe, folder / "data")
    begun = time.monotonic()
    async with anyio.create_task_group() as group:
        for number, client in enumerate(clients):
            load = Load(client, samples, f"{seed}-{number}")
            group.start_soon(load.run, seconds)
        group.start_soon(faults.run, plan(seed, seconds), begun)
    print(f"\nAll that was sent is answered after {time.monotonic() - begun:.0f} s")
    for client in (*clients, prober):
        await client.close()
    return faults


async def _check(system: System, case: Case) -> list[Result]:
    results = [Result(name_of(check), list(check(case))) for check in CHECKS]
    storage = system.storage()
    for check in OBJECT_CHECKS:
        found = [violation async for violation in check(case, storage)]
        results.append(Result(name_of(check), found))
    return results


async def _processes_left(mark: str) -> list[Violation]:
    """What carries the mark and outlives the stack; multiprocessing's own not counted."""
    until = time.monotonic() + _LEFT_WITHIN
    while time.monotonic() < until:
        left = {
            pid: line
            for pid, line in marked(mark).items()
            if "resource_tracker" not in line
        }
        if not left:
            return []
        await asyncio.sleep(0.1)
    return [Violation("", f"process {pid}: {line[:150]}") for pid, line in left.items()]


def _files_left(folder: Path) -> list[Violation]:
    """In the folder of temporary files, which was empty; FIFOs and sockets anywhere."""
    left = list((folder / "tmp").iterdir())
    for path in folder.rglob("*"):
        if path.is_fifo() or path.is_socket():
            left.append(path)
    return [Violation("", str(path.relative_to(folder))) for path in left]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="onemanage-soak-"))
    print(f"Seed {asked.seed}, {asked.minutes:g} minutes. The schedule:")
    for fault in plan(asked.seed, 60 * asked.minutes):
        print(f"  {fault}")
    line, holds = anyio.run(soak, folder, asked.seed, asked.minutes)
    if holds:
        shutil.rmtree(folder)
    else:
        print(f"\nLogs: {folder / 'services.log'}, {folder / 'data' / 'servers.log'}")
    print(line)
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
