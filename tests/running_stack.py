"""A stack that runs for tests, and what they ask of it beside its API."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anyio.from_thread import start_blocking_portal

from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.stack import Stack, common_environment
from onemanage.local.up import open_stack
from onemanage.platform.process.settings import StorageSettings
from onemanage.platform.storage.storage import Storage


@contextmanager
def stack_with(settings: dict[str, str], data_dir: Path, log: Path) -> Iterator[Stack]:
    """The whole system beside this thread, on a port of its own; ``settings`` stand in
    the environment for as long, and what the services say in ``log``."""
    (port,) = free_ports(1)
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        with (
            start_blocking_portal() as portal,
            portal.wrap_async_context_manager(
                open_stack(data_dir, port, log_file(log))
            ) as running,
        ):
            yield running
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def storage_of(stack: Stack) -> Storage:
    """The bucket that its services write to."""
    given = common_environment(stack.addresses)
    return Storage(
        StorageSettings(
            s3_endpoint=given["S3_ENDPOINT"],
            s3_bucket=given["S3_BUCKET"],
            s3_access_key_id=given["S3_ACCESS_KEY_ID"],
            s3_secret_access_key=given["S3_SECRET_ACCESS_KEY"],
        )
    )
