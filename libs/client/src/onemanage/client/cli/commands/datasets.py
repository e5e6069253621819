"""``datasets``: what imports have made."""

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer

from onemanage.client.cli import fetching, text
from onemanage.client.cli.asking import confirmed
from onemanage.client.cli.command import command, new_app
from onemanage.client.cli.exits import CommandError, Exit, UsageError
from onemanage.client.cli.given import given
from onemanage.client.cli.lists import PAGE, table
from onemanage.client.cli.options import All, Limit, Out, Yes
from onemanage.client.cli.output import column
from onemanage.client.cli.progress import bars
from onemanage.client.cli.session import Cli
from onemanage.client.cli.single import Single

OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "in", "contains") + (
    "starts_with",
    "is_null",
)
_FILTER = re.compile(
    rf'(?:"([^"]+)"|(.+?)):({"|".join(OPERATORS)})(?::(.*))?', re.DOTALL
)
_ENDINGS = {".csv": "csv", ".parquet": "parquet", ".arrow": "arrow", ".xlsx": "xlsx"}
Format = Literal["csv", "parquet", "arrow", "xlsx"]
Named = Annotated[str, typer.Argument(metavar="NAME", help="Its name, or dst_….")]
Filters = Annotated[
    Optional[list[str]],
    typer.Option("--filter", "-f", help="column:operator:value. Again for more."),
]
Columns = Annotated[
    Optional[list[str]],
    typer.Option("--column", "-c", help="These alone, in this order."),
]


async def list_(cli: Cli, limit: Limit = 50, everything: All = False) -> None:
    """List the data sets."""
    async with cli.client() as client:
        found = client.datasets.list(limit=min(limit, PAGE))
        await table(cli, found, _LISTED, limit=limit, all=everything, what="data sets")


async def show(cli: Cli, name: Named) -> None:
    """Tell the columns of a data set, and how many rows it has."""
    async with cli.client() as client:
        found = (await client.datasets.get(await _id_of(client, name))).to_dict()
    if cli.output.is_json:
        cli.output.line(found, "")
        return
    cli.output.note(
        f"{found['name']}: {text.number(found['row_count'])} rows,"
        f" {found['column_count']} columns, changed {text.moment(found['updated_at'])}"
        f" ({found['id']})"
    )
    cli.output.table(found["columns"], [column("name"), column("type")])


async def query(
    cli: Cli,
    name: Named,
    filter: Filters = None,
    columns: Columns = None,
    sort: Annotated[
        Optional[str], typer.Option(help="column, or column:desc; NULL comes last.")
    ] = None,
    limit: Limit = 50,
    everything: All = False,
) -> None:
    """Show rows. Without --sort they come as they were loaded."""
    async with cli.client() as client:
        pages = client.datasets.rows(
            await _id_of(client, name),
            **given(filter=filter, column=columns, sort=sort),
            limit=min(limit, 1000),
        ).pages()
        left = None if everything else limit
        async for page in pages:
            told = page.to_dict()
            rows = told["rows"][:left]
            records = [dict(zip(told["columns"], row, strict=True)) for row in rows]
            cli.output.table(records, [column(one, one) for one in told["columns"]])
            for cut in told.get("cut") or []:
                cli.output.note(f"! {cut['column']} is cut: choose fewer columns.")
            if left is None:
                continue
            left -= len(rows)
            if left <= 0:
                if told["next_cursor"] or len(told["rows"]) > len(rows):
                    cli.output.warn(
                        "There are more rows: --all shows them, or --limit N."
                    )
                return


_Format = Annotated[
    Optional[Format], typer.Option("--format", help="By --out, else csv.")
]
_Out = Annotated[
    Optional[str],
    typer.Option("--out", "-o", metavar="FILE", help="Where to; - for stdout."),
]
_Plain = Annotated[
    bool,
    typer.Option("--plain", help="Of CSV: no apostrophe before what is a formula."),
]


