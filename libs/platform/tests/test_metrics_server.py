"""The port of a process for those who watch it."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from loguru import logger
from prometheus_client.parser import text_string_to_metric_families

from onemanage.platform.process.checks import checked
from onemanage.platform.process.figures import FIGURES, TASK_ATTEMPTS
from onemanage.platform.process.metrics_server import serving_metrics


def free_address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
async def address() -> AsyncIterator[str]:
    found = free_address()
    async with serving_metrics(found):
        yield found


async def sent(address: str, request: bytes) -> tuple[str, bytes]:
    """The line of status, and the body."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.decode().splitlines()[0] if head else "", body


async def asked(address: str, path: str, method: str = "GET") -> tuple[str, bytes]:
    return await sent(address, f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())


async def test_prometheus_reads_every_figure_that_was_counted(address: str) -> None:
    TASK_ATTEMPTS.forget()
    TASK_ATTEMPTS.add("psd.render")
    status, body = await asked(address, "/metrics")
    families = {
        family.name: family for family in text_string_to_metric_families(body.decode())
    }
    assert status == "HTTP/1.1 200 OK"
    known = {figure.name.removesuffix("_total") for figure in FIGURES}
    assert known <= families.keys()
    assert "process_resident_memory" in str(list(families))
    (sample,) = families["onemanage_task_attempts"].samples
    assert sample.labels == {"task": "psd.render"}


async def test_a_process_is_alive_and_not_ready_while_a_server_is_away(
    address: str,
) -> None:
    async def away() -> None:
        raise ConnectionRefusedError("nobody is there")

    with checked("postgresql", away):
        assert (await asked(address, "/healthz"))[0] == "HTTP/1.1 200 OK"
        status, body = await asked(address, "/readyz")
    assert status == "HTTP/1.1 503 Service Unavailable"
    assert b"nobody is there" in body
    assert (await asked(address, "/readyz"))[0] == "HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /nothing HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found"),
        (b"POST /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405 Method Not Allowed"),
        (b"\x16\x03\x01\r\n\r\n", "HTTP/1.1 405 Method Not Allowed"),
        (b"GET " + b"a" * 70_000 + b"\r\n\r\n", ""),
    ],
)
async def test_what_is_no_question_of_ours_breaks_nothing(
    address: str, request_: bytes, status: str
) -> None:
    try:
        found, _ = await sent(address, request_)
    except ConnectionError:  # it did not read on
        found = ""
    assert found == status
    assert (await asked(address, "/healthz"))[0] == "HTTP/1.1 200 OK"


async def test_where_the_port_is_taken_the_process_works_and_says_so(
    address: str,
) -> None:
    lines: list[str] = []
    sink = logger.add(lines.append, level="ERROR")
    try:
        async with serving_metrics(address):
            assert (await asked(address, "/healthz"))[0] == "HTTP/1.1 200 OK"
    finally:
        logger.remove(sink)
    assert address in "".join(lines)


def test_nothing_of_metrics_and_traces_is_imported_where_nobody_asks_for_it() -> None:
    program = (
        "import sys, onemanage.platform.tasks.worker, onemanage.platform.process.consumer;"
        "print([name for name in sys.modules"
        " if name.startswith(('prometheus_client', 'opentelemetry.sdk', 'requests'))])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert found.stdout.strip() == "[]"
