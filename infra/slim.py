"""Take out of an installed environment what no process of ours reads: slim.py /opt/onemanage

Runs while an image is built, by the Python that is to run it, with binutils and
`patchelf` at hand; and in tests/bench/images.py, which says what it
saves. docs/containers.md says what goes and why.
"""

import compileall
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory

# The codecs of imagecodecs that we call, and what they stand on. It has fifty more.
CODECS = (
    "avif cms deflate exr imcd isal jpeg8 png qoi rgbe shared shared_cython tiff webp"
)
# What boto3 is asked for, of four hundred services: objects, and the keys of a role.
SERVICES_OF_AWS = "s3 sts"
# What imaging finds faces with, of OpenCV's trained classifiers.
CASCADES = "haarcascade_frontalface_alt2 haarcascade_frontalface_default"
ONLY = (
    ("imagecodecs/_*.so", CODECS),
    ("botocore/data/*/", SERVICES_OF_AWS),
    ("boto3/data/*/", SERVICES_OF_AWS),
    ("cv2/data/*.xml", CASCADES),
)
"""Of what a pattern below site-packages finds, what stays; a test compares the codecs
with the sources. Each is a file or folder of its own, which is opened when it is asked for.
"""

UNREAD = (
    # What packages are tested with, and what only compilers and type checkers read.
    *("**/tests", "**/SelfTest", "**/include"),
    *("sqlalchemy/testing", "alembic/testing", "mako/testing", "pyarrow/src"),
    *(f"**/*.{ending}" for ending in "pyi pyx pxd pxi h hpp hh c cc cpp a".split()),
    "pyarrow/*_cpp_tests*",
    # Parts of Arrow that we have no use for: a protocol, plans, stores of others, other
    # formats than Parquet and its own, files that are sealed by keys.
    *("pyarrow/_flight*", "pyarrow/libarrow_python_flight*", "pyarrow/_substrait*"),
    *("pyarrow/_s3fs*", "pyarrow/_gcsfs*", "pyarrow/_azurefs*", "pyarrow/_hdfs*"),
    *("pyarrow/_orc*", "pyarrow/*_parquet_encryption*", "pyarrow/_feather*"),
    *("pyarrow/_dataset*", "pyarrow/_acero*", "pyarrow/_json*"),
    *("uniseg/docs", "numpy/f2py", "numpy/_core/_simd.*", "numpy/_core/_*_tests.*"),
    # Other ways to fonts than ours, none of which our imports lead to; an older self.
    *(f"fontTools/{part}" for part in "cu2qu merge mtiLib qu2cu subset".split()),
    *(f"fontTools/{part}" for part in "svgLib ufoLib voltLib".split()),
    "pydantic/v1",
)
"""Patterns below site-packages."""

LIBRARIES = ("*.libs/*.so*", "pyarrow/libarrow*.so*", "pyarrow/libparquet*.so*")
"""Libraries that wheels brought: what nothing links to is not opened either."""

UNUSED = ("libarrow_substrait.so.*", "libarrow_dataset.so.*", "libarrow_acero.so.*")
"""Libraries that others name as needed, and of which they use nothing. A name that is
used after all fails where it is loaded, so in every test."""

HOLLOW = tuple(
    f"opencv_python_headless.libs/lib{name}-*.so*"
    for name in "avcodec avformat avutil swscale avif openblasp".split()
)
"""Libraries of which the names alone stay, for the loader. Of OpenCV: films and AVIF,
which it neither reads nor writes for us; and algebra for matrices that are larger than
any that we give it: OpenCV computes with fewer than 25 rows by itself. Whoever calls
such a name crashes, so a test calls every function that we use."""

SAME = (
    # We have HEIF only read, but its library wants to find an encoder.
    ("pillow_heif.libs/libx265-*.so.217", "av.libs/libx265-*.so.217"),
)
"""Pairs of a library of two wheels with the same interface, as the number in the name
says. Where both are there, the first becomes a link to the second."""

SOURCES = ("onemanage/**/*.py", "cv2/*.py")
"""Sources that stay: ours, as lines of them stand in our logs, and some that are read."""

PAGE = 65_536
"""Bytes: the largest page that any machine has. What is aligned to more than that, as
2 MiB, is padded with zeros in the file."""
_LOAD = 1
_EXPORTED = re.compile(
    r"(?:FUNC|OBJECT|IFUNC) +(?:GLOBAL|WEAK|UNIQUE) +\w+ +\d+ (\w+)(?:@@(\w+))?$", re.M
)
"""A line of readelf: a name, and its version."""


