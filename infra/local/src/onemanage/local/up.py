"""`up`: the stack in the foreground, until Ctrl-C."""

import fcntl
import os
import shlex
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import anyio

from onemanage.local.addresses import FILE_NAME, load_credentials
from onemanage.local.child import Output
from onemanage.local.first_look import send_sample
from onemanage.local.links import NotStarted, sign_in_link
from onemanage.local.nats import NODE_COUNTS, node_names
from onemanage.local.output import log_file, terminal
from onemanage.local.stack import SERVICES, Stack, running_stack

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SERVERS_LOG = "servers.log"
DATA_DIR = ".onemanage"
PORT = 8000
"""Where nothing else is said; the Makefile has the same."""


class PortTaken(Exception):
    def __init__(self, port: int, reason: str) -> None:
        self.port = port
        super().__init__(
            f"Port {port} of 127.0.0.1 cannot be used: {reason}. Stop what uses it, or"
            " choose another: make up PORT=8001"
        )


class AlreadyRunning(Exception):
    def __init__(self, data_dir: Path, pid: str) -> None:
        self.data_dir = data_dir
        super().__init__(
            f"OneManage already runs on {data_dir} (process {pid}). Stop that one, or"
            " choose another directory: make up DATA_DIR=other"
        )


async def up(
    data_dir: Path,
    port: int,
    say: Callable[[str], None],
    nodes: int = 1,
    is_elastic: bool = False,
) -> None:
    """Run the stack, with this many NATS nodes, until SIGINT, SIGTERM or SIGHUP.

    Raises PortTaken, AlreadyRunning, OtherNodeCount, StartFailed.
    """
    welcomed = data_dir / "welcomed"

    async def serve() -> None:
        async with open_stack(
            data_dir, port, nodes=nodes, is_elastic=is_elastic
        ) as stack:
            # A first start that was cut short has not shown the key to anyone.
            is_first = not welcomed.exists()
            for line in welcome(stack, data_dir, first_start=is_first):
                say(line)
            if os.environ.get("CONSOLE_DIR"):
                if is_first:
                    await send_sample(stack)
                say(f"  Console            {await sign_in_link(stack)}")
            if is_elastic:
                say("  Workers come and go as there is work: ELASTIC=local")
            welcomed.touch()
            await anyio.sleep_forever()

    check_port(port)
    await until_signalled(serve)


@asynccontextmanager
async def open_stack(
    data_dir: Path,
    port: int,
    services: Output | None = None,
    nodes: int = 1,
    *,
    is_elastic: bool = False,
) -> AsyncIterator[Stack]:
    """The stack with its data directory locked. The servers' chatter goes to a file."""
    data_dir = data_dir.resolve()
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(data_dir):
        log = data_dir / SERVERS_LOG
        log.unlink(missing_ok=True)
        output = split_output(services or terminal(), log_file(log))
        async with running_stack(
            data_dir, port, output, nodes, is_elastic=is_elastic
        ) as stack:
            yield stack


def split_output(services: Output, servers: Output) -> Output:
    """Lines of the servers go to their log, those of services to the terminal."""
    nodes = {name for count in NODE_COUNTS for name in node_names(count)}
    quiet = {*nodes, "postgres", "s3", "initdb", "createdb"}

    def write(name: str, line: str) -> None:
        (servers if name in quiet else services)(name, line)

    return write


def welcome(stack: Stack, data_dir: Path, *, first_start: bool) -> Iterator[str]:
    """The lines to print when everything answers."""
    yield f"OneManage is ready: {stack.base_url}"
    yield f"  API documentation  {stack.base_url}/docs"
    if first_start:
        yield f"  Owner's API key    {stack.owner_api_key}"
    yield from how_to_use(stack.base_url, data_dir)
    yield f"  Data and secrets   {data_dir} ({FILE_NAME}; servers' log: {SERVERS_LOG})"
    for name, address in stack.figures.items():
        yield f"  Figures of {name: <21} http://{address}/metrics"
    nodes = stack.addresses.nats_nodes
    nats = "NATS" if nodes == 1 else f"{nodes} NATS nodes"
    yield f"  {len(SERVICES)} services, {nats}, PostgreSQL, S3. Stop with Ctrl-C."


def how_to_use(base_url: str, data_dir: Path) -> Iterator[str]:
    """What to type in another shell, in the directory where this one was started."""
    said = {"DATA_DIR": str(data_dir), "PORT": base_url.rpartition(":")[2]}
    usual = {"DATA_DIR": DATA_DIR, "PORT": str(PORT)}
    other = "".join(
        f" {name}={shlex.quote(value)}"
        for name, value in said.items()
        if value != usual[name]
    )
    yield "  Use it             in another shell:"
    yield f'    eval "$(make -s env{other})"'
    yield "    onemanage doctor"
    yield "    onemanage psd export poster.psd --out layers/"


def environment(data_dir: Path, port: int) -> Iterator[str]:
    """What a shell is to evaluate, to have the command and its settings.

    Raises NotStarted where no key was made yet, and UnreadableCredentials.
    """
    path = data_dir / FILE_NAME
    key = load_credentials(data_dir).owner_api_key if path.exists() else ""
    if not key:
        raise NotStarted(data_dir)
    yield f"export ONEMANAGE_URL=http://127.0.0.1:{port}"
    yield f"export ONEMANAGE_API_KEY={shlex.quote(key)}"
    commands = shlex.quote(str(Path(sys.executable).parent))
    yield f'export PATH={commands}:"$PATH"'


async def until_signalled(serve: Callable[[], Awaitable[None]]) -> None:
    """Await `serve`, cancelled by the first stop signal; later ones change nothing."""
    failures: list[Exception] = []
    with anyio.open_signal_receiver(*STOP_SIGNALS) as signals:
        async with anyio.create_task_group() as tasks:

            async def cancel_on_signal() -> None:
                async for _ in signals:
                    tasks.cancel_scope.cancel()

            tasks.start_soon(cancel_on_signal)
            try:
                await serve()
            except Exception as error:  # re-raised below, without an exception group
                failures.append(error)
            tasks.cancel_scope.cancel()
    if failures:
        raise failures[0]


@contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Raises AlreadyRunning when another process has the data directory."""
    descriptor = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    with open(descriptor, "r+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(data_dir, file.read().strip()) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def check_port(port: int) -> None:
    """Raises PortTaken. Asked before anything is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise PortTaken(
                port, getattr(error, "strerror", None) or str(error)
            ) from error
