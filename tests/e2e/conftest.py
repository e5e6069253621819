"""The whole system, once for all end-to-end tests, and a client of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image
from psd_tools import PSDImage

from onemanage.local.sample import build_poster
from onemanage.local.stack import Stack
from tests.running_stack import stack_with

from .everything import Two
from .everything import ended as ended  # said again for the tests
from .everything import two_workspaces
from .spans import Receiver, receiving

MAX_UPLOAD_BYTES = 310 * 1024**2
_SETTINGS = {
    "TASK_ACK_WAIT": "2",  # a killed worker's task comes again after two seconds
    "MAX_UPLOAD_BYTES": str(MAX_UPLOAD_BYTES),
    "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8",  # receivers of tests are here
    "IMAGING_ALLOWED_NETWORKS": "127.0.0.2",  # and servers of images: only these
    "LIMIT_KEY_REQUESTS_PER_SECOND": "",  # tests that wait ask again at once
    "LIMIT_REQUESTS_PER_SECOND": "",
    "LIMIT_IMAGES_PER_SECOND": "",
    "OBSERVE": "1",
    "METRICS_WORKSPACES": "on",
    "OTEL_TRACES_SAMPLER": "parentbased_always_on",
    "OTEL_BSP_SCHEDULE_DELAY": "200",
}


@pytest.fixture(scope="session")
def stack_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the services have said."""
    return tmp_path_factory.mktemp("logs") / "services.log"


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    """All spans of the stack come here."""
    with receiving() as made:
        yield made


@pytest.fixture(scope="session")
def stack(
    tmp_path_factory: pytest.TempPathFactory, stack_log: Path, receiver: Receiver
) -> Iterator[Stack]:
    data_dir = tmp_path_factory.mktemp("stack")
    settings = _SETTINGS | {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}
    with stack_with(settings, data_dir, stack_log) as running:
        yield running


@pytest.fixture
def client(stack: Stack) -> Iterator[httpx.Client]:
    """With the owner's key."""
    headers = {"Authorization": f"Bearer {stack.owner_api_key}"}
    with httpx.Client(base_url=stack.base_url, headers=headers, timeout=60) as made:
        yield made


@pytest.fixture(scope="session")
def poster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("poster") / "poster.psd"
    build_poster(path)
    return path


@pytest.fixture(scope="session")
def two(stack: Stack, poster: Path) -> Iterator[Two]:
    """Two workspaces that have one of everything each: a poster, and hardly anything."""
    with two_workspaces(stack, poster) as found:
        yield found


@pytest.fixture(scope="session")
def slow_document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Takes the worker some seconds: noise, which no compression makes small."""
    path = tmp_path_factory.mktemp("slow") / "slow.psd"
    side = 1600
    document = PSDImage.new("RGB", (side, side))
    noise = Image.effect_noise((side, side), 100).convert("RGB")
    for number in range(24):
        document.create_pixel_layer(noise, name=f"Noise {number}")
    document.save(path)
    return path


type Upload = Callable[..., httpx.Response]


@pytest.fixture
def upload(client: httpx.Client) -> Upload:
    """Send bytes, or a file, to POST /v1/psd/documents."""

    def send(source: Path | bytes, **headers: str) -> httpx.Response:
        content = source.read_bytes() if isinstance(source, Path) else source
        return client.post(
            "/v1/psd/documents",
            params={"name": "test.psd"},
            content=content,
            headers={"Content-Type": "application/octet-stream", **headers},
        )

    return send
