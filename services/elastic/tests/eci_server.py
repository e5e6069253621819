"""ECI on this machine: its HTTP API, with processes in the place of container groups.

Written from the public pages: of the signature
https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
and of the three calls, CreateContainerGroup, DescribeContainerGroups and
DeleteContainerGroup of version 2018-08-08. What it finds wrong it answers with 400 and
a code, as Aliyun does, and the driver's tests fail by that.
"""

import asyncio
import contextlib
import hashlib
import hmac
import itertools
import re
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote

from aiohttp import web

KEY_ID, SECRET, REGION = "LTAIexample", "a secret of the tests", "cn-hangzhou"
PAGE = 20
_ALGORITHM = "ACS3-HMAC-SHA256"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,126}[a-z0-9]")

type Asked = dict[str, Any]
type Rule = Callable[[Asked], str | None]
"""Of a request to create: the code of the refusal, or None."""


class Refused(Exception):
    def __init__(self, code: str, status: int = 400) -> None:
        self.code, self.status = code, status


@dataclass
class Group:
    """A group, and the process that stands for it."""

    id: str
    asked: Asked
    created: datetime
    status: str = "Pending"
    process: asyncio.subprocess.Process | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def tags(self) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self.asked["Tag"]}

    @property
    def environment(self) -> dict[str, str]:
        pairs = self.asked["Container"][0]["EnvironmentVar"]
        return {pair["Key"]: pair["Value"] for pair in pairs}

    def told(self) -> dict[str, Any]:
        events = [
            {"Type": "Warning", "Reason": "Failed", "Message": warning}
            for warning in self.warnings
        ]
        return {
            "ContainerGroupId": self.id,
            "ContainerGroupName": self.asked["ContainerGroupName"],
            "Status": self._status(),
            "CreationTime": self.created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "ZoneId": f"{REGION}-b",
            "Tags": self.asked["Tag"],
            "Events": events,
        }

    def _status(self) -> str:
        if self.process is None or self.process.returncode is None:
            return self.status
        return "Failed" if self.process.returncode else "Succeeded"


class EciServer:
    """What it has been asked, what it has, and by which rules it refuses."""

    def __init__(self, arguments: Callable[[Group], Sequence[str]] | None) -> None:
        self._arguments = arguments
        self.groups: dict[str, Group] = {}
        self.created = 0
        self.rules: list[Rule] = []
        self.pages = 0
        self.lose_answers = 0
        """Of so many calls to come the answer gets lost on its way."""
        self._by_client_token: dict[str, Group] = {}
        self._nonces: set[str] = set()
        self._numbers = itertools.count()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        try:
            asked = await self._checked(request)
            action = request.headers["x-acs-action"]
            done = await getattr(self, f"_{action}")(asked)
        except Refused as refused:
            told = {"RequestId": "1", "Code": refused.code, "Message": "as told"}
            return web.json_response(told, status=refused.status)
        if self.lose_answers:
            self.lose_answers -= 1
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"RequestId": "1", **done})

    async def close(self) -> None:
        for group in self.groups.values():
            await _ended(group)

    async def _checked(self, request: web.Request) -> Asked:
        """The parameters, if the request is signed and new."""
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        if headers.get("x-acs-version") != "2018-08-08":
            raise Refused("InvalidVersion")
        if headers.get("x-acs-content-sha256") != hashlib.sha256(body).hexdigest():
            raise Refused("SignatureDoesNotMatch")
        sent = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ")
        if abs(datetime.now(UTC) - sent.replace(tzinfo=UTC)) > timedelta(minutes=15):
            raise Refused("InvalidTimeStamp.Expired")
        nonce = headers["x-acs-signature-nonce"]
        if nonce in self._nonces:
            raise Refused("SignatureNonceUsed")
        self._nonces.add(nonce)
        # As a form's: its client writes a space as a plus.
        query = dict(
            parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True)
        )
        _check_signature(request.method, query, headers, body)
        asked = _nested(query)
        if asked.pop("RegionId", None) != REGION:
            raise Refused("InvalidParameter.RegionId")
        return asked

    async def _CreateContainerGroup(self, asked: Asked) -> dict[str, Any]:
        if not _NAME.fullmatch(asked["ContainerGroupName"]):
            raise Refused("InvalidParameter.ContainerGroupName")
        token = asked["ClientToken"]
        if not 0 < len(token) <= 64 or not token.isascii():
            raise Refused("InvalidParameter.ClientToken")
        if (known := self._by_client_token.get(token)) is not None:
            if known.asked != asked:
                raise Refused("IdempotentParameterMismatch")
            return {"ContainerGroupId": known.id}
        for rule in self.rules:
            if code := rule(asked):
                raise Refused(code, 500 if code == "InternalError" else 403)
        group = await self.add(asked)
        self._by_client_token[token] = group
        return {"ContainerGroupId": group.id}

    async def add(self, asked: Asked) -> Group:
        self.created += 1
        group = Group(f"eci-{next(self._numbers):08}", asked, datetime.now(UTC))
        self.groups[group.id] = group
        if self._arguments is not None:
            group.process = await asyncio.create_subprocess_exec(
                *self._arguments(group),
                *asked["Container"][0]["Arg"],
                env=group.environment,
            )
            group.status = "Running"
        return group

    async def _DescribeContainerGroups(self, asked: Asked) -> dict[str, Any]:
        self.pages += 1
        if int(asked.get("Limit", PAGE)) > PAGE:
            raise Refused("InvalidParameter.Limit")
        wanted = {tag["Key"]: tag["Value"] for tag in asked.get("Tag", [])}
        found = [
            group
            for group in self.groups.values()
            if wanted.items() <= group.tags.items()
        ]
        begin = int(asked.get("NextToken", 0))
        rest = found[begin:]
        further = {"NextToken": str(begin + PAGE)} if len(rest) > PAGE else {}
        told = [group.told() for group in rest[:PAGE]]
        return {"ContainerGroups": told, "TotalCount": len(found), **further}

    async def _DeleteContainerGroup(self, asked: Asked) -> dict[str, Any]:
        group = self.groups.pop(asked["ContainerGroupId"], None)
        if group is None:
            raise Refused("InvalidParameter.ContainerGroupId.NotFound", 404)
        if group.process is not None and group.process.returncode is None:
            group.process.send_signal(signal.SIGTERM)
        return {}


