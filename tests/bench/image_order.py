"""What an image costs that is ordered by POST, beside the work alone.

    make bench NAME=image_order

Two JPEGs, 0.4 and 12 megapixels, become one of 400 pixels width; each order is another
recipe, one after the other on one connection, and the answer has the result. ``order``
is the median time of such a POST; ``repeat`` that of one whose images are there already;
``work`` that of the same recipe in this process, with everything imported. Ratios are of
time to the work's, so less is better. All processes share the machine.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import msgspec
from anyio import to_thread
from PIL import Image

from onemanage.contracts.imaging.recipes import Recipe
from onemanage.imaging.domain.pipeline import run_recipe
from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.stack import Stack
from onemanage.local.up import open_stack
from tests.bench.parts import image_inputs, summary
from tests.bench.parts.rates import set_no_rates

ORDERS = 60
"""Of each picture."""
FIRST = 5
"""Of them, that are not counted: connections are made then."""
WIDTH = 400
AT_MOST = {"order_0.4": 4.0}
"""It was 6.5 before an order looked for what was made before, with work of 9 ms in place
of 5: the order itself went from 58 ms to 42."""


def pictures(folder: Path) -> dict[str, Path]:
    """By megapixels."""
    small = folder / "small.jpg"
    pixels = image_inputs.photo(776, 518, 4)
    Image.fromarray(pixels).save(small, "JPEG", quality=90, subsampling=2)
    return {"0.4": small, "12": image_inputs.jpeg(folder / "large.jpg", 12)}


def recipe(variant: str) -> dict[str, Any]:
    """Another name makes another recipe, with the same work."""
    output = {"format": "jpeg", "quality": 80}
    return {
        "operations": [{"op": "resize", "width": WIDTH}],
        "variants": [{"name": variant, "output": output}],
    }


def seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def work(picture: Path, folder: Path) -> float:
    """In this process, the median."""
    asked = msgspec.convert(recipe("alone"), Recipe)
    took = [seconds(lambda: run_recipe(picture, asked, folder)) for _ in range(ORDERS)]
    return statistics.median(took[FIRST:])


class Client:
    def __init__(self, stack: Stack) -> None:
        self._http = httpx.Client(
            base_url=stack.base_url,
            headers={"Authorization": f"Bearer {stack.owner_api_key}"},
            timeout=60,
        )

    def uploaded(self, picture: Path) -> str:
        """Its id, once nothing is at work on it that nobody asked for."""
        name = {"name": picture.name}
        answer = self._http.post(
            "/v1/files", params=name, content=picture.read_bytes()
        ).raise_for_status()
        file_id: str = answer.json()["id"]
        self._post("/v1/images/analyses", {"file_id": file_id})
        return file_id

    def order(self, file_id: str, variant: str) -> None:
        body = {"file_id": file_id, "recipe": recipe(variant)}
        self._post("/v1/images/transformations", body)

    def _post(self, path: str, body: dict[str, Any]) -> None:
        answer = self._http.post(path, json=body, headers={"Prefer": "wait=30"})
        if answer.status_code != 200:
            raise RuntimeError(answer.text)


def orders(stack: Stack, found: dict[str, Path]) -> dict[str, float]:
    """The medians. All kinds by turns: what else the machine does strikes all alike."""
    client = Client(stack)
    files = {name: client.uploaded(picture) for name, picture in found.items()}
    times: dict[str, list[float]] = {}
    for number in range(ORDERS):
        for name, file_id in files.items():
            for kind, variant in (("order", f"v{number}"), ("repeat", "v0")):
                took = seconds(lambda: client.order(file_id, variant))
                times.setdefault(f"{kind}_{name}", []).append(took)
    return {name: statistics.median(took[FIRST:]) for name, took in times.items()}


async def measure(folder: Path) -> dict[str, float]:
    found = await to_thread.run_sync(pictures, folder)
    (port,) = free_ports(1)
    data_dir = folder / "data"
    data_dir.mkdir()
    async with open_stack(data_dir, port, log_file(data_dir / "log")) as stack:
        times = await to_thread.run_sync(orders, stack, found)
    for name, picture in found.items():
        times[f"work_{name}"] = work(picture, folder / "out")
    return times


def main() -> None:
    set_no_rates()
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
        times = anyio.run(measure, Path(folder))
    for name, seconds in times.items():
        print(f"{name:<12} {seconds * 1e3:8.1f} ms")
    ratios = {
        name: times[name] / times[f"work_{name.partition('_')[2]}"]
        for name in times
        if not name.startswith("work")
    }
    medians = {name: round(seconds * 1e3, 1) for name, seconds in times.items()}
    summary.say("image_order", ratios, at_most=AT_MOST, milliseconds=medians)


if __name__ == "__main__":
    main()
