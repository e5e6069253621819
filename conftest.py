"""Real servers for every test: one set per session, started here or given by address.

NATS_URL, DATABASE_ADMIN_URL and S3_ENDPOINT (with its keys) name servers to use instead.
"""

import gc
from collections.abc import Iterator

import pytest

from onemanage.local.addresses import Addresses
from onemanage.local.output import log_file
from onemanage.local.servers import servers_in_thread

pytest_plugins = ["onemanage.testing.fixtures"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--without-servers",
        action="store_true",
        help="only tests that need none: of domains, contracts and settings",
    )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what needs servers, where that was asked for."""
    if not config.getoption("--without-servers"):
        return
    alone: list[pytest.Item] = []
    others: list[pytest.Item] = []
    for item in items:
        needed = item.fixturenames if isinstance(item, pytest.Function) else ()
        (others if "servers" in needed else alone).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = alone


def pytest_collection_finish() -> None:
    """What is imported by now stays: to look through it for garbage again and again is a
    sixth of the time of tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """NATS, PostgreSQL and S3; their log is `servers.log` in the session's directory."""
    data_dir = tmp_path_factory.mktemp("servers")
    log = log_file(data_dir / "servers.log")
    with servers_in_thread(data_dir, log, throwaway=True) as addresses:
        yield addresses
