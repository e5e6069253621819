"""Orders a second, of the gateway and of a bare route beside it; and what each step of
a request costs the gateway."""

import asyncio
import json
import os
import statistics
import sys
from collections.abc import Iterable
from dataclasses import dataclass

import asyncpg
import httpx

from onemanage.contracts.base import new_id
from onemanage.local.addresses import free_ports
from onemanage.local.stack import Stack

from .bare_server import TABLE
from .cores import cpu_seconds, pin
from .http_load import Load, Plan, load

ROUNDS = int(os.environ.get("ROUNDS", "7"))
ORDERS = int(os.environ.get("ORDERS", "3000"))
"""Of one side in one round."""
CONNECTIONS = 32
_FILE = b"8BPS\0\1" + bytes(6) + b"\0\3" + bytes(3) + b"\1" + bytes(3) + b"\1\0\10\0\3"


@dataclass(frozen=True, slots=True)
class Step:
    """How far a request goes, and how it is answered there."""

    name: str
    requests: list[str]
    status: int


def port_of(stack: Stack) -> int:
    return int(stack.base_url.rpartition(":")[2])


class Accepting:
    """Both sides, while the block lasts."""

    def __init__(self, stack: Stack, core: int, other: int) -> None:
        self._stack, self._core, self._other = stack, core, other
        (self._bare_port,) = free_ports(1)
        self._file_id = ""

    async def __aenter__(self) -> "Accepting":
        url = self._stack.addresses.database_url("gateway")
        connection = await asyncpg.connect(url)
        await connection.execute(TABLE)
        await connection.close()
        self._bare = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "uvicorn", "tests.bench.parts.bare_server:app"),
            *("--port", str(self._bare_port), "--no-access-log"),
            *("--log-level", "warning"),
            env={**os.environ, "DATABASE_URL": url},
        )
        async with httpx.AsyncClient(headers=self._headers, timeout=60) as client:
            files = f"{self._stack.base_url}/v1/files?name=a.psd"
            answer = await client.post(files, content=_FILE)
            self._file_id = answer.raise_for_status().json()["id"]
            while not await _is_ready(client, self._bare_port):
                await asyncio.sleep(0.05)
        pin([self._bare.pid], self._core)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._bare.terminate()
        await self._bare.wait()

    def ratios(self) -> dict[str, float]:
        """``accept``: ours by theirs, the median of the rounds."""
        for step in self._steps():
            self._send("gateway", step)
        seen = []
        for _ in range(ROUNDS):
            ours = self._send("gateway", self._accept())
            theirs = self._send("bare", self._bare_insert())
            seen.append(ours.rate / theirs.rate)
        ratio = statistics.median(seen)
        print(f"accept   {ratio:.2f} of the bare route, median of {ROUNDS}", flush=True)
        return {"accept": ratio}

    def _steps(self) -> list[Step]:
        cut_off = self._get("/v1/events?last_event_id=x")
        return [
            Step("no key, no statement", [_request("GET", "/healthz")] * ORDERS, 200),
            Step("key, scope, a refusal", [cut_off] * ORDERS, 422),
            Step("accepted, no repeats known", self._orders(is_once=False), 202),
        ]

    def _accept(self) -> Step:
        return Step("accepted", self._orders(is_once=True), 202)

    def _bare_insert(self) -> Step:
        body = json.dumps({"file_id": self._file_id})
        request = _request("POST", "/orders", {}, body)
        return Step("bare insert", [request] * ORDERS, 202)

    def _orders(self, *, is_once: bool) -> list[str]:
        body = json.dumps({"file_id": self._file_id})
        headers = {**self._headers, "Prefer": "respond-async"}
        return [
            _request("POST", "/v1/psd/documents", headers | key, body)
            for key in _keys(is_once)
        ]

    def _get(self, path: str) -> str:
        return _request("GET", path, self._headers)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._stack.owner_api_key}"}

    def _send(self, side: str, step: Step) -> Load:
        is_ours = side == "gateway"
        pid = self._stack.runner.pid("gateway") if is_ours else self._bare.pid
        port = port_of(self._stack) if is_ours else self._bare_port
        before = cpu_seconds(pid)
        plan = Plan(port, CONNECTIONS, step.requests, status=step.status)
        seen = load(plan, self._other)
        used = (cpu_seconds(pid) - before) / seen.answers
        print(
            f"{side:<8} {step.name:<27} {seen.rate:7.0f}/s  CPU {used * 1e6:4.0f} us",
            flush=True,
        )
        return seen


async def _is_ready(client: httpx.AsyncClient, port: int) -> bool:
    try:
        answer = await client.get(f"http://127.0.0.1:{port}/ready")
    except httpx.TransportError:
        return False
    return answer.status_code == httpx.codes.OK


def _keys(is_once: bool) -> Iterable[dict[str, str]]:
    """Of so many orders, each its own key, or none."""
    for _ in range(ORDERS):
        yield {"Idempotency-Key": new_id("key")} if is_once else {}


def _request(
    method: str, path: str, headers: dict[str, str] | None = None, body: str = ""
) -> str:
    told = {"Host": "127.0.0.1", **(headers or {})}
    if body:
        told |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n{body}"
