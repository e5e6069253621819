"""``psd``: take documents apart, search them, compare them, draw them."""

from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer

from onemanage.client.cli import fetching, text
from onemanage.client.cli.command import command, new_app
from onemanage.client.cli.destinations import destinations
from onemanage.client.cli.exits import UsageError
from onemanage.client.cli.given import given
from onemanage.client.cli.inputs import PSD, inputs
from onemanage.client.cli.lists import PAGE, table
from onemanage.client.cli.many import Done, Run, Step, over
from onemanage.client.cli.options import (
    Again,
    All,
    Files,
    Jobs,
    JournalFile,
    Limit,
    Out,
)
from onemanage.client.cli.output import Column, column
from onemanage.client.cli.sending import body_of
from onemanage.client.cli.session import Cli

Format = Literal["png", "webp", "avif", "jpeg", "tiff", "exr"]
Names = Annotated[
    Optional[list[str]],
    typer.Option("--name", help="Layers called so; * and ? stand for others."),
]
Kinds = Annotated[
    Optional[list[str]],
    typer.Option(
        "--kind",
        help="Layers of this kind: pixel, group, artboard, type, shape, smartobject,"
        " adjustment, fill. Again for more.",
    ),
]
FormatOption = Annotated[
    Optional[Format], typer.Option("--format", help="Of the images.")
]
Scales = Annotated[
    Optional[list[float]],
    typer.Option("--scale", help="2 is twice as large. Again for more."),
]


async def export(
    cli: Cli,
    files: Files,
    out: Out = ".",
    format: FormatOption = None,
    scale: Scales = None,
    kind: Kinds = None,
    name: Names = None,
    visible: Annotated[
        bool, typer.Option("--visible", help="Leave hidden layers out.")
    ] = False,
    rendered: Annotated[
        bool, typer.Option("--rendered", help="With masks, effects and opacity.")
    ] = False,
    jobs: Jobs = 4,
    again: Again = False,
    journal: JournalFile = None,
) -> None:
    """Take the layers of PSD and PSB documents out as images.

    Each document gets a folder of its name in --out, with its layers, its composite and
    manifest.json. With a choice of layers, format or scale the folder has those images
    and rendition.json. --out - writes a zip to standard output.
    """
    layers = given(kinds=kind, names=name, visible_only=visible or None)
    wanted = given(
        of="layers" if layers else None,
        layers=layers or None,
        format=format,
        scales=scale,
        rendered=rendered or None,
    )
    if wanted:
        wanted = {"of": "layers", **wanted}
    await _taken_out(cli, files, out, wanted, jobs, again, journal, "psd export")


async def render(
    cli: Cli,
    files: Files,
    out: Out = ".",
    format: FormatOption = None,
    scale: Scales = None,
    max_width: Annotated[
        Optional[int], typer.Option(help="Pixels; smaller to fit, never larger.")
    ] = None,
    max_height: Annotated[Optional[int], typer.Option(help="Likewise.")] = None,
    show: Annotated[
        Optional[list[int]], typer.Option(help="Id of a layer whose eye is opened.")
    ] = None,
    hide: Annotated[
        Optional[list[int]], typer.Option(help="Id of a layer whose eye is closed.")
    ] = None,
    background: Annotated[
        Optional[str], typer.Option(help="Painted below, as #ffffff.")
    ] = None,
    jobs: Jobs = 4,
    again: Again = False,
    journal: JournalFile = None,
) -> None:
    """Draw whole documents anew, with layers shown or hidden."""
    wanted = given(
        of="document",
        rendered=True,
        format=format,
        scales=scale,
        max_width=max_width,
        max_height=max_height,
        show=show,
        hide=hide,
        background=background,
    )
    await _taken_out(cli, files, out, wanted, jobs, again, journal, "psd render")


