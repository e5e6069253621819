"""Pictures that values name: looked up as images by address are, and made ready first
where their slot or their place wants it."""

from onemanage.contracts.imaging.quick import QuickSource
from onemanage.contracts.psd.templates import (
    REMOVE_BACKGROUND,
    Slot,
    SlotValue,
    Template,
)
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.gateway.http.problems import Problem, of_query
from onemanage.gateway.images.addresses import plans
from onemanage.gateway.images.addresses.signatures import Tenant
from onemanage.gateway.templates import preparing
from onemanage.gateway.templates.values import Given, PictureBody, pointer_of
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.process.gather import gather

type Prepared = tuple[str, str]
"""A source and a recipe, as addresses name them."""


async def with_pictures(
    gateway: Gateway, caller: Caller, template: Template, given: Given, at: str
) -> dict[str, SlotValue]:
    """The values with their pictures, each source looked up and made ready once.

    Raises Problem, which points at the value; what belongs to others is not there.
    """
    slots = {slot.name: slot for slot in template.slots}
    wanted: dict[Prepared, str] = {}
    by_slot: dict[str, Prepared] = {}
    for name, picture in given.pictures.items():
        one = picture.source, _recipe(slots[name], picture, pointer_of(at, name))
        by_slot[name] = one
        wanted.setdefault(one, pointer_of(at, name))
    made = await gather(
        [_source(gateway, caller, one, place) for one, place in wanted.items()]
    )
    sources = dict(zip(wanted, made, strict=True))
    pictures = {name: SlotValue(picture=sources[one]) for name, one in by_slot.items()}
    return given.values | pictures


async def check_prepare(gateway: Gateway, caller: Caller, text: str, at: str) -> None:
    """Raises a 422 Problem where a recipe that a slot is to be prepared by cannot be
    carried out."""
    if text == REMOVE_BACKGROUND:
        return
    try:
        parts = plans.refusing(gateway.images.readers.parts, text)
        ending = preparing.ending(text)
        find_preset = gateway.images.preset
        await plans.recipe_of(parts, ending, caller.workspace_id, find_preset)
    except Problem as error:
        errors = [{"pointer": at, "detail": _why(error)}]
        raise Problem(422, error.code, error.detail, errors=errors) from None


def _recipe(slot: Slot, picture: PictureBody, place: str) -> str:
    """Empty where the picture is used as it is. Raises a 422 Problem."""
    prepare = slot.rules.prepare or ""
    if prepare == REMOVE_BACKGROUND and picture.background_id is not None:
        return ""
    if prepare == REMOVE_BACKGROUND:
        detail = (
            "Backgrounds are not removed while somebody waits. Order it (POST "
            "/v1/images/backgrounds) and give the background_id."
        )
        errors = [{"pointer": place, "detail": detail}]
        raise Problem(422, "template.heavy", detail, errors=errors)
    return preparing.recipe_of(prepare, picture.url is not None)


async def _source(
    gateway: Gateway, caller: Caller, one: Prepared, place: str
) -> QuickSource:
    text, recipe = one
    images, workspace_id = gateway.images, caller.workspace_id
    try:
        if not recipe:
            return (await images.sources.find(workspace_id, text)).quick
        tenant = Tenant(workspace_id, caller.limits, caller.worked)
        return await images.stored(tenant, preparing.asked(text, recipe))
    except (Problem, QueryFailed) as error:
        problem = of_query(error) if isinstance(error, QueryFailed) else error
        problem.errors = [{"pointer": place, "detail": _why(problem)}]
        raise problem from None


def _why(problem: Problem) -> str:
    """What it says of single places, which are not those of this request."""
    return "; ".join(one["detail"] for one in problem.errors or []) or problem.detail
