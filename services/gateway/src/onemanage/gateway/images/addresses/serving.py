"""What an address shows: its source, its recipe, the image."""

import time
from typing import Any

import msgspec

from onemanage.contracts.base import CompletedEvent, Event
from onemanage.contracts.deletion import Deleted
from onemanage.contracts.imaging.accepting import Accepted
from onemanage.contracts.imaging.addresses.reading import UsedPreset
from onemanage.contracts.imaging.images import NamedFile
from onemanage.contracts.imaging.quick import MadeImage, MakeImage, images_prefix
from onemanage.contracts.imaging.recipes import (
    ENGINE_VERSION,
    addresses_of,
    files_of,
    recipe_key,
)
from onemanage.gateway.http.problems import Problem, not_found
from onemanage.gateway.images.addresses.claims import Claims
from onemanage.gateway.images.addresses.key_store import SigningKeyStore
from onemanage.gateway.images.addresses.plans import (
    PRESET_SECONDS,
    Plan,
    Plans,
    Readers,
    Words,
    recipe_of,
    settled,
)
from onemanage.gateway.images.addresses.results import Image, Results
from onemanage.gateway.images.addresses.signatures import Signatures, Tenant
from onemanage.gateway.images.addresses.sources import Source, Sources
from onemanage.gateway.limits.counting import Counting
from onemanage.gateway.limits.metering import PIXELS
from onemanage.gateway.limits.quotas import check_used
from onemanage.gateway.limits.rates import Rates
from onemanage.gateway.presets.combining import used as filled
from onemanage.gateway.presets.store import PresetStore
from onemanage.gateway.store import Store
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.messaging.quick import QuickFailed

ORDERS = "/v1/images/transformations"
_NO_FORMAT = frozenset({"imaging.unsupported", "imaging.empty"})
_FALLBACK_FOR = frozenset({404, 410, 415, 422})
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


class Shown(msgspec.Struct, frozen=True):
    """The image, and what it was made of."""

    image: Image
    plan: Plan
    source: Source
    is_fallback: bool = False


class ImageAddresses(msgspec.Struct, frozen=True, kw_only=True):
    """Of one process. ``claims`` are for where it is one of several."""

    keys: SigningKeyStore
    signatures: Signatures
    sources: Sources
    readers: Readers
    plans: Plans
    results: Results
    presets: PresetStore
    store: Store
    rates: Rates
    counting: Counting
    claims: Claims | None

    async def open(self) -> None:
        """Hand on from now on what other processes ask this one for."""
        if self.claims is not None:
            await self.claims.open(self.results.hand_out)

    async def sweep(self) -> int:
        """Forget claims that are over; how many."""
        return 0 if self.claims is None else await self.claims.sweep()

    def forget_deleted(self, event: Event) -> None:
        """What a deletion says that it has taken away is shown no more."""
        self.sources.forget_deleted(event)
        if isinstance(event, CompletedEvent) and isinstance(event.result, Deleted):
            for thing in event.result.things:
                self.results.forget(images_prefix(event.workspace_id, thing.id))

    def at_hand(self, workspace_id: str, asked: Asked) -> Shown | None:
        """What is in memory, where nothing needs to be looked up."""
        source = self.sources.kept(workspace_id, asked.source)
        if source is None:
            return None
        plan = self.plans.get(asked.words(workspace_id), source.identity)
        if plan is None:
            return None
        image = self.results.kept(plan.store_key)
        if image is None or image.data is None:
            return None
        return Shown(image, plan, source)

    async def show(self, tenant: Tenant, asked: Asked) -> Shown:
        """Raises Problem, QueryFailed, or that a server is away."""
        try:
            return await self._shown(tenant, asked)
        except (Problem, QueryFailed) as error:
            fallback = self._fallback(asked, error)
            if fallback is None:
                raise
        shown = await self._shown(
            tenant, msgspec.structs.replace(asked, source=fallback)
        )
        return msgspec.structs.replace(shown, is_fallback=True)

    def _fallback(self, asked: Asked, error: Problem | QueryFailed) -> str | None:
        """The file to show instead, where the address names one and that would help."""
        status = error.status if isinstance(error, Problem) else 404
        if status not in _FALLBACK_FOR or error.code == "image.bad_address":
            return None
        if isinstance(error, QueryFailed) and error.code != "not_found":
            return None
        found = self.readers.parts(asked.recipe).fallback
        return None if found == asked.source else found

    async def _shown(self, tenant: Tenant, asked: Asked) -> Shown:
        source = await self.sources.find(tenant.workspace_id, asked.source)
        words = asked.words(tenant.workspace_id)
        plan = self.plans.get(words, source.identity)
        if plan is None:
            plan = await self._plan(tenant.workspace_id, source, asked)
            self.plans.keep(words, plan)
        image = self.results.kept(plan.store_key)
        if image is None:
            image = await self._made(tenant, source, plan)
        return Shown(image, plan, source)

    async def _plan(self, workspace_id: str, source: Source, asked: Asked) -> Plan:
        parts = self.readers.parts(asked.recipe)
        recipe = await recipe_of(parts, asked.ending, workspace_id, self._preset)
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

    async def _made(self, tenant: Tenant, source: Source, plan: Plan) -> Image:
        workspace_id = tenant.workspace_id

        async def question() -> MakeImage:
            return MakeImage(
                workspace_id=workspace_id,
                source=source.quick,
                recipe=plan.recipe,
                store_key=plan.store_key,
                watermarks=await self._watermarks(workspace_id, plan),
            )

        def began() -> None:
            check_used({PIXELS}, tenant.limits, tenant.worked)
            self.rates.take_image(workspace_id, tenant.limits.images_per_second)

        def made(image: MadeImage) -> None:
            worked = image.width * image.height * image.frames
            self.counting.pixels(workspace_id, worked)

        try:
            return await self.results.image(plan.store_key, question, began, made)
        except QuickFailed as error:
            raise _refused(error) from None

    async def _watermarks(self, workspace_id: str, plan: Plan) -> list[NamedFile]:
        """The files that the recipe needs besides its source. Raises Problem."""
        found = []
        for file_id in files_of(plan.recipe):
            row = await self.store.file(workspace_id, file_id)
            if row is None:
                raise not_found("file", file_id)
            found.append(NamedFile(file_id=file_id, file_key=row.object_key))
        return found

    async def _preset(self, workspace_id: str, used: UsedPreset) -> dict[str, Any]:
        row = await self.presets.get(workspace_id, used.name)
        if row is None:
            raise not_found("preset", used.name)
        recipe = await filled(self.presets, workspace_id, row, used.parameters)
        made: dict[str, Any] = msgspec.to_builtins(recipe)
        return made


def _refused(error: QuickFailed) -> Problem:
    """What a worker said, for whoever asked for an image."""
    if error.kind in ("busy", "unavailable"):
        again = {"Retry-After": str(error.retry_after or 1)}
        return Problem(503, error.code, error.message, headers=again)
    if error.kind == "heavy":
        return Problem(422, error.code, error.message, order_at=ORDERS)
    status = 415 if error.code in _NO_FORMAT else 422
    places = (
        [{"pointer": error.where, "detail": error.message}] if error.where else None
    )
    return Problem(status, error.code, error.message, errors=places)
