"""``import``: table files become data sets; bad rows are named, and lost nowhere."""

from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer

from onemanage.client.cli import fetching, plans, text
from onemanage.client.cli.asking import is_yes
from onemanage.client.cli.command import command
from onemanage.client.cli.exits import CommandError, Exit
from onemanage.client.cli.inputs import TABLES, inputs
from onemanage.client.cli.many import Done, Run, Step, over
from onemanage.client.cli.options import Again, Files, JournalFile, Yes
from onemanage.client.cli.sending import uploaded
from onemanage.client.cli.session import Cli

_Table = Annotated[
    Optional[str], typer.Option("--table", "-t", help="The data set to load into.")
]
_Mode = Annotated[
    Optional[Literal["append", "replace", "upsert"]],
    typer.Option(help="Of rows that are there: append where not said."),
]
_Key = Annotated[
    Optional[list[str]],
    typer.Option("--key", help="Column that tells rows apart. Again for more."),
]
_Type = Annotated[
    Optional[list[str]],
    typer.Option(
        "--type", help="column=type, as amount=numeric(10,2), day=date:%d.%m.%Y."
    ),
]
_Without = Annotated[
    Optional[list[str]], typer.Option("--without", help="Leave a column out.")
]
_OnBadValue = Annotated[
    Optional[Literal["reject", "null", "text"]],
    typer.Option(help="Of a value that its type cannot hold."),
]
_NewColumns = Annotated[
    Optional[Literal["evolve", "freeze", "reject"]],
    typer.Option(help="Columns that the table lacks: add, leave out, refuse."),
]
_MaxRejects = Annotated[
    Optional[int], typer.Option(min=0, help="More bad rows, and nothing is loaded.")
]
_Rejects = Annotated[
    Optional[Path],
    typer.Option(metavar="FILE", help="Write the bad rows here, with the reasons."),
]
_PlanOnly = Annotated[
    bool, typer.Option("--plan", help="Show the plan, and load nothing.")
]


async def import_(
    cli: Cli,
    files: Files,
    table: _Table = None,
    mode: _Mode = None,
    key: _Key = None,
    type: _Type = None,
    without: _Without = None,
    on_bad_value: _OnBadValue = None,
    new_columns: _NewColumns = None,
    max_rejects: _MaxRejects = None,
    rejects: _Rejects = None,
    plan_only: _PlanOnly = False,
    yes: Yes = False,
    again: Again = False,
    journal: JournalFile = None,
) -> None:
    """Load tables from files into PostgreSQL.

    CSV, workbooks, Parquet and others. A plan is shown first: names, types, what to look at. On a terminal it is asked
    whether to load it; elsewhere, and with --yes, it is loaded. Bad rows are counted,
    and the command then ends with 7. Files are loaded one after another.
    """
    changes = plans.Changes(
        table=table,
        mode=mode,
        keys=key or (),
        types=type or (),
        leave_out=without or (),
        max_rejects=max_rejects,
        on_bad_value=on_bad_value,
        new_columns=new_columns,
    )
    found = inputs(files, TABLES, "stdin")
    if rejects is not None:
        fetching.folder_for(str(rejects.parent))
    asks = not yes and not plan_only and cli.output.can_ask and not cli.output.is_json
    options = {"changes": vars(changes), "plan": plan_only}
    async with cli.client() as client:
        work = _Importing(
            cli, client, changes, rejects, plan_only, asks, len(found) > 1
        )
        run = Run("import", 1, again or plan_only, journal, options)
        await over(cli, run, found, work.one)


