"""A source database lies where the operator allows it, or is refused in words."""

import pytest

from onemanage.data_import.sources.errors import SourceFailed
from onemanage.data_import.sources.network import checked_address
from onemanage.data_import.sources.settings import SourceSettings
from onemanage.platform.process.outbound import parse_networks


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "2130706433", "0x7f.0.0.1", "[::1]", "127.0.0.1"]
)
async def test_no_way_of_writing_it_reaches_this_machine(host: str) -> None:
    with pytest.raises(SourceFailed) as refused:
        await checked_address(host, 5432, ())
    assert refused.value.code in ("database.not_allowed", "database.unreachable")


async def test_what_is_returned_is_an_address_and_no_name() -> None:
    allowed = parse_networks("127.0.0.0/8, ::1")
    assert await checked_address("localhost", 5432, allowed) in ("127.0.0.1", "::1")


@pytest.mark.parametrize(
    "host",
    [
        "",
        "a b",
        "user@host",
        "host:5432",
        "host/path",
        "postgresql://x",
        "-x",
        "x" * 300,
    ],
)
async def test_a_host_is_nothing_but_a_host(host: str) -> None:
    with pytest.raises(SourceFailed) as refused:
        await checked_address(host, 5432, ())
    assert refused.value.code == "database.invalid"


@pytest.mark.parametrize("port", [0, -1, 65536])
async def test_a_port_that_cannot_be_is_refused(port: int) -> None:
    with pytest.raises(SourceFailed, match="65535"):
        await checked_address("8.8.8.8", port, ())


def test_networks_that_are_none_stop_the_start() -> None:
    settings = SourceSettings(data_import_allowed_networks="10.0.0.0/8")
    assert [str(each) for each in settings.allowed_networks] == ["10.0.0.0/8"]
    for text in ("10.0.0.1/8", "everything"):
        with pytest.raises(ValueError, match="10.0.0.1/8|everything"):
            SourceSettings(data_import_allowed_networks=text)
