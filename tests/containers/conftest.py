"""An engine with all images, and an installation for each file of tests."""

import os
from collections.abc import Iterator

import httpx
import pytest

from .engine import Engine, NoEngine, engine_at_hand
from .images import build_services, engines_images
from .stack import Composed, settings_of_an_installation

BUILT = os.environ.get("ONEMANAGE_VERSION")
"""Images of this version are tested as they are; without it they are built."""
VERSION = BUILT or "compose-test"


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """With all images, built and named."""
    try:
        with (
            engine_at_hand(tmp_path_factory.mktemp("engine")) as engine,
            engines_images(engine),
        ):
            if not BUILT:
                build_services(engine, VERSION)
            yield engine
    except NoEngine as error:
        pytest.skip(f"no container engine: {error}")


@pytest.fixture(scope="module")
def installation(
    engine: Engine,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Composed]:
    """By the FILES of the module, up and well; gone with all that it kept, whatever
    becomes of the tests."""
    workers = tmp_path_factory.mktemp("workers")
    workers.chmod(0o755)  # It is read by the user of the images.
    made = Composed(
        engine=engine,
        files=request.module.FILES,
        settings=settings_of_an_installation(VERSION, engine, workers),
    )
    made.tell_workers_of_groups()
    made.be_patient()
    made.compose("down", "--volumes")
    before = _volumes(engine)
    try:
        made.up()
        yield made
    finally:
        for one in made.groups():
            engine.run("rm", "--force", one.id)
        made.compose("--profile=*", "down", "--volumes")
    assert _volumes(engine) <= before, "those without a name are of no project"


@pytest.fixture
def client(installation: Composed) -> Iterator[httpx.Client]:
    key = {"Authorization": f"Bearer {installation.settings['OWNER_API_KEY']}"}
    base_url = installation.base_url
    with httpx.Client(base_url=base_url, headers=key, timeout=60) as made:
        yield made


def _volumes(engine: Engine) -> set[str]:
    return set(engine.run("volume", "ls", "--quiet").split())
