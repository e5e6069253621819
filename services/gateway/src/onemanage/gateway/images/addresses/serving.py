"""What an address shows: its source, its recipe, the image."""

import msgspec

from onemanage.contracts.base import CompletedEvent, Event
from onemanage.contracts.deletion import Deleted
from onemanage.contracts.imaging.quick import (
    MadeImage,
    MakeImage,
    QuickSource,
    images_prefix,
)
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.images.addresses.claims import Claims
from onemanage.gateway.images.addresses.key_store import SigningKeyStore
from onemanage.gateway.images.addresses.planning import ORDERS, Asked, Planner
from onemanage.gateway.images.addresses.plans import Plan
from onemanage.gateway.images.addresses.results import (
    Began,
    Image,
    Made,
    Question,
    Results,
)
from onemanage.gateway.images.addresses.signatures import Signatures, Tenant
from onemanage.gateway.images.addresses.sources import Source
from onemanage.gateway.limits.counting import Counting
from onemanage.gateway.limits.metering import PIXELS
from onemanage.gateway.limits.quotas import check_used
from onemanage.gateway.limits.rates import Rates
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.messaging.quick import QuickFailed

_NO_FORMAT = frozenset({"imaging.unsupported", "imaging.empty"})
_FALLBACK_FOR = frozenset({404, 410, 415, 422})


class Shown(msgspec.Struct, frozen=True):
    """The image, and what it was made of."""

    image: Image
    plan: Plan
    source: Source
    is_fallback: bool = False


class ImageAddresses(Planner, frozen=True, kw_only=True):
    """Of one process. ``claims`` are for where it is one of several."""

    keys: SigningKeyStore
    signatures: Signatures
    results: Results
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

    async def stored(self, tenant: Tenant, asked: Asked) -> QuickSource:
        """What the address shows, as an object that another service can read by now.
        Raises as ``show``."""
        source = await self.sources.find(tenant.workspace_id, asked.source)
        plan = await self.planned(tenant.workspace_id, source, asked)
        asking = self._asking(tenant, source, plan)
        try:
            sha256 = await self.results.stored(plan.store_key, *asking)
        except QuickFailed as error:
            raise refused(error) from None
        key = plan.store_key
        return QuickSource(name=source.name, object_key=key, sha256=sha256)

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
        plan = await self.planned(tenant.workspace_id, source, asked)
        image = self.results.kept(plan.store_key)
        if image is None:
            image = await self._made(tenant, source, plan)
        return Shown(image, plan, source)

    async def _made(self, tenant: Tenant, source: Source, plan: Plan) -> Image:
        asking = self._asking(tenant, source, plan)
        try:
            return await self.results.image(plan.store_key, *asking)
        except QuickFailed as error:
            raise refused(error) from None

    def _asking(
        self, tenant: Tenant, source: Source, plan: Plan
    ) -> tuple[Question, Began, Made]:
        """What is asked where it is not there yet, and what is counted then."""
        workspace_id = tenant.workspace_id

        async def question() -> MakeImage:
            return await self.question(workspace_id, source, plan)

        def began() -> None:
            check_used({PIXELS}, tenant.limits, tenant.worked)
            self.rates.take_image(workspace_id, tenant.limits.images_per_second)

        def made(image: MadeImage) -> None:
            worked = image.width * image.height * image.frames
            self.counting.pixels(workspace_id, worked)

        return question, began, made


def refused(error: QuickFailed, order_at: str = ORDERS) -> Problem:
    """What a worker said, for whoever asked for an image."""
    if error.kind in ("busy", "unavailable"):
        again = {"Retry-After": str(error.retry_after or 1)}
        return Problem(503, error.code, error.message, headers=again)
    if error.kind == "heavy":
        return Problem(422, error.code, error.message, order_at=order_at)
    status = 415 if error.code in _NO_FORMAT else 422
    places = (
        [{"pointer": error.where, "detail": error.message}] if error.where else None
    )
    return Problem(status, error.code, error.message, errors=places)
