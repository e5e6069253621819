"""Pictures: opened with Pillow where that is installed, shown in notebooks, and put into
pages by addresses that a signing key of the workspace signs (docs/imaging.md)."""

import base64
import hashlib
import hmac
import html
import os
import re
import time
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterable, Optional, Union
from urllib.parse import quote, urlsplit

from onemanage.client.errors import OneManageError
from onemanage.client.landing import Landing

if TYPE_CHECKING:
    from PIL.Image import Image

_SIGNATURE_BYTES = 24
_WIDTH = "{w}"
_HEIGHT = "{h}"
_SOURCE = re.compile(r"((fil|doc|tsf|bgd)_\w+(:[\w%~-]+)?|url_[\w-]+)(\.[a-z0-9]+)?")
_UNWRITTEN = re.compile(r"[^A-Za-z0-9._~,:/%-]")
"""What an address does not hold as it is."""


class NoPillow(OneManageError):
    """Pillow is not installed."""


class BadAddress(OneManageError):
    """What is to be signed is no address of an image."""


@dataclass(frozen=True, repr=False)
class Picture:
    """An image that has come, as its file has it."""

    data: bytes
    media_type: str
    name: str
    warnings: tuple[str, ...] = ()
    """What its maker had to do otherwise than asked, as text in another font."""

    def pil(self) -> "Image":
        """Decoded by Pillow. Raises NoPillow, and what Pillow raises."""
        try:
            from PIL import Image
        except ImportError:
            raise NoPillow(
                "Pillow is not installed. Say pip install pillow, or save the picture "
                "by .save(path)."
            ) from None
        opened = Image.open(BytesIO(self.data))
        opened.load()
        return opened

    def save(
        self, to: Union[str, "os.PathLike[str]"], *, overwrite: bool = False
    ) -> Path:
        """To a path, or under its own name into a folder. Raises NotWritable."""
        path = Path(to)
        landing = Landing(
            path / self.name if path.is_dir() else path, overwrite=overwrite
        )
        landing.begin(None)
        try:
            landing.write(self.data)
            landing.commit()
        except BaseException:
            landing.discard()
            raise
        return landing.target

    def __repr__(self) -> str:
        size = len(self.data)
        return f"Picture({self.name!r}, {self.media_type}, {size:,} bytes)"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Union[bytes, str]]:
        """What notebooks show."""
        return {self.media_type: self.data, "text/plain": repr(self)}


@dataclass(frozen=True)
class SigningKey:
    """Signs addresses of images on your own server; ``images.create_signing_key`` makes
    one and tells its secret once."""

    signs_as: str
    secret: str
    covers: str = "address"
    """``source`` where the recipe is free within the key's lists."""

    def __repr__(self) -> str:
        return f"SigningKey(signs_as={self.signs_as!r}, covers={self.covers!r})"

    def path(self, source: str, recipe: str = "", *, expires: int = 0) -> str:
        """``/i/…``. ``source`` may end in a format, as ``fil_….webp``; ``expires`` is in
        seconds since 1970, 0 being never. Raises BadAddress."""
        checked, steps = _checked_source(source), _checked_recipe(recipe)
        rest = "/".join(part for part in (str(expires), steps, checked) if part)
        signed = rest
        if self.covers == "source":
            signed = f"{expires}/{checked.partition('.')[0]}"
        mac = hmac.digest(self.secret.encode(), signed.encode(), hashlib.sha256)
        text = base64.urlsafe_b64encode(mac[:_SIGNATURE_BYTES]).decode()
        return f"/i/{self.signs_as}.{text}/{rest}"


@dataclass(frozen=True)
class SrcSet:
    """Addresses of one picture in several widths. As text it is the attribute."""

    addresses: dict[int, str]
    """By width in pixels, the smallest first."""
    sizes: str
    aspect: Optional[float] = None
    """Width by height, where that is known."""

    def __str__(self) -> str:
        return ", ".join(f"{at} {width}w" for width, at in self.addresses.items())

    def img(self, alt: str, *, lazy: bool = True, **attributes: str) -> str:
        """An ``<img>`` whose ``src`` is the widest. ``alt`` is empty for pictures that
        only decorate; ``attributes`` as ``class_="hero"``."""
        widest = max(self.addresses)
        said = {"src": self.addresses[widest], "srcset": str(self), "sizes": self.sizes}
        if self.aspect is not None:
            height = str(round(widest / self.aspect))
            said.update(width=str(widest), height=height)  # room is kept for it
        if lazy:
            said["loading"] = "lazy"
        said.update(
            {
                name.rstrip("_").replace("_", "-"): text
                for name, text in attributes.items()
            }
        )
        said["alt"] = alt
        written = (f'{name}="{html.escape(text)}"' for name, text in said.items())
        return f"<img {' '.join(written)}>"


def srcset(
    base_url: str,
    key: SigningKey,
    source: str,
    recipe: str = "",
    *,
    widths: Iterable[int],
    sizes: str = "100vw",
    aspect: Optional[float] = None,
    lives: Optional[float] = None,
) -> SrcSet:
    """Addresses of ``source`` by ``recipe`` in each width.

    ``{w}`` and ``{h}`` of the recipe become width and height, of ``aspect``; a recipe
    without them is put behind ``w_{w}``, one with ``aspect`` behind
    ``w_{w},h_{h},fit_cover``. Addresses are good for ``lives`` seconds, or for ever.

    Raises BadAddress.
    """
    wanted = sorted(set(widths))
    if not wanted:
        raise BadAddress("Name at least one width, as widths=[400, 800, 1600].")
    if wanted[0] < 1 or wanted[-1] > 16_384:
        raise BadAddress(f"Widths are 1 to 16,384 pixels; these are {wanted}.")
    if _HEIGHT in recipe and aspect is None:
        raise BadAddress("The recipe has {h}: say aspect=, width by height, as 16 / 9.")
    if _WIDTH not in recipe:
        size = "w_{w},h_{h},fit_cover" if aspect else "w_{w}"
        recipe = f"{size}/{recipe}".rstrip("/")
    expires = 0 if lives is None else int(time.time() + lives)
    root = base_url.rstrip("/")
    addresses = {}
    for width in wanted:
        steps = recipe.replace(_WIDTH, str(width))
        if aspect is not None:
            steps = steps.replace(_HEIGHT, str(max(1, round(width / aspect))))
        addresses[width] = root + key.path(source, steps, expires=expires)
    return SrcSet(addresses, sizes, aspect)


def address_source(url: str) -> str:
    """An outside address as the source of an address: ``url_…``. Raises BadAddress."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise BadAddress(f"{url!r} is no address of http or https.")
    return "url_" + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def _checked_source(source: str) -> str:
    if source.startswith(("http://", "https://")):
        source = address_source(source)
    if not _SOURCE.fullmatch(source):
        raise BadAddress(
            f"{source!r} is no source of an address. Give fil_…, doc_…, doc_…:layer, "
            "tsf_…:variant, bgd_… or an address, maybe with .webp or another format."
        )
    return source


def _checked_recipe(recipe: str) -> str:
    """With escapes where an address needs them: as it will be sent is as it is signed."""
    return _UNWRITTEN.sub(lambda found: quote(found.group()), recipe.strip("/"))
