"""The command that makes the bucket."""

import argparse
import asyncio

from onemanage.platform.process.logging import configure_logging
from onemanage.platform.process.settings import LogSettings, StorageSettings, load
from onemanage.platform.storage.storage import ensure_bucket


def main() -> None:
    """The command: make the bucket where it is not there, and end."""
    described = "Create the bucket where it is not there."
    argparse.ArgumentParser(description=described).parse_args()
    logs = load(LogSettings)
    configure_logging("bucket", logs.log_format, logs.log_level)
    asyncio.run(ensure_bucket(load(StorageSettings)))


if __name__ == "__main__":
    main()
