"""``tasks``: every job of the server."""

import asyncio
from typing import Annotated, Any, Optional

import typer

from onemanage.client.cli import text
from onemanage.client.cli.command import command, new_app
from onemanage.client.cli.errors import exit_of, record_of, told
from onemanage.client.cli.exits import Exit, of_many
from onemanage.client.cli.lists import PAGE, table
from onemanage.client.cli.options import All, Limit
from onemanage.client.cli.orders import goes_on
from onemanage.client.cli.output import Column, column
from onemanage.client.cli.progress import Bars, bars
from onemanage.client.cli.session import Cli
from onemanage.client.cli.watching import Watching

Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="tsk_…")]
State = Annotated[
    Optional[str],
    typer.Option(help="queued, running, completed, failed or cancelled alone."),
]


async def list_(
    cli: Cli, state: State = None, limit: Limit = 20, everything: All = False
) -> None:
    """List tasks, the newest first."""

    async def of_state(tasks: Any) -> Any:
        async for task in tasks:
            if state is None or task.state == state:
                yield task

    async with cli.client() as client:
        found = of_state(client.tasks.list(limit=min(limit, PAGE)))
        await table(cli, found, _LISTED, limit=limit, all=everything, what="tasks")


async def show(cli: Cli, ids: Ids) -> None:
    """Tell how tasks stand: progress, result, and why one has failed."""
    async with cli.client() as client:
        for task_id in ids:
            task = (await client.tasks.get(task_id)).to_dict()
            cli.output.line(task, "\n".join(lines(task)))


async def watch(
    cli: Cli,
    ids: Annotated[
        Optional[list[str]],
        typer.Argument(metavar="[ID...]", help="tsk_…; all of the workspace without."),
    ] = None,
    type: Annotated[
        Optional[list[str]],
        typer.Option("--type", help="Events like this, as psd.* or *.failed."),
    ] = None,
) -> None:
    """Follow tasks to their end, or all that happens until Ctrl-C."""
    async with cli.client() as client:
        if not ids:
            await Watching(cli, type).follow(client)
            return
        with bars(cli.output.is_watched, len(ids)) as shown:
            ends = [_to_its_end(cli, client, one, shown) for one in ids]
            cli.end(of_many(await asyncio.gather(*ends)))


async def _to_its_end(cli: Cli, client: Any, task_id: str, shown: Bars) -> Exit:
    from onemanage.client.errors import OneManageError

    bar = shown.add(task_id)
    try:
        task = await cli.orders.watched(client, task_id, bar)
    except asyncio.CancelledError:
        cli.output.warn(goes_on(task_id, task_id))
        raise
    except OneManageError as error:
        failed = {"id": task_id, "state": "failed", "error": record_of(error)}
        cli.output.line(failed, told(error))
        return exit_of(error)
    finally:
        bar.remove()
    record = task.to_dict()
    cli.output.line(record, line(record))
    return Exit.DONE


async def cancel(cli: Cli, ids: Ids) -> None:
    """Stop tasks. Nothing of what they were making remains."""
    async with cli.client() as client:
        for task_id in ids:
            task = (await client.tasks.cancel(task_id, wait=25)).to_dict()
            cli.output.line(task, line(task))


async def retry(
    cli: Cli,
    ids: Ids,
    wait: Annotated[
        bool, typer.Option("--wait", help="Follow them to their end.")
    ] = False,
) -> None:
    """Run failed tasks again, under the same ids."""
    async with cli.client() as client:
        for task_id in ids:
            task = (await client.tasks.retry(task_id, wait=0)).to_dict()
            if not wait:
                cli.output.line(task, line(task))
        if wait:
            with bars(cli.output.is_watched, len(ids)) as shown:
                ends = [_to_its_end(cli, client, one, shown) for one in ids]
                cli.end(of_many(await asyncio.gather(*ends)))


def declare(app: typer.Typer) -> None:
    """Put them into the command."""
    group = new_app("Tasks: list, show, watch, cancel, retry.")
    app.add_typer(group, name="tasks")
    command(group, "list", example="onemanage tasks list --state failed")(list_)
    command(group, example="onemanage tasks show tsk_…")(show)
    command(
        group,
        example="onemanage tasks watch tsk_…\n"
        "onemanage tasks watch --type '*.failed' --json",
    )(watch)
    command(group, example="onemanage tasks cancel tsk_…")(cancel)
    command(group, example="onemanage tasks retry tsk_… --wait")(retry)


def line(task: dict[str, Any]) -> str:
    """A task in one line."""
    error = task.get("error") or {}
    why = f": {error['message']} ({error['code']})" if error else ""
    made = f" {task['resource']}" if task.get("resource") and not why else ""
    return f"{task['id']} {task['name']} {task['state']}{made}{text.shown(why)}"


def lines(task: dict[str, Any]) -> list[str]:
    """A task as a person looks at one."""
    told_lines = [line(task)]
    progress = task.get("progress") or {}
    if progress and task["state"] == "running":
        of = f"{progress['done']} of {progress['total']}"
        told_lines.append(f"  {progress['step']}: {of}")
    for name in ("created_at", "started_at", "finished_at"):
        told_lines.append(
            f"  {name.removesuffix('_at'):<9}{text.moment(task.get(name))}"
        )
    told_lines.append(f"  run {task['run']}, attempt {task['attempt']}")
    error = task.get("error") or {}
    if error.get("where"):
        told_lines.append(f"  where: {text.shown(error['where'])}")
    if error.get("retryable"):
        told_lines.append(f"  Try again: onemanage tasks retry {task['id']}")
    return told_lines


_LISTED = [
    column("id"),
    column("name"),
    column("state"),
    Column("created", lambda record: text.moment(record["created_at"])),
    Column("error", lambda record: (record.get("error") or {}).get("code", "-")),
]
