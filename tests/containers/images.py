"""The images that infra/docker-compose.yml names: from a registry, or stand-ins for them."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .engine import Engine, NoEngine

ROOT = Path(__file__).resolve().parents[2]
NAMES = {
    "python": "docker.io/library/python:3.12-slim",
    "nats": "docker.io/library/nats:2.15-alpine",
    "postgres": "docker.io/library/postgres:17",
    "storage": "docker.io/chrislusf/seaweedfs:4.48",
}
"""Of each stand-in the image in whose name it stands."""
SERVICES = ("gateway", "psd", "preview", "data-import", "imaging", "elastic")


@contextmanager
def engines_images(engine: Engine) -> Iterator[None]:
    """Have all of NAMES, and give back the names of others that stand-ins had.

    Raises NoEngine where neither a registry can be reached nor stand-ins can be built.
    """
    # Those that have their names from a run that was cut short are stand-ins too.
    stood_in = {
        short: name
        for short, name in NAMES.items()
        if _id(engine, name) in ("", _id(engine, _stand_in(short)))
        and not engine.works("pull", "--quiet", name)
    }
    if not all(_id(engine, _stand_in(short)) for short in stood_in):
        _build_stand_ins(engine)
    try:
        for short, name in stood_in.items():
            engine.run("tag", _stand_in(short), name)
        yield
    finally:
        for name in stood_in.values():
            engine.works("rmi", name)


def build_services(engine: Engine, version: str) -> None:
    """``onemanage/<service>:<version>`` of each, and ``onemanage/admin``, by the
    Dockerfile of this repository."""
    for service in SERVICES:
        _build(engine, service, f"onemanage/{service}:{version}")
    _build(engine, "gateway", f"onemanage/admin:{version}", "--target=admin")


def _build(engine: Engine, service: str, tag: str, *more: str) -> None:
    engine.run(
        *("build", "--quiet", "--network=host", f"--file={ROOT}/infra/Dockerfile"),
        *(f"--build-arg=SERVICE={service}", f"--tag={tag}", *more, str(ROOT)),
    )


def _id(engine: Engine, name: str) -> str:
    """Empty where there is no such image."""
    return engine.run("images", "--quiet", "--no-trunc", name)


def _stand_in(short: str) -> str:
    return f"onemanage-stand-in/{short}"


def _build_stand_ins(engine: Engine) -> None:
    if shutil.which("debootstrap") is None:
        raise NoEngine("no registry answers, and stand-ins need debootstrap")
    script = ROOT / "infra/stand-ins/build.sh"
    subprocess.run((str(script), engine.name), env=engine.environment, check=True)