def slim(environment: Path) -> None:
    """Remove, strip and compile, in place. Raises FileNotFoundError where it is none."""
    (packages,) = environment.glob("lib/python3.*/site-packages")
    cut(packages)
    for path in _shared_objects(packages):
        _align(path)
        subprocess.run(("strip", "--strip-unneeded", str(path)), check=True)
    _share(packages)
    _compile(packages)


def cut(packages: Path) -> None:
    """Remove what nothing reads, and of what is only looked for all but the names."""
    for pattern in UNREAD:
        _remove(packages.glob(pattern))
    for pattern, kept in ONLY:
        _remove(_others(packages.glob(pattern), kept.split()))
    _forget_unused(packages)
    for pattern in HOLLOW:
        for path in packages.glob(pattern):
            hollow(path)
    while unneeded := list(_libraries_unneeded(packages)):
        _remove(unneeded)


def _remove(paths: Iterable[Path]) -> None:
    for path in list(paths):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _others(paths: Iterable[Path], kept: list[str]) -> Iterator[Path]:
    for path in paths:
        if path.name.partition(".")[0].removeprefix("_") not in kept:
            yield path


def _forget_unused(packages: Path) -> None:
    for path in _shared_objects(packages):
        for name in _links_to(path):
            if any(fnmatch(name, pattern) for pattern in UNUSED):
                command = ("patchelf", "--remove-needed", name, str(path))
                subprocess.run(command, check=True)


def hollow(library: Path) -> None:
    """Leave of a library of C its names and their version, all of which lead nowhere."""
    found = _EXPORTED.findall(_read_elf(library, "--dyn-syms", "--wide"))
    (version,) = {version for _, version in found}
    names = [name for name, _ in found if not name.startswith("_Z")]
    labels = "".join(f".globl {name}\n{name}:\n" for name in names)
    with TemporaryDirectory() as folder:
        source, made, versions = (Path(folder, name) for name in "sov")
        source.write_text(f'.section .note.GNU-stack,"",%progbits\n.data\n{labels}')
        versions.write_text(f"{version} {{ *; }};")
        subprocess.run(("as", "-o", made, source), check=True)
        library.unlink()  # it may be a link
        command = ("ld", "-shared", "-s", "-soname", library.name, "-o", library, made)
        scripts = ("--version-script", versions) if version else ()
        subprocess.run((*command, *scripts), check=True)


def _libraries_unneeded(packages: Path) -> Iterator[Path]:
    needed = {name for path in _shared_objects(packages) for name in _links_to(path)}
    for pattern in LIBRARIES:
        for path in packages.glob(pattern):
            if path.name not in needed:
                yield path


def _links_to(path: Path) -> list[str]:
    """The names of the libraries that the loader opens with it."""
    return re.findall(r"\(NEEDED\).*\[(.+)\]", _read_elf(path, "--dynamic"))


def _read_elf(path: Path, *options: str) -> str:
    command = ("readelf", *options, str(path))
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _align(path: Path) -> None:
    """Have ``strip`` lay out the file with no more padding than a page needs.

    The offsets are those of an ELF of 64 bits: its header, and the headers of segments.
    """
    file = bytearray(path.read_bytes())
    (table,) = struct.unpack_from("<Q", file, 32)
    size, count = struct.unpack_from("<HH", file, 54)
    for at in range(table, table + size * count, size):
        (kind,) = struct.unpack_from("<I", file, at)
        (aligned,) = struct.unpack_from("<Q", file, at + 48)
        if kind == _LOAD and aligned > PAGE:
            struct.pack_into("<Q", file, at + 48, PAGE)
    path.write_bytes(file)


def _share(packages: Path) -> None:
    for link, library in SAME:
        for one in packages.glob(link):
            for other in packages.glob(library):
                one.unlink()
                one.symlink_to(other.relative_to(one.parent, walk_up=True))


def _compile(packages: Path) -> None:
    """What is imported is the compiled form; sources of others go.

    Raises RuntimeError where one does not compile.
    """
    kept = {path for pattern in SOURCES for path in packages.glob(pattern)}
    for path in packages.rglob("*.py"):
        stays = path in kept
        if not compileall.compile_file(path, legacy=not stays, quiet=1):
            raise RuntimeError(f"{path} does not compile")
        if not stays:
            path.unlink()


def _shared_objects(packages: Path) -> list[Path]:
    return [path for path in packages.rglob("*.so*") if _is_elf(path)]


def _is_elf(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


if __name__ == "__main__":
    slim(Path(sys.argv[1]))