async def export(
    cli: Cli,
    name: Named,
    format: _Format = None,
    out: _Out = None,
    filter: Filters = None,
    columns: Columns = None,
    plain: _Plain = False,
) -> None:
    """Write the rows to a file: CSV, Parquet, Arrow or XLSX."""
    from onemanage.client.names import safe_name

    kind: Any = format or _ENDINGS.get(Path(out or "").suffix.lower(), "csv")
    if out == fetching.STDOUT:
        fetching.check_stdout()
    elif out is not None:
        fetching.folder_for(str(Path(out).parent))
    asked = given(
        columns=columns,
        filters=[_filter(one) for one in filter or []],
        guard_formulas=False if plain else None,
    )
    async with cli.client() as client:
        dataset = await _id_of(client, name)
        with bars(cli.output.is_watched) as shown:
            notes = Single(name, shown.add(name))

            async def order(key: str) -> Any:
                return await client.datasets.exports.create(
                    dataset, format=kind, **asked, wait=0, idempotency_key=key
                )

            task = await cli.orders.done(client, notes, "export", order)
            export_id = str(task.resource).rpartition("/")[2]
            made = (await client.datasets.exports.get(dataset, export_id)).to_dict()
            content = client.datasets.exports.content(dataset, export_id)
            if out == fetching.STDOUT:
                return await _to_stdout(content)
            path = Path(out or safe_name(made["file_name"]))
            await fetching.to_file(content, path, notes.bar)
    _tell_written(cli, path, {"task_id": task.id, **made})


async def _to_stdout(content: Any) -> None:
    await fetching.to_stdout(content)


def _tell_written(cli: Cli, path: Path, made: dict[str, Any]) -> None:
    rows, size = text.number(made["row_count"]), text.size(made["size"])
    record = {"out": str(path), **made}
    cli.output.line(record, f"{text.shown(path)}: {rows} rows, {size}")


async def drop(cli: Cli, name: Named, yes: Yes = False) -> None:
    """Delete a data set with its table, for good."""
    async with cli.client() as client:
        dataset = await client.datasets.get(await _id_of(client, name))
        rows = text.number(dataset.row_count)
        question = f"Delete {text.shown(dataset.name)} with {rows} rows, for good?"
        confirmed(cli.output, question, yes=yes)
        task = await client.datasets.drop(dataset.id, confirm=dataset.name, wait=25)
        task = await client.tasks.wait(task)
    cli.output.line(
        {"id": dataset.id, "task_id": task.id}, f"{text.shown(dataset.name)}: deleted"
    )


def declare(app: typer.Typer) -> None:
    """Put them into the command."""
    group = new_app("Data sets: list, show, query, export, drop.")
    app.add_typer(group, name="datasets")
    command(group, "list", example="onemanage datasets list")(list_)
    command(group, example="onemanage datasets show orders")(show)
    command(
        group,
        example="onemanage datasets query orders -f amount:ge:100 --sort amount:desc",
    )(query)
    command(
        group,
        example="onemanage datasets export orders --format parquet\n"
        "onemanage datasets export orders --out - | head",
    )(export)
    command(group, example="onemanage datasets drop orders --yes")(drop)


async def _id_of(client: Any, name: str) -> str:
    """Raises CommandError where no data set is called so."""
    if name.startswith("dst_"):
        return name
    async for one in client.datasets.list(limit=PAGE):
        if one.name == name:
            return str(one.id)
    raise CommandError(
        f"There is no data set {text.shown(name)}. See: onemanage datasets list",
        Exit.NOT_FOUND,
        code="not_found",
    )


def _filter(said: str) -> dict[str, Any]:
    """``column:operator:value`` as an export takes it; the column may be quoted."""
    match = _FILTER.fullmatch(said)
    if match is None:
        raise UsageError(
            f"{text.shown(said)} is no column:operator:value. Operators:"
            f" {', '.join(OPERATORS)}."
        )
    quoted, plain, operator, value = match.groups()
    return _filled(quoted or plain, operator, value or "")


def _filled(name: str, operator: str, value: str) -> dict[str, Any]:
    filled: dict[str, Any] = {"column": name, "operator": operator}
    if operator == "in":
        listed = json.loads(value) if value.startswith("[") else value.split(",")
        return {**filled, "values": listed}
    if operator == "is_null":
        value = value or "true"
    return {**filled, "value": value}


_LISTED = [
    column("name"),
    column("row_count", "rows", right=True),
    column("column_count", "columns", right=True),
    column("updated_at", "changed"),
    column("id"),
]