class _Importing:
    def __init__(
        self,
        cli: Cli,
        client: Any,
        changes: plans.Changes,
        rejects: Optional[Path],
        plan_only: bool,
        asks: bool,
        has_many: bool,
    ) -> None:
        self._cli, self._client, self._changes = cli, client, changes
        self._rejects, self._plan_only, self._asks = rejects, plan_only, asks
        self._has_many = has_many

    async def one(self, step: Step) -> Done:
        plan = await self._plan(step)
        if step.known("import") is None:
            with step.bar.hidden():
                plans.show(plan, self._cli.output)
                if self._asks and not is_yes(f"Load {text.shown(step.name)}?"):
                    raise CommandError("Nothing was loaded.", code="declined")
        if self._plan_only:
            return Done({"plan": plan}, f"planned as {plan['id']}; nothing is loaded")

        async def order(key: str) -> Any:
            return await self._client.imports.create(
                plan_id=plan["id"],
                tables=[_without_findings(one) for one in plan["tables"]],
                options=plan["options"],
                wait=0,
                idempotency_key=key,
            )

        task = await self._cli.orders.done(self._client, step, "import", order)
        made = (await self._client.imports.get(task.result.id)).to_dict()
        return await self._done(step, task.id, made)

    async def _plan(self, step: Step) -> dict[str, Any]:
        """As it is to be carried out. The file is uploaded for it once."""

        known = step.known("plan")
        if known is None:
            file_id = await uploaded(self._client, step)

            async def order(key: str) -> Any:
                return await self._client.imports.plans.create(
                    file_id=file_id, wait=0, idempotency_key=key
                )

            task = await self._cli.orders.done(self._client, step, "planning", order)
            known = str(task.resource).rpartition("/")[2]
            step.made("plan", known)
        plan = (await self._client.imports.plans.get(known)).to_dict()
        return plans.changed(plan, self._changes)

    async def _done(self, step: Step, task_id: str, made: dict[str, Any]) -> Done:
        record = {"task_id": task_id, "import_id": made["id"], "status": made["status"]}
        counts = ("read", "loaded", "updated", "rejected", "rows_per_second")
        record |= {name: made[name] for name in counts}
        record["tables"] = [one["table"] for one in made["tables"]]
        told = [_told(one) for one in made["tables"]]
        if not made["rejected"]:
            return Done(record, "; ".join(told))
        written = await self._write_rejects(step, made)
        record["rejects"] = written
        for line in reasons(made):
            self._cli.output.warn(f"{text.shown(step.name)}: {line}")
        where = (
            f"; the rejected rows are in {', '.join(map(text.shown, written))}"
            if written
            else ""
        )
        return Done(record, "; ".join(told) + where, Exit.PARTLY_DONE)

    async def _write_rejects(self, step: Step, made: dict[str, Any]) -> list[str]:
        if self._rejects is None:
            return []
        parts = [
            number for number, one in enumerate(made["tables"], 1) if one["rejected"]
        ]
        written = []
        for part in parts:
            path = self._rejects
            if self._has_many:
                path = path.with_name(f"{path.stem}-{step.input.stem}{path.suffix}")
            if len(parts) > 1:
                path = path.with_name(f"{path.stem}-{part}{path.suffix}")
            content = self._client.imports.rejects.content(made["id"], part=part)
            await fetching.to_file(content, path, step.bar)
            written.append(str(path))
        return written


def reasons(made: dict[str, Any]) -> list[str]:
    """Why rows were rejected: a line for each reason and column, most first."""
    counts = [
        (one["count"], one["column"] or "the row", one["reason"])
        for table in made["tables"]
        for one in table["reject_counts"]
    ]
    counts.sort(key=lambda one: -one[0])
    return [
        f"{text.number(count)} rejected: {text.shown(column)}: {reason}"
        for count, column, reason in counts[:10]
    ]


def _told(table: dict[str, Any]) -> str:
    parts = [f"{text.number(table['loaded'])} rows loaded"]
    if table["updated"]:
        parts.append(f"{text.number(table['updated'])} of them updated")
    if table["rejected"]:
        parts.append(f"{text.number(table['rejected'])} rejected")
    return f"{text.shown(table['table'])}: {', '.join(parts)}"


def _without_findings(table: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in table.items() if name != "findings"}


def declare(app: typer.Typer) -> None:
    """Put it into the command."""
    command(
        app,
        "import",
        example="onemanage import orders.xlsx --table orders --mode upsert --key"
        " order_id\n"
        "onemanage import orders.csv --type 'amount=numeric(10,2)' --rejects bad.csv"
        " --yes",
    )(import_)
