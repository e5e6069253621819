"""npm's sharp behind a bare HTTP server of node: decode, resize, encode, nothing else.

imgproxy's own work is the same libvips, called as directly; what it does besides, such as
checking signatures, is left out here, so that this is faster than it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.parts.image_peers import SHARP
from tests.bench.parts.npm_peer import NpmPeer
from tests.bench.parts.thumbor_peer import await_port

WIDTH = 400
_SCRIPT = """
const sharp = require('sharp');
const [port, source, small] = process.argv.slice(2);
sharp.concurrency(1);
sharp.cache(false);
require('http').createServer(async (request, response) => {
  const file = request.url.startsWith('/small') ? small : source;
  const data = await sharp(file).resize({width: 400}).jpeg({quality: 80}).toBuffer();
  response.writeHead(200, {'Content-Type': 'image/jpeg', 'Content-Length': data.length});
  response.end(data);
}).listen(Number(port), '127.0.0.1');
"""


class SharpServer:
    """``missing`` says why it could not be installed."""

    def __init__(self, folder: Path) -> None:
        self._npm = NpmPeer(folder, SHARP)
        self.missing = self._npm.missing

    @contextmanager
    def serving(self, port: int, picture: Path, small: Path) -> Iterator[int]:
        """Its pid, while it serves these two."""
        with self._npm.started(_SCRIPT, str(port), picture, small) as process:
            await_port(port)
            yield process.pid


def request(number: int, picture: str = "photo") -> str:
    """Of either picture: ``photo`` or ``small``."""
    return f"GET /{picture}/{number} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n"
