"""One picture of a template, asked of psd's workers while the client waits."""

import hashlib
from typing import Any

import msgspec

from onemanage.contracts.base import derived_id, new_id
from onemanage.contracts.imaging.quick import INLINE_BYTES, MadeImage
from onemanage.contracts.psd.filling import FillTemplate, renders_prefix
from onemanage.contracts.psd.templates import RenderOutput, SlotValue, Template
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.gateway.http.kept_answers import reused
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.images.addresses.serving import refused
from onemanage.gateway.limits.metering import PIXELS
from onemanage.gateway.limits.quotas import check_used
from onemanage.gateway.templates.values import pointer_of
from onemanage.platform.messaging.quick import QuickFailed, ask_quickly
from onemanage.platform.storage.short_way import Found

DEADLINE = 10.0
"""Seconds: a template that nobody has filled lately is fetched and compiled first."""
_OF_VALUES = frozenset(
    f"template.{why}"
    for why in (
        *("unknown_slot", "wrong_value", "text_too_long", "does_not_fit"),
        *("picture_unreadable", "picture_too_large", "no_such_choice"),
    )
)


class Render(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that was made, and where it is kept."""

    render_id: str
    store_key: str
    made: MadeImage
    """Without ``data`` where it is in storage alone."""
    is_repeat: bool = False


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """What a request says, and how it is to be answered."""

    what: Any
    """As JSON can hold it: the same again under the same key is a repeat."""
    idempotency_key: str | None
    is_kept: bool

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hex."""
        return hashlib.sha256(msgspec.json.encode(self.what)).hexdigest()


async def before(
    gateway: Gateway, caller: Caller, template_id: str, asking: Asking
) -> Render | None:
    """What the same request has had made. Raises a 422 Problem where another came with
    its key."""
    if asking.idempotency_key is None:
        return None
    render_id = _render_id(caller, template_id, asking)
    key = renders_prefix(caller.workspace_id, template_id) + render_id
    found = await gateway.storage.find(key, INLINE_BYTES)
    if found is None:
        return None
    if found.metadata.get("fingerprint") != asking.fingerprint:
        raise reused()
    return _of_stored(render_id, key, found)


async def rendered(
    gateway: Gateway,
    caller: Caller,
    template: Template,
    values: dict[str, SlotValue],
    output: RenderOutput,
    missing_fonts: str,
    asking: Asking,
) -> Render:
    """The picture, made now. Raises Problem."""
    workspace_id = caller.workspace_id
    check_used({PIXELS}, caller.limits, caller.worked)
    gateway.rates.take_image(workspace_id, caller.limits.images_per_second)
    render_id = _render_id(caller, template.template_id, asking)
    question = FillTemplate(
        workspace_id=workspace_id,
        template_id=template.template_id,
        revision=template.revision,
        values=values,
        output=output,
        missing_fonts=missing_fonts,
        store_key=renders_prefix(workspace_id, template.template_id) + render_id,
        is_kept=asking.is_kept or asking.idempotency_key is not None,
        fingerprint=asking.fingerprint,
    )
    try:
        made = await ask_quickly(gateway.nats, question, MadeImage, DEADLINE)
    except QuickFailed as error:
        raise _problem(error, template.template_id) from None
    gateway.counting.pixels(workspace_id, made.width * made.height)
    return Render(render_id=render_id, store_key=question.store_key, made=made)


def _render_id(caller: Caller, template_id: str, asking: Asking) -> str:
    if asking.idempotency_key is None:
        return new_id("rdr")
    key = asking.idempotency_key
    return derived_id("rdr", caller.workspace_id, template_id, key)


def _problem(error: QuickFailed, template_id: str) -> Problem:
    problem = refused(error, f"/v1/templates/{template_id}/merges")
    if error.code in _OF_VALUES and error.where:
        place = pointer_of("/values", error.where)
        problem.errors = [{"pointer": place, "detail": error.message}]
    elif error.code == "template.missing_font":
        problem.errors = [{"pointer": "/missing_fonts", "detail": error.message}]
    return problem


def _of_stored(render_id: str, key: str, found: Found) -> Render:
    told = found.metadata
    made = MadeImage(
        media_type=found.media_type,
        width=int(told["width"]),
        height=int(told["height"]),
        size=found.size,
        sha256=told["sha256"],
        warnings=msgspec.json.decode(told.get("warnings", "[]"), type=list[str]),
        data=found.data,
    )
    return Render(render_id=render_id, store_key=key, made=made, is_repeat=True)
