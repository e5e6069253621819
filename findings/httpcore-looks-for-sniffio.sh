#!/bin/bash
# httpcore 1.0 beside anyio 4.12 and later: sniffio is looked for on disk with each request.
#
# Seen with httpx 0.28.1, httpcore 1.0.9 and anyio 4.16.0, which all that is said to be
# needed installs. httpcore asks sniffio which library runs whenever one of its locks or
# events is first used, and takes asyncio where sniffio is not there. anyio used to bring
# it and no longer does, and Python remembers no import that failed: sys.path is searched
# four times with each request of one connection, about ten times with sixteen at once.
# With sniffio installed it is searched once, and the same requests take a quarter to a
# third less processor time.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet httpx==0.28.1 httpcore==1.0.9 anyio==4.16.0
cd "$folder"
cat >ask.py <<'EOF'
import asyncio
import sys
import time

import httpx

REQUESTS = 1000


class Looking:
    """Asked before anybody else for a module that is not loaded; has none."""

    times = 0

    @classmethod
    def find_spec(cls, name: str, path: object = None, target: object = None) -> None:
        cls.times += name == "sniffio"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def looked(port: int, at_once: int) -> tuple[float, float]:
    """Times a request, and its milliseconds of processor time."""
    limits = httpx.Limits(max_connections=at_once)
    left = iter(range(REQUESTS))
    async with httpx.AsyncClient(limits=limits) as client:

        async def work() -> None:
            for _ in left:
                await client.get(f"http://127.0.0.1:{port}/")

        before, begun = Looking.times, time.process_time()
        await asyncio.gather(*(work() for _ in range(at_once)))
        took = time.process_time() - begun
    return (Looking.times - before) / REQUESTS, took * 1000 / REQUESTS


async def main() -> None:
    sys.meta_path.insert(0, Looking)
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for at_once in (1, 16):
        times, took = await looked(port, at_once)
        print(f"{at_once} at once: looked for {times:.1f} times, {took:.2f} ms a request")
        assert (times > 3) is (sys.argv[1] == "without"), "this has changed"
    server.close()
    await asyncio.sleep(0.2)  # the connections end


asyncio.run(main())
EOF
echo "as installed:"
venv/bin/python ask.py without
venv/bin/pip install --quiet sniffio==1.3.1
echo "with sniffio 1.3.1:"
venv/bin/python ask.py with
