"""What one picture of a template costs whoever waits for it, beside the render itself.

    make bench NAME=templates_http

The sample poster with three slots is filled by POST with another text and price each
time, one after the other on one connection; the answer is the picture, 1200 x 1600. Its
template is warm: compiled before, in the child that stays. ``render`` is the median of
the client's time by that of the child's own, from values to the written file, as the
answer says it (``Server-Timing``); so checking values, two hops, the document's rows and
fonts, and handing out the bytes are what is above 1. ``cold`` is the first of a template
by the warm median: it is read and compiled. All processes share the machine.
"""

import re
import statistics
import tempfile
import time
from pathlib import Path

import anyio
import httpx
from anyio import to_thread

from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.sample_template import build_template, photo, png
from onemanage.local.stack import Stack
from onemanage.local.up import open_stack
from tests.bench.parts import summary
from tests.bench.parts.rates import set_no_rates

RENDERS = 60
FIRST = 5
"""Of them, that are not counted: regions of the template are made then."""
COLD = 3
"""Templates."""
AT_MOST = {"render": 1.5}
_TIMING = re.compile(r"render;dur=([0-9.]+)")


class Client:
    """Of one template at a time."""

    def __init__(self, stack: Stack, document: bytes) -> None:
        headers = {"Authorization": f"Bearer {stack.owner_api_key}"}
        headers["Prefer"] = "wait=30"
        self._client = httpx.Client(
            base_url=stack.base_url, headers=headers, timeout=60
        )
        made = self._post("/v1/psd/documents", content=document).json()
        self._document_id = made["result"]["id"]
        sent = self._post("/v1/files?name=photo.png", content=png(photo()))
        self._photo = {"file_id": sent.json()["id"]}
        self._at = ""

    def use_a_new_one(self) -> None:
        body = {"document_id": self._document_id}
        made = self._post("/v1/templates", json=body).json()
        self._at = f"{made['resource']}/renders"

    def render(self, number: int) -> tuple[float, float]:
        """Seconds: the client's, and the render's own."""
        values = {
            "title": f"SUMMER {number}",
            "price": f"${number}",
            "photo": self._photo,
        }
        begun = time.perf_counter()
        answer = self._post(self._at, json={"values": values})
        took = time.perf_counter() - begun
        found = _TIMING.match(answer.headers["Server-Timing"])
        assert found is not None and answer.headers["Content-Type"] == "image/png"
        return took, float(found[1]) / 1000

    def _post(self, path: str, **given: object) -> httpx.Response:
        answer = self._client.post(path, **given)  # type: ignore[arg-type]  # content or json
        assert answer.is_success, answer.text
        return answer


def measured(stack: Stack, folder: Path) -> dict[str, float]:
    """The ratios."""
    build_template(folder / "template.psd")
    client = Client(stack, (folder / "template.psd").read_bytes())
    cold = []
    for number in range(COLD):
        client.use_a_new_one()
        cold.append(client.render(number)[0])
    times = [client.render(number) for number in range(RENDERS)][FIRST:]
    whole, own = (statistics.median(column) for column in zip(*times, strict=True))
    over = statistics.median(one - its for one, its in times)
    print(f"render {own * 1000:.0f} ms, by POST {whole * 1000:.0f} ms")
    print(f"what is around it {over * 1000:.1f} ms; cold {min(cold) * 1000:.0f} ms")
    return {"render": whole / own, "cold": statistics.median(cold) / whole}


async def run() -> dict[str, float]:
    """On a stack of its own."""
    set_no_rates()
    with tempfile.TemporaryDirectory() as name:
        folder, data = Path(name), Path(name, "data")
        data.mkdir()
        (port,) = free_ports(1)
        async with open_stack(data, port, log_file(data / "log")) as stack:
            return await to_thread.run_sync(measured, stack, folder)


def main() -> None:
    """Run it."""
    summary.say("templates_http", anyio.run(run), at_most=AT_MOST)


if __name__ == "__main__":
    main()