@asynccontextmanager
async def eci_server(
    arguments: Callable[[Group], Sequence[str]] | None = None,
) -> AsyncIterator[tuple[EciServer, str]]:
    """The server and its address; what a group runs, by its order, before its options."""
    server = EciServer(arguments)
    application = web.Application()
    application.router.add_post("/", server.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield server, f"http://{host}:{port}"
    finally:
        await runner.cleanup()
        await server.close()


def _check_signature(
    method: str, query: dict[str, str], headers: dict[str, str], body: bytes
) -> None:
    algorithm, _, rest = headers.get("authorization", "").partition(" ")
    fields = dict(part.split("=", 1) for part in rest.split(",") if "=" in part)
    if algorithm != _ALGORITHM or fields.get("Credential") != KEY_ID:
        raise Refused("InvalidAccessKeyId.NotFound")
    signed = fields["SignedHeaders"].split(";")
    needed = {name for name in headers if name.startswith("x-acs-")} | {"host"}
    if signed != sorted(signed) or not needed <= set(signed):
        raise Refused("IncompleteSignature")
    canonical = "\n".join(
        [
            method,
            "/",
            "&".join(f"{_coded(key)}={_coded(query[key])}" for key in sorted(query)),
            *(f"{name}:{headers[name].strip()}" for name in signed),
            "",
            ";".join(signed),
            hashlib.sha256(body).hexdigest(),
        ]
    )
    text = f"{_ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    right = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right, fields["Signature"]):
        raise Refused("SignatureDoesNotMatch")


def _coded(text: str) -> str:
    return quote(text, safe="-_.~")


def _nested(flat: dict[str, str]) -> Asked:
    """``Tag.1.Key=a`` is ``{"Tag": [{"Key": "a"}]}``."""
    whole: Asked = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        place = whole
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return {name: _listed(value) for name, value in whole.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if all(key.isdecimal() for key in value):
        return [_listed(value[key]) for key in sorted(value, key=int)]
    return {key: _listed(inner) for key, inner in value.items()}


async def _ended(group: Group) -> None:
    process = group.process
    if process is None:
        return
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await process.wait()
