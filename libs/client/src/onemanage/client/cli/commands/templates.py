"""``templates``: designs whose slots take values, filled once or for each row."""

import sys
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer

from onemanage.client.cli import fetching, text
from onemanage.client.cli.command import command, new_app
from onemanage.client.cli.exits import UsageError
from onemanage.client.cli.given import given
from onemanage.client.cli.inputs import PSD
from onemanage.client.cli.lists import PAGE, table
from onemanage.client.cli.options import All, Limit, Out
from onemanage.client.cli.output import Column, column
from onemanage.client.cli.progress import bars
from onemanage.client.cli.session import Cli
from onemanage.client.cli.single import Single
from onemanage.client.cli.text import shown

Format = Literal["png", "webp", "avif", "jpeg"]
_ENDINGS: dict[str, Format] = {
    ".png": "png",
    ".webp": "webp",
    ".avif": "avif",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
}
"""What the name of a file says of its format."""

Template = Annotated[str, typer.Argument(metavar="TEMPLATE", help="As tpl_….")]
Width = Annotated[
    Optional[int], typer.Option(help="Pixels; smaller to fit, never larger.")
]
Height = Annotated[Optional[int], typer.Option(help="Likewise.")]
Quality = Annotated[
    Optional[int], typer.Option(min=1, max=100, help="Of webp, avif and jpeg.")
]
Background = Annotated[Optional[str], typer.Option(help="Painted below, as #ffffff.")]
MissingFonts = Annotated[
    Optional[Literal["fail", "substitute"]],
    typer.Option(help="Of text whose font is not there: fail where not said."),
]
_To = Annotated[
    str,
    typer.Option("--out", "-o", metavar="FILE", help="Where to; - for stdout."),
]
_Set = Annotated[
    Optional[list[str]],
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Of a slot; of a picture a file, an id or an address. Again for more.",
    ),
]
_Values = Annotated[
    Optional[Path],
    typer.Option("--values", metavar="FILE", help="An object of JSON, by slot."),
]
_Format = Annotated[
    Optional[Format], typer.Option(help="Else as the name of the file ends.")
]
_Rows = Annotated[
    str,
    typer.Argument(
        metavar="TABLE",
        help="A file, or the name or id of a data set; - for stdin.",
    ),
]
_Map = Annotated[
    Optional[list[str]],
    typer.Option(
        "--map",
        metavar="SLOT=COLUMN",
        help="Where a slot's column is called otherwise. Again for more.",
    ),
]
_Filter = Annotated[
    Optional[list[str]],
    typer.Option(
        "--filter",
        "-f",
        help="Of a data set: column:operator:value. Again for more.",
    ),
]
_Name = Annotated[
    Optional[str],
    typer.Option(
        metavar="PATTERN",
        help="Of the pictures: {column}, {_number} and {_line} are filled in.",
    ),
]
_Formats = Annotated[
    Optional[list[str]],
    typer.Option(help="png, webp, avif or jpeg; png if not said. Again for more."),
]
_OnEmpty = Annotated[
    Optional[Literal["keep", "hide", "reject"]],
    typer.Option(help="Of a value that is empty: what the design shows, or not."),
]
_Rejects = Annotated[
    Optional[Path],
    typer.Option(metavar="FILE", help="Write the rejected rows here, with why."),
]
_Sheet = Annotated[
    Optional[Path],
    typer.Option(metavar="FILE", help="Write the contact sheet here, as WebP."),
]


async def list_(cli: Cli, limit: Limit = 50, everything: All = False) -> None:
    """List the templates, newest first."""
    async with cli.client() as client:
        found = client.templates.list(limit=min(limit, PAGE))
        await table(cli, found, _LISTED, limit=limit, all=everything, what="templates")


async def slots(
    cli: Cli,
    template: Annotated[
        str,
        typer.Argument(
            metavar="TEMPLATE", help="As tpl_…; or a PSD or PSB file, to make one of."
        ),
    ],
) -> None:
    """Tell what of a template takes values: kinds, boxes, fonts that are missing.

    A file is parsed and becomes a new template first. Its slots are tags as {{title}}
    in names and texts of layers, and Photoshop's own variables.
    """
    async with cli.client() as client:
        if Path(template).suffix.lower() in PSD:
            path = Path(template)
            template = await _made(cli, client, path)
            cli.output.warn(f"{shown(path.name)} is the template {template} now.")
        found = (await client.templates.get(template)).to_dict()
    for warning in found["warnings"]:
        cli.output.warn(f"! {shown(warning)}")
    if cli.output.is_json:
        cli.output.line(found, "")
        return
    cli.output.note(
        f"{shown(found['name'])}: {found['width']} x {found['height']},"
        f" {len(found['slots'])} slots ({found['id']})"
    )
    cli.output.table(found["slots"], _SLOTS)


async def render(
    cli: Cli,
    template: Template,
    out: _To,
    values: _Set = None,
    file: _Values = None,
    format: _Format = None,
    quality: Quality = None,
    width: Width = None,
    height: Height = None,
    background: Background = None,
    missing_fonts: MissingFonts = None,
) -> None:
    """Make one picture of a template with other values."""
    from onemanage.client.cli.values import values_of

    if out == fetching.STDOUT:
        fetching.check_stdout()
    wanted = format or (None if out == fetching.STDOUT else _format_of(Path(out)))
    async with cli.client() as client:
        known = await client.templates.get(template)
        picture = await client.templates.render(
            template,
            await values_of(client, known.slots, values or [], file),
            format=wanted,
            quality=quality,
            width=width,
            height=height,
            background=background,
            missing_fonts=missing_fonts,
        )
    _written(cli, template, picture, out)


