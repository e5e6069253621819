"""What slims the images (infra/slim.py) leaves in them what we use."""

import fnmatch
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import cv2
import pyarrow  # type: ignore[import-untyped]
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [path for path in ROOT.glob("services/*/src/**/*.py")]


@pytest.fixture(scope="module")
def slim() -> ModuleType:
    """The script, which belongs to no package."""
    spec = importlib.util.spec_from_file_location("slim", ROOT / "infra/slim.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _named(pattern: str) -> set[str]:
    return {
        name
        for path in SOURCES
        for name in re.findall(pattern, path.read_text(encoding="utf-8"))
    }


def test_every_codec_that_we_call_stays_in_the_images(slim: ModuleType) -> None:
    called = _named(r"imagecodecs\.(\w+)_(?:encode|decode|transform)\b")

    assert called
    assert called <= set(slim.CODECS.split())


def test_every_classifier_that_we_load_stays_in_the_images(slim: ModuleType) -> None:
    loaded = _named(r"data/(\w+)\.xml")

    assert loaded == set(slim.CASCADES.split())
    for name in loaded:
        assert (Path(cv2.__file__).parent / f"data/{name}.xml").exists()


def test_every_service_of_aws_that_we_ask_stays_in_the_images(slim: ModuleType) -> None:
    asked = {
        name
        for path in ROOT.glob("*/*/src/**/*.py")
        for name in re.findall(
            r"\bboto3\.(?:client|resource)\(\s*\"(\w+)\"",
            path.read_text(encoding="utf-8"),
        )
    }

    assert "s3" in asked
    assert asked <= set(slim.SERVICES_OF_AWS.split())


def test_libraries_that_stand_for_others_are_of_the_same_interface(
    slim: ModuleType,
) -> None:
    packages = Path(cv2.__file__).parents[1]
    for link, library in slim.SAME:
        (one,), (other,) = packages.glob(link), packages.glob(library)
        # The number after .so is that of the interface.
        name, number = re.fullmatch(r"(.+?)-\w+\.so\.(\d+).*", one.name).groups()  # type: ignore[union-attr]
        assert re.fullmatch(rf"{name}-\w+\.so\.{number}\b.*", other.name)


@pytest.fixture(scope="module")
def cut(slim: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where OpenCV and Arrow are without what slim.py takes out of them."""
    missing = [name for name in ("as", "ld", "patchelf") if not shutil.which(name)]
    if missing:
        pytest.skip(f"needs binutils and patchelf: {', '.join(missing)}")
    installed = Path(cv2.__file__).parents[1]
    packages = tmp_path_factory.mktemp("packages")
    for name in ("cv2", "opencv_python_headless.libs", "pyarrow"):
        shutil.copytree(installed / name, packages / name)
    slim.cut(packages)
    return packages


def test_films_and_algebra_of_opencv_are_names_only(
    slim: ModuleType, cut: Path
) -> None:
    for pattern in slim.HOLLOW:
        (library,) = cut.glob(pattern)
        assert library.stat().st_size < 2**20
    (libraries,) = cut.glob("*.libs")
    assert len(list(libraries.iterdir())) == len(slim.HOLLOW) + 1  # and libpng


def test_every_function_that_services_call_does_the_same_without_what_is_cut(
    cut: Path,
) -> None:
    called = _named(r"\bcv2\.((?:dnn\.)?[A-Za-z]\w*)\(") | {"CascadeClassifier"}

    network = Path(sys.prefix) / "share/onemanage/u2netp.onnx"
    place, slimmed = _calls(str(network), PYTHONPATH=str(cut))
    _, whole = _calls()

    assert called - slimmed.keys() == set()
    assert place.count(str(cut)) == 2
    assert slimmed.keys() - whole.keys() == {"dnn.readNetFromONNX"}
    assert slimmed == slimmed | whole


def _calls(*arguments: str, **environment: str) -> tuple[str, dict[str, str]]:
    """Where the packages are, and what calls give, by name."""
    done = subprocess.run(
        [sys.executable, Path(__file__).parent / "slimmed_calls.py", *arguments],
        env=os.environ | environment,
        check=True,
        capture_output=True,
        text=True,
    )
    place, *lines = done.stdout.splitlines()
    told = (line.partition(" ") for line in lines)
    return place, {name: given for name, _, given in told}


def test_what_nobody_uses_of_arrow_is_still_there_to_be_taken_out(
    slim: ModuleType,
) -> None:
    found = [path.name for path in Path(pyarrow.__file__).parent.iterdir()]
    for pattern in slim.UNUSED:
        assert fnmatch.filter(found, pattern)
