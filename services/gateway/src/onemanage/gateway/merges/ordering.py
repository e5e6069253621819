"""Ordering a merge: anew, once more, or of the rows that were rejected."""

from typing import Any

import msgspec
from loguru import logger
from starlette.responses import Response

from onemanage.contracts.base import new_id
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.psd.merge_checks import columns_of, name_pattern, used
from onemanage.contracts.psd.merges import (
    MAX_ROWS,
    MERGE_ROWS,
    MergeSpec,
    merge_of_task,
)
from onemanage.contracts.psd.templates import Template
from onemanage.gateway.audit import entries
from onemanage.gateway.batches.store import NoRoom
from onemanage.gateway.datasets.known import known_dataset
from onemanage.gateway.files.known import known_file
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.gateway.http import answers
from onemanage.gateway.http.kept_answers import REPLAYED, under_way
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.imports.known import file_source
from onemanage.gateway.limits import quotas
from onemanage.gateway.merges import merges
from onemanage.gateway.merges.store import MergeOrder
from onemanage.gateway.tasks import answers as task_answers
from onemanage.gateway.tasks.orders import Asked, asked_before, same_request
from onemanage.gateway.tasks.store import TaskRow
from onemanage.gateway.templates.known import known_template
from onemanage.platform.process.telemetry import TRACEPARENT, trace_headers

_MAX_SPEC_BYTES = 64 * 1024
_STEPS = 3


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is ordered, and what it comes from."""

    template_id: str
    spec: MergeSpec
    repeats: str | None = None
    rejects_of: str | None = None


async def order_merge(
    gateway: Gateway, caller: Caller, wanted: Wanted, idempotency_key: str | None
) -> Response:
    """Always 202. Raises Problem."""
    asked = Asked(
        name="psd.merge",
        what=msgspec.to_builtins(wanted),
        idempotency_key=idempotency_key,
    )
    row, is_new = await asked_before(gateway, caller.key_hash, idempotency_key), False
    if row is None:
        row, is_new = await _accept(gateway, caller, wanted, asked)
    row = same_request(row, asked.fingerprint)
    told = await merges.as_it_stands(gateway, row)
    headers = {"Location": task_answers.task_address(row)}
    if not is_new:
        headers |= REPLAYED
    return answers.json(task_answers.task(told), 202, headers)


async def _accept(
    gateway: Gateway, caller: Caller, wanted: Wanted, asked: Asked
) -> tuple[TaskRow, bool]:
    quotas.check_work(caller, MERGE_ROWS.name)
    order = await _order(gateway, caller, wanted, asked)
    try:
        row, is_new = await gateway.merges.accept(order, caller.limits.tasks_waiting)
    except NoRoom as full:
        raise quotas.too_many_tasks(caller.limits, full.used, _STEPS) from None
    if row is None:
        raise under_way()
    entries.names(order.resource.rpartition("/")[2])
    if is_new:
        with logger.contextualize(task_id=row.id, workspace_id=row.workspace_id):
            logger.info("A merge accepted")
        gateway.dispatcher.wake("tasks.data_import.low", row.workspace_id)
    return row, is_new


async def _order(
    gateway: Gateway, caller: Caller, wanted: Wanted, asked: Asked
) -> MergeOrder:
    template = await known_template(gateway, caller, wanted.template_id)
    hand_over = await _hand_over(gateway, caller, wanted.spec, template)
    spec = msgspec.to_builtins(wanted.spec)
    if len(msgspec.json.encode(spec)) > _MAX_SPEC_BYTES:
        detail = f"A merge may say {_MAX_SPEC_BYTES:,} bytes at most. Shorten it."
        raise Problem(422, "merge_too_large", detail)
    task_id = new_id("tsk")
    merge_id = merge_of_task(task_id)
    common = {
        "merge_id": merge_id,
        "template_id": template.template_id,
        "template_revision": template.revision,
        "spec": spec,
        "repeats": wanted.repeats,
        "rejects_of": wanted.rejects_of,
    }
    return MergeOrder(
        task_id=task_id,
        workspace_id=caller.workspace_id,
        resource=f"{merges.PATH}/{merge_id}",
        hand_over=hand_over,
        prepare={**common, "merge_task_id": task_id},
        finish={**common, "document_id": template.document_id},
        traceparent=trace_headers().get(TRACEPARENT),
        idempotency_key=asked.idempotency_key,
        fingerprint=asked.fingerprint,
    )


async def _hand_over(
    gateway: Gateway, caller: Caller, spec: MergeSpec, template: Template
) -> dict[str, Any]:
    """The command of the first step. What can be said of the order by now is said."""
    if spec.dataset_id is None:
        file = await known_file(gateway, caller, spec.file_id or "")
        _checked(spec, template, None)
        return {"source": file_source(file), "most_rows": MAX_ROWS}
    dataset = await known_dataset(gateway, caller, spec.dataset_id)
    columns = _checked(spec, template, [one.name for one in dataset.columns])
    return {
        "dataset_id": dataset.dataset_id,
        "columns": columns,
        "filters": msgspec.to_builtins(spec.filters),
        "most_rows": MAX_ROWS,
    }


def _checked(
    spec: MergeSpec, template: Template, columns: list[str] | None
) -> list[str]:
    """The columns that are needed; of a file, whose columns nobody knows yet, those that
    are named. Raises a 422 Problem."""
    try:
        if columns is None:
            named = [*spec.mapping.values(), *columns_of(name_pattern(spec.name))]
            same = [slot.name for slot in template.slots]
            columns = list(dict.fromkeys([*named, *same]))
        return used(spec, template.slots, columns).columns
    except InvalidInput as error:
        pointer = "/" + (error.where or "").replace(".", "/", 1)
        raise Problem(
            422,
            error.code,
            error.message,
            errors=[{"pointer": pointer, "detail": error.message}],
        ) from None
