"""``client.images``: recipes, backgrounds, analyses and addresses."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from onemanage.client import types
from onemanage.client._async import operations
from onemanage.client._async.tasks import OnProgress
from onemanage.client.names import safe_name
from onemanage.client.pictures import SigningKey, SrcSet, srcset
from onemanage.client.results import Transformed
from onemanage.client.sources import Source
from onemanage.client.threads import async_run

_FORMATS = {
    ".avif": "avif",
    ".gif": "gif",
    ".jpeg": "jpeg",
    ".jpg": "jpeg",
    ".jxl": "jxl",
    ".png": "png",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".webp": "webp",
}
"""What the name of a file says of its format."""


class AsyncImages(operations.AsyncImages):
    """What each operation does, and carrying out a recipe in one call."""

    async def transform(
        self,
        source: Source | None = None,
        *,
        recipe: types.Recipe | None = None,
        preset: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        to: str | os.PathLike[str] | None = None,
        file_id: str | None = None,
        name: str | None = None,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Transformed:
        """Carry out a recipe, or a preset by its name, and wait for it.

        ``to`` is where its images are written: a folder, where it is one or ends in a
        slash, or a file, where there is one variant; its ending says the format, where
        the recipe names no variants. Raises TaskFailed, and Timeout
        while the server goes on.
        """
        if source is None:
            if file_id is None:
                raise TypeError("Give the source, or the file_id of an uploaded image.")
        else:
            sent = await self._client.files.sendable(source, name)
            source, name, file_id = sent.source, sent.name, sent.file_id or file_id
        task = await self.transformations.create(
            source,
            file_id=file_id,
            recipe=_as_named(recipe, to),
            preset=preset,
            parameters=parameters,
            name=name,
        )
        made = await self._client.tasks.result(
            task, timeout=timeout, on_progress=on_progress
        )
        return Transformed(made, await self._saved(made, to))

    def srcset(
        self,
        source: str,
        recipe: str = "",
        *,
        key: SigningKey,
        widths: Iterable[int],
        sizes: str = "100vw",
        aspect: float | None = None,
        lives: float | None = None,
    ) -> SrcSet:
        """Signed addresses of a picture in several widths, for ``<img srcset>``.

        Nothing is sent: ``key`` signs here (docs/imaging.md). ``{w}`` and ``{h}`` in
        the recipe become width and height; one without them is put behind the size.
        With ``aspect``, width by height, each picture is cut to that. Addresses are
        good for ``lives`` seconds, or for ever. Raises BadAddress.
        """
        return srcset(
            self._client.url,
            key,
            source,
            recipe,
            widths=widths,
            sizes=sizes,
            aspect=aspect,
            lives=lives,
        )

    async def _saved(
        self, made: types.TransformationResult, to: str | os.PathLike[str] | None
    ) -> list[Path]:
        if to is None:
            return []
        path = Path(to)
        is_folder = os.fspath(to).endswith(("/", os.sep)) or path.is_dir()
        if not is_folder and len(made.variants) != 1:
            raise ValueError(
                f"The recipe makes {len(made.variants)} images: end {os.fspath(to)!r} in "
                "a slash, for a folder of them."
            )
        folder = path if is_folder else path.parent
        if not folder.is_dir():
            await async_run(_make_folder, folder)
        written = []
        for variant in made.variants:
            ending = "." + variant.media_type.rpartition("/")[2].replace("jpeg", "jpg")
            file = path / safe_name(variant.name + ending) if is_folder else path
            content = self.transformations.image(made.id, variant.name)
            written.append(await content.save(file, overwrite=True))
        return written


def _as_named(recipe: Any, to: str | os.PathLike[str] | None) -> Any:
    """With the format that the name of the file says, where the recipe leaves it open."""
    if recipe is None or to is None or recipe.get("variants"):
        return recipe
    found = _FORMATS.get(Path(to).suffix.lower())
    if found is None:
        return recipe
    return {**recipe, "variants": [{"name": "image", "output": {"format": found}}]}


def _make_folder(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
