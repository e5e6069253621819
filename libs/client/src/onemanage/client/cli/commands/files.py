"""``files``: what was uploaded."""

from pathlib import Path
from typing import Annotated

import typer

from onemanage.client.cli import fetching, text
from onemanage.client.cli.asking import confirmed
from onemanage.client.cli.command import command, new_app
from onemanage.client.cli.exits import UsageError
from onemanage.client.cli.inputs import ANY, inputs
from onemanage.client.cli.lists import PAGE, table
from onemanage.client.cli.many import Done, Run, Step, over
from onemanage.client.cli.options import (
    Again,
    All,
    Cascade,
    Files,
    Jobs,
    JournalFile,
    Limit,
    Out,
    Yes,
)
from onemanage.client.cli.output import Column, column
from onemanage.client.cli.progress import bars
from onemanage.client.cli.sending import uploaded
from onemanage.client.cli.session import Cli

Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="fil_…")]


async def upload(
    cli: Cli,
    files: Files,
    jobs: Jobs = 4,
    again: Again = False,
    journal: JournalFile = None,
) -> None:
    """Upload files, large ones in parts that are gone on with after a break."""
    async with cli.client() as client:

        async def each(step: Step) -> Done:
            file_id = await uploaded(client, step)
            file = (await client.files.get(file_id)).to_dict()
            size = text.size(file["size"])
            return Done(file, f"{file['id']} {size} {text.shown(file['media_type'])}")

        run = Run("files upload", jobs, again, journal)
        await over(cli, run, inputs(files, ANY, "stdin"), each)


async def list_(cli: Cli, limit: Limit = 50, everything: All = False) -> None:
    """List files, the newest first."""
    async with cli.client() as client:
        found = client.files.list(limit=min(limit, PAGE))
        await table(cli, found, _LISTED, limit=limit, all=everything, what="files")


async def download(cli: Cli, ids: Ids, out: Out = ".") -> None:
    """Download files under their names, gone on with where one was cut off.

    --out names a folder; of one file also the file, or - for standard output.
    """
    if out == fetching.STDOUT and len(ids) > 1:
        raise UsageError(f"--out - takes one file, and there are {len(ids)}.")
    async with cli.client() as client:
        if out == fetching.STDOUT:
            fetching.check_stdout()
            only = await client.files.get(ids[0])
            await fetching.to_stdout(client.files.content(only.id), only.sha256)
            return
        with bars(cli.output.is_watched, len(ids)) as shown:
            for number, file_id in enumerate(ids, 1):
                file = (await client.files.get(file_id)).to_dict()
                path = _path(out, file["name"], one=len(ids) == 1)
                bar = shown.add(file["name"])
                checks = {name: file[name] for name in ("sha256", "size")}
                content = client.files.content(file_id)
                await fetching.to_file(content, path, bar, **checks)
                bar.remove()
                shown.finished(number)
                record = {"out": str(path), **file}
                cli.output.line(
                    record, f"{text.shown(path)}: {text.size(file['size'])}"
                )


async def delete(
    cli: Cli, ids: Ids, cascade: Cascade = False, yes: Yes = False
) -> None:
    """Delete files. What was made of one stays in its way, unless --cascade."""
    what = "these files" if len(ids) > 1 else text.shown(ids[0])
    more = " with all that was made of it" if cascade else ""
    confirmed(cli.output, f"Delete {what}{more}, for good?", yes=yes)
    async with cli.client() as client:
        for file_id in ids:
            task = await client.files.delete(file_id, cascade=cascade or None, wait=25)
            task = await client.tasks.wait(task)
            record = {"id": file_id, "task_id": task.id}
            cli.output.line(record, f"{file_id}: deleted")


def _path(out: str, name: str, *, one: bool) -> Path:
    """In a folder by its own name; of one file ``out`` may be the file itself."""
    from onemanage.client.names import safe_name

    path = Path(out)
    if one and not path.is_dir() and not out.endswith("/"):
        fetching.folder_for(str(path.parent))
        return path
    return fetching.folder_for(out) / safe_name(name)


def declare(app: typer.Typer) -> None:
    """Put them into the command."""
    group = new_app("Files: upload, list, download, delete.")
    app.add_typer(group, name="files")
    command(group, example="onemanage files upload *.psd --jobs 8")(upload)
    command(group, "list", example="onemanage files list --limit 20")(list_)
    command(group, example="onemanage files download fil_… --out originals/")(download)
    command(group, example="onemanage files delete fil_… --cascade")(delete)


_LISTED = [
    column("id"),
    column("name"),
    column("media_type", "type"),
    Column("size", lambda record: text.size(record["size"]), right=True),
    Column("created", lambda record: text.moment(record["created_at"])),
]
