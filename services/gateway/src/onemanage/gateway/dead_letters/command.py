"""Dead letters from a shell: look, replay, discard; also while the gateway is down.

    onemanage-dead-letters list [--reason …] [--task-id …] [--subject …]
    onemanage-dead-letters show|replay|discard ID
    onemanage-dead-letters replay|discard --all [--reason …] [--task-id …] [--subject …]

NATS_URL and the gateway's DATABASE_URL come from the environment. The exit status is 1
where something asked for was not done.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
from nats.errors import Error as NatsError

from onemanage.gateway.dead_letters.letters import (
    DeadLetters,
    Letter,
    LetterPage,
    NotReplayed,
    OpenedLetter,
    Outcome,
)
from onemanage.gateway.dead_letters.stream import Filter, NoSuchLetter
from onemanage.gateway.settings import ConsumerSettings
from onemanage.gateway.store import open_pool
from onemanage.gateway.tasks.store import TaskStore
from onemanage.platform.messaging.management import JetStreamRefused
from onemanage.platform.messaging.nats import connect
from onemanage.platform.process.logging import configure_logging
from onemanage.platform.process.settings import load

_PATIENCE_SECONDS = 10.0
_COLUMNS = ("ID", "TIME", "REASON", "TRIES", "CONSUMER", "TASK", "RUN", "NOW", "ERROR")
_LONGEST_ERROR = 60
type _Told = LetterPage | OpenedLetter | Outcome | int
"""What a command has to tell. A number is that of the letters discarded."""

_UNREACHABLE = (NatsError, JetStreamRefused, OSError, asyncpg.PostgresError)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="onemanage-dead-letters",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True)
    output = argparse.ArgumentParser(add_help=False)
    output.add_argument("--json", action="store_true", help="for programs")
    wanted = argparse.ArgumentParser(add_help=False)
    wanted.add_argument("--reason", help="raised, timeout, invalid, max_deliveries, …")
    wanted.add_argument("--task-id")
    wanted.add_argument("--subject", default=">", help="of the message: tasks.psd.>")
    listing = actions.add_parser("list", parents=[wanted, output], help="oldest first")
    listing.add_argument("--limit", type=int, default=50)
    listing.add_argument("--after", type=int, default=0, metavar="ID")
    told = "with traceback and message"
    actions.add_parser("show", parents=[output], help=told).add_argument("id", type=int)
    for name, told in (
        ("replay", "run the task, or give its handler the event, once more"),
        ("discard", "delete for good"),
    ):
        action = actions.add_parser(name, parents=[wanted, output], help=told)
        which = action.add_mutually_exclusive_group(required=True)
        which.add_argument("id", type=int, nargs="?")
        which.add_argument("--all", action="store_true", help="all that fit")
    return parser


def _filter(given: argparse.Namespace, parser: argparse.ArgumentParser) -> Filter:
    if given.action == "show":
        return Filter()
    try:
        wanted = Filter(
            reason=given.reason, task_id=given.task_id, subject=given.subject
        )
    except ValueError as error:
        parser.error(f"--subject: {error}")
    if given.action != "list" and not given.all and not wanted.is_open:
        parser.error("one ID takes no filter; --all does")
    return wanted


@asynccontextmanager
async def _opened(settings: ConsumerSettings) -> AsyncIterator[DeadLetters]:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        client = await connect(settings.nats_url, "onemanage-dead-letters")
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            pool = await open_pool(settings.database_url, size=1)
        try:
            yield DeadLetters(client, TaskStore(pool))
        finally:
            await pool.close()
    finally:
        await client.close()


async def _carry_out(
    given: argparse.Namespace, wanted: Filter, settings: ConsumerSettings
) -> _Told:
    async with _opened(settings) as letters:
        match given.action:
            case "list":
                return await letters.page(given.limit, given.after, wanted)
            case "show":
                return await letters.get(given.id)
            case "replay" if given.all:
                return await letters.replay_all(wanted)
            case "replay":
                await letters.replay(given.id)
                return Outcome(replayed=1, skipped={}, failed=0)
            case _ if given.all:
                return await letters.discard_all(wanted)
            case _:
                await letters.discard(given.id)
                return 1


def _as_json(told: _Told) -> str:
    body = {"discarded": told} if isinstance(told, int) else told
    return msgspec.json.encode(body).decode()


def _as_text(told: _Told) -> str:
    match told:
        case LetterPage():
            return "\n".join(_page(told))
        case OpenedLetter():
            fields = msgspec.to_builtins(told)
            return "\n".join(f"{name}: {_text(fields[name])}" for name in fields)
        case Outcome():
            skipped = [f"{n} skipped ({why})" for why, n in told.skipped.items()]
            failed = [f"{told.failed} failed"] if told.failed else []
            return ", ".join([f"{told.replayed} replayed", *skipped, *failed])
        case _:
            return f"{told} discarded"


def _page(page: LetterPage) -> Iterable[str]:
    if not page.items:
        yield "No dead letters."
        return
    rows = [_COLUMNS, *map(_row, page.items)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        yield "  ".join(cell.ljust(width) for cell, width in cells).rstrip()
    if page.next_after is not None:
        yield f"There are more: --after {page.next_after}"


def _row(letter: Letter) -> tuple[str, ...]:
    now = letter.task_state or "-"
    if letter.task_run != letter.run and letter.task_run is not None:
        now += f", run {letter.task_run}"
    return (
        str(letter.id),
        letter.time.isoformat(sep=" ", timespec="seconds"),
        letter.reason,
        str(letter.deliveries),
        letter.consumer,
        letter.task_id or "-",
        str(letter.run or "-"),
        now,
        letter.error.partition("\n")[0][:_LONGEST_ERROR],
    )


def _text(value: Any) -> str:
    if isinstance(value, str):
        return f"\n{value.rstrip()}" if "\n" in value else value
    return "-" if value is None else msgspec.json.encode(value).decode()


def main() -> None:
    """The command. Exits with 1 where something was not done."""
    parser = _parser()
    given = parser.parse_args()
    wanted = _filter(given, parser)
    settings = load(ConsumerSettings)
    configure_logging("dead-letters", "pretty", "WARNING")  # somebody reads along
    try:
        told = asyncio.run(_carry_out(given, wanted, settings))
    except (NoSuchLetter, NotReplayed) as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None
    except _UNREACHABLE as error:
        text = "NATS or PostgreSQL is out of reach; look at NATS_URL and DATABASE_URL"
        print(f"{text}: {error!r}", file=sys.stderr)
        raise SystemExit(1) from None
    print(_as_json(told) if given.json else _as_text(told))
    if isinstance(told, Outcome) and (told.skipped or told.failed):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
