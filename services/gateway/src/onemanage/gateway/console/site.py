"""The console as it was built: its files, in memory, and how each is answered."""

import hashlib
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from onemanage.gateway.http.compression import chosen

INDEX = "index.html"
ASSETS = "assets/"
"""Below it names change with their content, so that they may be kept for ever."""
_PACKED = {"br": ".br", "gzip": ".gz"}
"""What may lie beside a file, the smallest first."""
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


class NoConsole(Exception):
    """The folder is none that ``scripts/console.sh`` has built."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"CONSOLE_DIR names {folder}, which has no {INDEX}. Build the console into"
            " it (scripts/console.sh), or leave the setting out."
        )


def open_site(folder: str, storage: str) -> "Site | None":
    """None where no folder is named. Raises NoConsole."""
    return Site(Path(folder), storage) if folder else None


class Page(msgspec.Struct, frozen=True):
    """One file, as it is and by each coding that makes it smaller."""

    body: bytes
    packed: dict[str, bytes]
    headers: dict[str, str]

    def answer(self, accept_encoding: str) -> tuple[bytes, dict[str, str]]:
        """Body and headers, for who takes these encodings."""
        coding = chosen(accept_encoding, self.packed)
        if coding is None:
            return self.body, self.headers
        etag = self.headers["ETag"].removesuffix('"') + f'-{coding}"'
        headers = self.headers | {"Content-Encoding": coding, "ETag": etag}
        return self.packed[coding], headers


class Site:
    """All files of a folder. ``storage`` is where browsers reach the object storage:
    large files go there straight."""

    def __init__(self, folder: Path, storage: str = "") -> None:
        self._pages = {
            str(path.relative_to(folder)): _page(path, folder)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix not in _PACKED.values()
        }
        if INDEX not in self._pages:
            raise NoConsole(folder)
        self.headers = _headers(storage)

    def page(self, path: str) -> Page | None:
        """What stands at a path below /console. All that names no file is an address of
        the application, and its page; None for a file that is not there any more."""
        found = self._pages.get(path)
        if found is not None or path.startswith(ASSETS):
            return found
        return self._pages[INDEX]


def _page(path: Path, folder: Path) -> Page:
    body = path.read_bytes()
    beside = {name: path.with_name(path.name + end) for name, end in _PACKED.items()}
    kind, _ = mimetypes.guess_type(path.name)
    is_asset = str(path.relative_to(folder)).startswith(ASSETS)
    headers = {
        "Content-Type": _with_charset(kind or "application/octet-stream"),
        "Cache-Control": _FOR_EVER if is_asset else _ASK_AGAIN,
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "Vary": "Accept-Encoding",
    }
    packed = {name: at.read_bytes() for name, at in beside.items() if at.is_file()}
    return Page(body, packed, headers)


def _with_charset(kind: str) -> str:
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _headers(storage: str) -> Mapping[str, str]:
    """What browsers hold the console to. No script writes HTML: Trusted Types have no
    policy, so that each attempt is refused."""
    url = urlsplit(storage)
    other = f" {url.scheme}://{url.netloc}" if url.netloc else ""
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' blob: data:",
        "connect-src": f"'self'{other}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(
            f"{name} {value}" for name, value in rules.items()
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
