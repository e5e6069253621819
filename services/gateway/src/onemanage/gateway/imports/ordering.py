"""The order for an import: of a plan, or of rejects that were put right."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response

from onemanage.contracts.base import derived_id, new_id
from onemanage.contracts.imports.imports import IMPORT
from onemanage.gateway.tasks.ordering import Ordering
from onemanage.gateway.tasks.orders import Order


async def order_import(
    ordering: Ordering, what: Any, fields: Callable[[], Awaitable[dict[str, Any]]]
) -> Response:
    """``fields`` of the command are looked up where this is no repeat of ``what``."""

    async def prepare() -> Order:
        task_id = new_id("tsk")
        import_id = derived_id("imp", task_id)
        return Order(
            task_id=task_id,
            fields={"import_id": import_id, **await fields()},
            resource=f"/v1/imports/{import_id}",
        )

    return await ordering.answer(IMPORT, what, prepare)
