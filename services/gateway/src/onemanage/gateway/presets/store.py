"""The statements on presets: recipes that a workspace has given a name."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import asyncpg
import msgspec
from msgspec import Meta

from onemanage.contracts.imaging.parameters import Parameter
from onemanage.contracts.public import shows_all
from onemanage.gateway.store import Pool

_SAVE = """
INSERT INTO presets (workspace_id, name, recipe, parameters, extends)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (workspace_id, name) DO UPDATE SET
    recipe = excluded.recipe, parameters = excluded.parameters,
    extends = excluded.extends, updated_at = now()
RETURNING name, recipe, parameters, extends, created_at, updated_at, xmax = 0 AS is_new
"""
_COLUMNS = "name, recipe, parameters, extends, created_at, updated_at"


@shows_all
class PresetRow(msgspec.Struct, kw_only=True):
    """``recipe`` is as JSON has it, with places for parameters; every default of what
    it names is written out."""

    name: Annotated[str, Meta(examples=["shop-thumb"])]
    recipe: dict[str, Any]
    parameters: dict[str, Parameter]
    extends: list[Annotated[str, Meta(examples=["base"])]]
    created_at: datetime
    updated_at: datetime


class PresetStore:
    """Every read names its workspace; what belongs to another is not there."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def save(
        self,
        workspace_id: str,
        name: str,
        recipe: dict[str, Any],
        parameters: Mapping[str, Parameter],
        extends: Sequence[str],
    ) -> tuple[PresetRow, bool]:
        """The row, and whether there was none of this name before."""
        texts = [
            msgspec.json.encode(part).decode() for part in (recipe, parameters, extends)
        ]
        record = await self._pool.fetchrow(_SAVE, workspace_id, name, *texts)
        assert record is not None  # it inserts or updates
        return _row(record), record["is_new"]

    async def get(self, workspace_id: str, name: str) -> PresetRow | None:
        """None where the workspace has no preset of this name."""
        record = await self._pool.fetchrow(
            f"SELECT {_COLUMNS} FROM presets WHERE workspace_id = $1 AND name = $2",
            workspace_id,
            name,
        )
        return None if record is None else _row(record)

    async def named(self, workspace_id: str, names: Collection[str]) -> list[PresetRow]:
        """Those of these names that there are."""
        records = await self._pool.fetch(
            f"SELECT {_COLUMNS} FROM presets WHERE workspace_id = $1 "
            "AND name = ANY($2)",
            workspace_id,
            list(names),
        )
        return [_row(record) for record in records]

    async def extending(self, workspace_id: str, name: str) -> list[str]:
        """Names of those that extend it themselves."""
        records = await self._pool.fetch(
            "SELECT name FROM presets WHERE workspace_id = $1 "
            "AND extends @> jsonb_build_array($2::text) ORDER BY name",
            workspace_id,
            name,
        )
        return [record["name"] for record in records]

    async def page(
        self, workspace_id: str, limit: int, after: str | None
    ) -> list[PresetRow]:
        """By name, those that come after ``after``."""
        records = await self._pool.fetch(
            f"SELECT {_COLUMNS} FROM presets WHERE workspace_id = $1 "
            "AND name > $2 ORDER BY name LIMIT $3",
            workspace_id,
            after or "",
            limit,
        )
        return [_row(record) for record in records]

    async def lock(self, workspace_id: str, name: str) -> None:
        """Nobody else changes it until the transaction ends."""
        await self._pool.execute(
            "SELECT FROM presets WHERE workspace_id = $1 AND name = $2 FOR UPDATE",
            workspace_id,
            name,
        )

    async def delete(self, workspace_id: str, name: str) -> bool:
        """False where there was none."""
        done = await self._pool.fetchval(
            "DELETE FROM presets WHERE workspace_id = $1 AND name = $2 RETURNING name",
            workspace_id,
            name,
        )
        return done is not None


def _row(record: asyncpg.Record) -> PresetRow:
    return PresetRow(
        name=record["name"],
        recipe=msgspec.json.decode(record["recipe"]),
        parameters=msgspec.json.decode(record["parameters"], type=dict[str, Parameter]),
        extends=msgspec.json.decode(record["extends"]),
        created_at=record["created_at"],
        updated_at=record["updated_at"],
    )
