"""What is to be made of a source: its recipe, under which key, of which files."""

import time
from typing import Any

import msgspec

from onemanage.contracts.imaging.accepting import Accepted
from onemanage.contracts.imaging.addresses.reading import UsedPreset
from onemanage.contracts.imaging.images import NamedFile
from onemanage.contracts.imaging.quick import MakeImage, images_prefix
from onemanage.contracts.imaging.recipes import (
    ENGINE_VERSION,
    addresses_of,
    files_of,
    recipe_key,
)
from onemanage.gateway.http.problems import Problem, not_found
from onemanage.gateway.images.addresses.plans import (
    PRESET_SECONDS,
    Plan,
    Plans,
    Readers,
    Words,
    recipe_of,
    settled,
)
from onemanage.gateway.images.addresses.sources import Source, Sources
from onemanage.gateway.presets.combining import used as filled
from onemanage.gateway.presets.store import PresetStore
from onemanage.gateway.store import Store

ORDERS = "/v1/images/transformations"
_FOR_EVER = float("inf")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What an address says."""

    source: str
    recipe: str
    ending: str | None
    accepted: Accepted

    def words(self, workspace_id: str) -> Words:
        """All of it, in one workspace."""
        return workspace_id, self.source, self.recipe, self.ending, self.accepted


class Planner(msgspec.Struct, frozen=True, kw_only=True):
    """Of one process. Nothing is made by it."""

    sources: Sources
    readers: Readers
    plans: Plans
    presets: PresetStore
    store: Store

    async def planned(self, workspace_id: str, source: Source, asked: Asked) -> Plan:
        """As it was, where it was asked for lately. Raises Problem."""
        words = asked.words(workspace_id)
        plan = self.plans.get(words, source.identity)
        if plan is None:
            plan = await self._plan(workspace_id, source, asked)
            self.plans.keep(words, plan)
        return plan

    async def question(
        self, workspace_id: str, source: Source, plan: Plan
    ) -> MakeImage:
        """What imaging is asked. Raises Problem where a file of the recipe is gone."""
        return MakeImage(
            workspace_id=workspace_id,
            source=source.quick,
            recipe=plan.recipe,
            store_key=plan.store_key,
            watermarks=await self._watermarks(workspace_id, plan),
        )

    async def preset(self, workspace_id: str, used: UsedPreset) -> dict[str, Any]:
        """Its recipe with these parameters, as JSON has it. Raises Problem."""
        row = await self.presets.get(workspace_id, used.name)
        if row is None:
            raise not_found("preset", used.name)
        recipe = await filled(self.presets, workspace_id, row, used.parameters)
        made: dict[str, Any] = msgspec.to_builtins(recipe)
        return made

    async def _plan(self, workspace_id: str, source: Source, asked: Asked) -> Plan:
        parts = self.readers.parts(asked.recipe)
        recipe = await recipe_of(parts, asked.ending, workspace_id, self.preset)
        recipe, varies = settled(recipe, asked.accepted)
        if addresses_of(recipe):
            # What they have may change, and nothing in the key would tell.
            detail = "The recipe names images by addresses. Order it as a task."
            raise Problem(422, "imaging.heavy", detail, order_at=ORDERS)
        key = recipe_key(source.identity, recipe, ENGINE_VERSION)
        until = time.monotonic() + PRESET_SECONDS if parts.presets else _FOR_EVER
        return Plan(
            recipe=recipe,
            identity=source.identity,
            store_key=images_prefix(workspace_id, source.id) + key,
            varies=varies,
            is_fixed=not (parts.presets or source.is_outside),
            good_until=until,
        )

    async def _watermarks(self, workspace_id: str, plan: Plan) -> list[NamedFile]:
        """The files that the recipe needs besides its source. Raises Problem."""
        found = []
        for file_id in files_of(plan.recipe):
            row = await self.store.file(workspace_id, file_id)
            if row is None:
                raise not_found("file", file_id)
            found.append(NamedFile(file_id=file_id, file_key=row.object_key))
        return found