async def merge(
    cli: Cli,
    template: Template,
    rows: _Rows,
    out: Out = ".",
    mapping: _Map = None,
    filter: _Filter = None,
    name: _Name = None,
    format: _Formats = None,
    quality: Quality = None,
    width: Width = None,
    height: Height = None,
    background: Background = None,
    on_empty: _OnEmpty = None,
    missing_fonts: MissingFonts = None,
    rejects: _Rejects = None,
    sheet: _Sheet = None,
) -> None:
    """Make a picture of each row of a table, into the folder --out.

    Rows that cannot be made hold up no other: they are named, and the command then ends
    with 7. Put right, what --rejects has written is a table to merge again. --out -
    writes a zip to standard output.
    """
    from onemanage.client.cli.merging import Wanted
    from onemanage.client.cli.merging import merge as carry_out
    from onemanage.client.cli.values import pairs

    as_what = given(quality=quality, width=width, height=height, background=background)
    if wrong := set(format or []) - set(_ENDINGS.values()):
        raise UsageError(f"--format {shown(min(wrong))} is no png, webp, avif or jpeg.")
    formats: list[Any] = [given(format=one) for one in format or []]
    outputs = [{**one, **as_what} for one in formats or [{}]]
    options = given(
        mapping=pairs("--map", mapping or [], "slot=column") or None,
        filters=filter,
        name=name,
        outputs=outputs if outputs != [{}] else None,
        on_empty=on_empty,
        missing_fonts=missing_fonts,
    )
    await carry_out(cli, Wanted(template, rows, options, out, rejects, sheet))


def declare(app: typer.Typer) -> None:
    """Put them into the command."""
    group = new_app("Templates: list, slots, render, merge.")
    app.add_typer(group, name="templates")
    command(group, "list", example="onemanage templates list --limit 5")(list_)
    command(
        group,
        example="onemanage templates slots offer.psd\n"
        "onemanage templates slots tpl_0123456789abcdef0123456789abcdef",
    )(slots)
    command(
        group,
        example="onemanage templates render tpl_… --set title=SUMMER"
        " --set photo=can.png --out offer.webp\n"
        "onemanage templates render tpl_… --values values.json --format png --out - |"
        " display",
    )(render)
    command(
        group,
        example="onemanage templates merge tpl_… offers.csv --map title=headline"
        " --name '{sku}-{lang}' --out pictures/ --rejects bad.csv\n"
        "onemanage templates merge tpl_… offers --filter lang:eq:en --format webp"
        " --width 600 --out pictures/",
    )(merge)


async def _made(cli: Cli, client: Any, path: Path) -> str:
    """The id of a new template of a file."""
    with bars(cli.output.is_watched) as all_bars:
        notes = Single(path.name, all_bars.add(path.name))
        sent = await client.files.upload(path)

        async def parse(key: str) -> Any:
            return await client.psd.documents.create(
                file_id=sent.id, wait=0, idempotency_key=key
            )

        parsed = await cli.orders.done(client, notes, "document", parse)

        async def create(key: str) -> Any:
            return await client.templates.create(
                document_id=parsed.result.id, wait=0, idempotency_key=key
            )

        made = await cli.orders.done(client, notes, "template", create)
    return str(made.result.id)


def _written(cli: Cli, template: str, picture: Any, out: str) -> None:
    for warning in picture.warnings:
        cli.output.warn(f"! {shown(warning)}")
    if out == fetching.STDOUT:
        sys.stdout.buffer.write(picture.data)
        sys.stdout.buffer.flush()
        return
    path = Path(out)
    fetching.folder_for(str(path.parent))
    picture.save(path, overwrite=True)
    record = {"template_id": template, "out": out, "bytes": len(picture.data)}
    record |= {"media_type": picture.media_type, "warnings": list(picture.warnings)}
    cli.output.line(record, f"{shown(out)} ({text.size(len(picture.data))})")


def _format_of(path: Path) -> Format:
    found = _ENDINGS.get(path.suffix.lower())
    if found is None:
        raise UsageError(
            f"{shown(path)} does not end in {', '.join(_ENDINGS)}. Say --format."
        )
    return found


def _box(slot: Any) -> str:
    left, top, right, bottom = (round(side) for side in slot["box"])
    return f"{right - left} x {bottom - top} at {left}, {top}"


def _listed(name: str) -> Any:
    return lambda slot: ", ".join(slot[name]) or "-"


_LISTED = [
    column("name"),
    column("width", right=True),
    column("height", right=True),
    Column("slots", lambda found: len(found["slots"]), right=True),
    column("changed_at", "changed"),
    column("id"),
]
_SLOTS = [
    column("name"),
    column("kind"),
    Column("box", _box),
    Column("shows", lambda slot: str(slot["default"] or "-"), brief=True),
    Column("fonts", _listed("fonts")),
    Column("missing fonts", _listed("missing_fonts")),
]
