"""`onemanage-dead-letters`: dead letters from a shell, also while the gateway is down."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import msgspec

from onemanage.gateway.dead_letters import (
    DeadLetters,
    Filter,
    Letter,
    NoSuchLetter,
    NotReplayed,
)
from onemanage.gateway.settings import ConsumerSettings
from onemanage.gateway.store import open_pool
from onemanage.gateway.task_store import TaskStore
from onemanage.platform.logging import configure_logging
from onemanage.platform.nats import connect
from onemanage.platform.settings import load

_PAGE = 200
_COLUMNS = ("id", "time", "reason", "deliveries", "subject", "task_id", "task_state")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="What nobody could settle: look, replay, discard. NATS_URL and "
        "DATABASE_URL (the gateway's) come from the environment."
    )
    actions = parser.add_subparsers(dest="action", required=True)
    listing = actions.add_parser("list", help="oldest first")
    showing = actions.add_parser("show", help="with traceback and message")
    showing.add_argument("id", type=int)
    for name, told in (
        ("replay", "run the task, or give the event to its handler, once more"),
        ("discard", "delete for good"),
    ):
        action = actions.add_parser(name, help=told)
        which = action.add_mutually_exclusive_group(required=True)
        which.add_argument("id", type=int, nargs="?")
        which.add_argument("--all", action="store_true", help="all that fit")
        _add_filter(action)
    _add_filter(listing)
    for action in (listing, showing):
        action.add_argument("--json", action="store_true", help="for programs")
    return parser


def _add_filter(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", help="raised, timeout, invalid, unknown, newer, …")
    parser.add_argument("--task-id")
    parser.add_argument("--subject", default=">", help="of the message: tasks.psd.>")


@asynccontextmanager
async def _opened(settings: ConsumerSettings) -> AsyncIterator[DeadLetters]:
    client = await connect(settings.nats_url, "onemanage-dead-letters")
    try:
        pool = await open_pool(settings.database_url, size=1)
        try:
            yield DeadLetters(client, TaskStore(pool))
        finally:
            await pool.close()
    finally:
        await client.close()


async def _run(given: argparse.Namespace, settings: ConsumerSettings) -> None:
    async with _opened(settings) as letters:
        match given.action:
            case "list":
                await _list(letters, _filter(given), as_json=given.json)
            case "show":
                opened = await letters.get(given.id)
                _show(opened, as_json=given.json)
            case "replay" if given.all:
                _, told = await letters.replay_all(_filter(given))
                print(", ".join(f"{n} {what}" for what, n in told.items()) or "none")
            case "replay":
                await letters.replay(given.id)
                print("replayed")
            case "discard" if given.all:
                print(f"{await letters.discard_all(_filter(given))} discarded")
            case "discard":
                await letters.discard(given.id)
                print("discarded")


def _filter(given: argparse.Namespace) -> Filter:
    return Filter(reason=given.reason, task_id=given.task_id, subject=given.subject)


async def _list(letters: DeadLetters, wanted: Filter, *, as_json: bool) -> None:
    after: int | None = 0
    if not as_json:
        print("  ".join(_COLUMNS))
    while after is not None:
        page = await letters.page(_PAGE, after, wanted)
        for letter in page.items:
            print(_as_json(letter) if as_json else _line(letter))
        after = page.next_after


def _show(letter: Letter, *, as_json: bool) -> None:
    if as_json:
        print(_as_json(letter))
        return
    for name, value in _fields(letter).items():
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        print(f"{name}:\n{text}" if "\n" in text else f"{name}: {text}")


def _as_json(letter: Letter) -> str:
    return msgspec.json.encode(letter).decode()


def _line(letter: Letter) -> str:
    fields = _fields(letter)
    return (
        "  ".join(str(fields[name] or "-") for name in _COLUMNS) + f"  {letter.error}"
    )


def _fields(letter: Letter) -> dict[str, Any]:
    fields = msgspec.structs.asdict(letter)
    time: datetime = fields["time"]
    return fields | {"time": time.isoformat(timespec="seconds")}


def main() -> None:
    given = _parser().parse_args()
    settings = load(ConsumerSettings)
    configure_logging("dead-letters", settings.log_format, "WARNING")
    try:
        asyncio.run(_run(given, settings))
    except (NoSuchLetter, NotReplayed) as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
