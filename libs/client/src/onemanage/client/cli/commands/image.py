"""``image``: recipes, backgrounds and analyses, on any number of images."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer

from onemanage.client.cli import fetching, text
from onemanage.client.cli.command import command, new_app
from onemanage.client.cli.destinations import check_none_is_source, destinations
from onemanage.client.cli.exits import UsageError
from onemanage.client.cli.given import given
from onemanage.client.cli.inputs import IMAGES, inputs
from onemanage.client.cli.many import Done, Run, Step, over
from onemanage.client.cli.options import Again, Files, Jobs, JournalFile, Out
from onemanage.client.cli.sending import body_of, uploaded
from onemanage.client.cli.session import Cli
from onemanage.client.cli.text import shown
from onemanage.client.cli.values import json_object

_WAIT = 25
"""Seconds that the server waits with its answer: most images are made by then."""


async def run(
    cli: Cli,
    recipe: Annotated[
        str,
        typer.Argument(
            metavar="RECIPE", help="A file of JSON, or preset:NAME of the server."
        ),
    ],
    files: Files,
    out: Out = ".",
    parameter: Annotated[
        Optional[list[str]],
        typer.Option("--param", help="name=value, of the preset. Again for more."),
    ] = None,
    jobs: Jobs = 8,
    again: Again = False,
    journal: JournalFile = None,
) -> None:
    """Carry out a recipe on images.

    docs/imaging.md shows what may stand in a recipe. What it makes is called as the
    image, with the variant's name behind it where there are several. --out - writes one
    image to standard output.
    """
    order = _recipe(recipe, parameter or [])

    async def one(client: Any, body: dict[str, Any], key: str) -> Any:
        return await client.images.transformations.create(
            **body, **order, wait=_WAIT, idempotency_key=key
        )

    def images(client: Any, task: Any) -> Any:
        made = task.result
        content = client.images.transformations.image
        return [(one, content(made.id, one.name)) for one in made.variants]

    work = _Work("transformation", one, images, {"recipe": order})
    await _make(cli, files, out, jobs, again, journal, work)


async def background(
    cli: Cli,
    files: Files,
    out: Out = ".",
    color: Annotated[
        Optional[str], typer.Option(help="Behind it, as #ffffff; else transparent.")
    ] = None,
    shadow: Annotated[
        bool, typer.Option("--shadow", help="A soft shadow below it.")
    ] = False,
    mask: Annotated[bool, typer.Option("--mask", help="The mask, too.")] = False,
    spec: Annotated[
        Optional[Path],
        typer.Option(metavar="FILE", help="All of it as JSON (docs/imaging.md)."),
    ] = None,
    jobs: Jobs = 4,
    again: Again = False,
    journal: JournalFile = None,
) -> None:
    """Cut subjects out, and put another background behind them."""
    wanted: dict[str, Any] = {} if spec is None else _json_of(spec)
    if color:
        wanted["fill"] = {"type": "solid", "color": color}
    if shadow:
        wanted.setdefault("shadow", {})
    if spec is None:
        wanted["with_mask"] = mask

    async def one(client: Any, body: dict[str, Any], key: str) -> Any:
        return await client.images.backgrounds.create(
            **body, spec=wanted, wait=_WAIT, idempotency_key=key
        )

    def images(client: Any, task: Any) -> Any:
        made = task.result
        content = client.images.backgrounds.image
        return [(one, content(made.id, one.name)) for one in made.images]

    work = _Work("background", one, images, {"spec": wanted}, uploads=True)
    await _make(cli, files, out, jobs, again, journal, work)


async def analyze(
    cli: Cli,
    files: Files,
    place: Annotated[
        bool, typer.Option("--place", help="Tell where it was taken, too.")
    ] = False,
    jobs: Jobs = 4,
    again: Again = False,
    journal: JournalFile = None,
) -> None:
    """Tell what is in images: size, colours, sharpness, faces, hashes."""
    found = inputs(files, IMAGES, "stdin")
    include: list[Literal["place"]] | None = ["place"] if place else None
    async with cli.client() as client:

        async def each(step: Step) -> Done:
            file_id = await uploaded(client, step)

            async def order(key: str) -> Any:
                return await client.images.analyses.create(
                    file_id=file_id, include=include, wait=_WAIT, idempotency_key=key
                )

            task = await cli.orders.done(client, step, "analysis", order)
            asset = (await client.images.analyses.get(file_id)).to_dict()
            seen = asset["analysis"]
            return Done(
                {"task_id": task.id, "file_id": file_id, "analysis": seen},
                summary(seen),
            )

        run = Run("image analyze", jobs, again, journal, {"include": include})
        await over(cli, run, found, each)


def summary(seen: dict[str, Any]) -> str:
    """An analysis in one line."""
    parts = [f"{seen.get('width')} x {seen.get('height')}", str(seen.get("format", ""))]
    for name in ("color_space", "sharpness", "faces", "palette"):
        value = seen.get(name)
        if isinstance(value, list) and name == "faces":
            parts.append(f"{len(value)} faces")
        elif isinstance(value, float):
            parts.append(f"{name} {value:.2f}")
        elif isinstance(value, (str, int)):
            parts.append(f"{name} {value}")
    return ", ".join(part for part in parts if part)


def declare(app: typer.Typer) -> None:
    """Put them into the command."""
    group = new_app("Images: run a recipe, change backgrounds, analyze.")
    app.add_typer(group, name="image")
    command(
        group,
        example="onemanage image run recipe.json *.jpg --out small/\n"
        "onemanage image run preset:thumbs photos/ --out thumbs/ --jobs 16\n"
        "onemanage image run recipe.json - --out - < a.jpg > b.webp",
    )(run)
    command(
        group,
        example='onemanage image background shoe.jpg --color "#ffffff" --shadow',
    )(background)
    command(group, example="onemanage image analyze *.jpg --json")(analyze)


class _Work:
    """How an image is ordered, and what comes of it."""

    def __init__(
        self,
        what: str,
        order: Any,
        images: Any,
        options: dict[str, Any],
        *,
        uploads: bool = False,
    ) -> None:
        self.what, self.order, self.images = what, order, images
        self.options, self._uploads = options, uploads

    async def body(self, client: Any, step: Step) -> dict[str, Any]:
        """The image, as the order takes it."""
        if self._uploads:
            return {"file_id": await uploaded(client, step)}
        return await body_of(client, step)


async def _make(
    cli: Cli,
    files: list[str],
    out: str,
    jobs: int,
    again: bool,
    journal: Optional[Path],
    work: _Work,
) -> None:
    found = inputs(files, IMAGES, "stdin")
    places = destinations(found, out)
    options = {"out": str(Path(out).absolute()), **work.options}
    run = Run(f"image {work.what}", jobs, again, journal, options, _are_there)
    async with cli.client() as client:

        async def each(step: Step) -> Done:
            body = await work.body(client, step)

            async def order(key: str) -> Any:
                return await work.order(client, body, key)

            task = await cli.orders.done(client, step, work.what, order)
            made = work.images(client, task)
            record = {"task_id": task.id, "id": task.result.id}
            if not places:
                return await _to_stdout(record, made)
            paths = _paths(places[step.input], made)
            check_none_is_source(paths, found)
            return await _to_files(step, record, made, paths)

        await over(cli, run, found, each)


async def _to_stdout(record: dict[str, Any], made: Any) -> Done:
    if len(made) != 1:
        names = ", ".join(shown(one.name) for one, _ in made)
        raise UsageError(f"--out - takes one image, and this makes {names}.")
    size = await fetching.to_stdout(made[0][1])
    return Done({**record, "out": "-"}, text.size(size), is_on_stdout=True)


async def _to_files(
    step: Step, record: dict[str, Any], made: Any, paths: list[Path]
) -> Done:
    paths[0].parent.mkdir(parents=True, exist_ok=True)
    sizes = await asyncio.gather(
        *(
            fetching.to_file(content, path, step.bar)
            for (_, content), path in zip(made, paths, strict=True)
        )
    )
    names = [str(path) for path in paths]
    return Done(
        {**record, "out": names, "bytes": sum(sizes)},
        f"{', '.join(map(shown, names))} ({text.size(sum(sizes))})",
    )


def _paths(place: Path, made: Any) -> list[Path]:
    """With the name of the variant where there are several, and the format's ending."""
    from onemanage.client.names import safe_name

    return [
        place.with_name(
            (f"{place.name}-{safe_name(one.name)}" if len(made) > 1 else place.name)
            + fetching.ENDINGS.get(one.media_type, "")
        )
        for one, _ in made
    ]


def _are_there(record: dict[str, Any]) -> bool:
    return all(Path(one).is_file() for one in record["out"])


def _recipe(named: str, parameters: list[str]) -> dict[str, Any]:
    if named.startswith("preset:"):
        pairs = [one.partition("=") for one in parameters]
        if wrong := [name for name, sign, _ in pairs if not sign]:
            raise UsageError(f"--param {shown(wrong[0])} is no name=value.")
        values = {name: _value(value) for name, _, value in pairs}
        return given(preset=named.removeprefix("preset:"), parameters=values or None)
    if parameters:
        raise UsageError("--param is for presets; a recipe in a file has its values.")
    return {"recipe": _json_of(Path(named))}


def _value(said: str) -> Any:
    try:
        return json.loads(said)
    except ValueError:
        return said


def _json_of(path: Path) -> dict[str, Any]:
    return json_object(path, " A recipe is a file of JSON, or preset:NAME.")