async def search(
    cli: Cli,
    words: Annotated[
        Optional[list[str]], typer.Argument(help="Parts of names and texts of layers.")
    ] = None,
    font: Annotated[
        Optional[str], typer.Option(help="PostScript name or family.")
    ] = None,
    color: Annotated[Optional[str], typer.Option(help="As #ff8800.")] = None,
    tolerance: Annotated[
        Optional[int], typer.Option(help="Of each of red, green, blue: 0 to 64.")
    ] = None,
    kind: Kinds = None,
    document: Annotated[Optional[str], typer.Option(help="Of one document.")] = None,
    limit: Limit = 50,
    everything: All = False,
) -> None:
    """Find layers in all documents, best first."""
    asked = given(q=" ".join(words or []) or None, font=font, color=color, kind=kind)
    if not asked:
        raise UsageError("Say what to look for: words, --font, --color or --kind.")
    async with cli.client() as client:
        found = client.psd.search(
            **asked,
            **given(tolerance=tolerance, document_id=document),
            limit=min(limit, PAGE),
        )
        await table(cli, found, _FOUND, limit=limit, all=everything, what="layers")


async def diff(
    cli: Cli,
    before: Annotated[str, typer.Argument(help="The older document, file or doc_…")],
    after: Annotated[str, typer.Argument(help="The newer one, file or doc_…")],
    heat_map: Annotated[
        Optional[Path],
        typer.Option(metavar="FILE", help="Write where they differ here."),
    ] = None,
) -> None:
    """Compare two versions of a document, layer by layer."""
    from onemanage.client.cli.comparing import compare

    await compare(cli, before, after, heat_map)


def declare(app: typer.Typer) -> None:
    """Put them into the command."""
    group = new_app("PSD and PSB documents: export, search, diff, render.")
    app.add_typer(group, name="psd")
    command(
        group,
        example="onemanage psd export poster.psd --out layers/\n"
        "onemanage psd export *.psd designs/ --out layers/ --format webp --scale 1"
        " --scale 2\n"
        "cat poster.psd | onemanage psd export - --out - > poster.zip",
    )(export)
    command(
        group,
        example="onemanage psd search summer sale --kind type\n"
        'onemanage psd search --color "#ff8800" --tolerance 8',
    )(search)
    command(
        group,
        example="onemanage psd diff poster-1.psd poster-2.psd --heat-map diff.png",
    )(diff)
    command(
        group, example="onemanage psd render poster.psd --max-width 1200 --format webp"
    )(render)


async def _taken_out(
    cli: Cli,
    files: list[str],
    out: str,
    wanted: dict[str, Any],
    jobs: int,
    again: bool,
    journal: Optional[Path],
    what: str,
) -> None:
    found = inputs(files, PSD, "stdin.psd")
    folders = destinations(found, out)
    run = Run(
        what,
        jobs,
        again,
        journal,
        {"out": str(Path(out).absolute()), "wanted": wanted},
        lambda record: Path(record["out"]).is_dir(),
    )
    async with cli.client() as client:

        async def each(step: Step) -> Done:
            return await _one(cli, client, step, wanted, folders.get(step.input))

        await over(cli, run, found, each)


async def _one(
    cli: Cli, client: Any, step: Step, wanted: dict[str, Any], folder: Path | None
) -> Done:
    body = await body_of(client, step)

    async def parse(key: str) -> Any:
        return await client.psd.documents.create(**body, wait=0, idempotency_key=key)

    async def draw(key: str) -> Any:
        return await client.psd.renditions.create(
            document, **wanted, wait=0, idempotency_key=key
        )

    task = await cli.orders.done(client, step, "document", parse)
    document = task.result.id
    warnings = list(task.result.warnings or [])
    record = {"task_id": task.id, "document_id": document}
    content = client.psd.documents.archive(document)
    if wanted:
        task = await cli.orders.done(client, step, "rendition", draw)
        record |= {"task_id": task.id, "rendition_id": task.result.id}
        warnings += task.result.warnings or []
        content = client.psd.renditions.archive(task.result.id)
    if folder is None:
        size = await fetching.to_stdout(content)
        return Done({**record, "out": "-"}, text.size(size), is_on_stdout=True)
    names = await fetching.to_folder(content, folder, step.bar)
    images = sum(not name.endswith(".json") for name in names)
    for warning in warnings:
        cli.output.note(f"{text.shown(step.name)}: {text.shown(warning)}")
    record |= {"out": str(folder), "images": images, "warnings": warnings}
    return Done(record, f"{images} images in {text.shown(folder)}")


_FOUND = [
    column("document_name", "document"),
    Column("layer", lambda record: record["layer"]["name"]),
    Column("kind", lambda record: record["layer"]["kind"]),
    Column("text", lambda record: record["layer"].get("text") or "-", brief=True),
    Column("id", lambda record: record["layer"]["id"], right=True),
    column("document_id"),
]
