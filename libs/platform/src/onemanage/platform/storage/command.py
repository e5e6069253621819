"""Object storage from a shell.

    onemanage-storage check [--origin https://app.example.com] [--json]

tries on the bucket of the environment (S3_ENDPOINT, S3_BUCKET, …; S3_PUBLIC_ENDPOINT
where clients have another address) all that OneManage relies on, below a prefix that it
clears again. The exit status is 1 where something that is needed does not work.
"""

import argparse
import asyncio
import sys

import msgspec

from onemanage.platform.process.settings import StorageSettings, load
from onemanage.platform.storage.conformance import Outcome, check
from onemanage.platform.storage.storage import Storage


class _Settings(StorageSettings):
    s3_public_endpoint: str = ""


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="onemanage-storage",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True)
    checking = actions.add_parser("check", help="try all that is relied on")
    checking.add_argument("--origin", default="", help="of pages that upload parts")
    checking.add_argument("--json", action="store_true", help="for programs")
    asked = parser.parse_args()
    settings = load(_Settings)
    outcomes = asyncio.run(_checked(settings, asked.origin, asked.json))
    if asked.json:
        print(msgspec.json.encode(outcomes).decode())
    sys.exit(any(each.needed and each.error is not None for each in outcomes))


async def _checked(settings: _Settings, origin: str, silent: bool) -> list[Outcome]:
    found = []
    trying = check(Storage(settings), settings.s3_public_endpoint, origin)
    async for outcome in trying:
        found.append(outcome)
        if not silent:
            print("\n".join(_lines(outcome)), flush=True)
    return found


def _lines(outcome: Outcome) -> list[str]:
    if outcome.error is None:
        return [f"ok      {outcome.name}"]
    word = "FAILED" if outcome.needed else "not had"
    return [f"{word:7} {outcome.name}: {outcome.error}", f"        {outcome.breaks}"]


if __name__ == "__main__":
    main()
