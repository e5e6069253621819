"""Data sets that routes look up before they do anything with them."""

from onemanage.contracts.datasets.datasets import (
    Dataset,
    DatasetExport,
    GetDataset,
    GetExport,
)
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.gateway.http.problems import not_found
from onemanage.platform.messaging.queries import ask


async def known_dataset(gateway: Gateway, caller: Caller, dataset_id: str) -> Dataset:
    """With its columns. Raises QueryFailed where the workspace has none of this id."""
    query = GetDataset(workspace_id=caller.workspace_id, dataset_id=dataset_id)
    return await ask(gateway.nats, query, Dataset)


async def known_export(
    gateway: Gateway, caller: Caller, dataset_id: str, export_id: str
) -> DatasetExport:
    """Raises QueryFailed, or a 404 Problem where it is of another data set."""
    query = GetExport(workspace_id=caller.workspace_id, export_id=export_id)
    found = await ask(gateway.nats, query, DatasetExport)
    if found.dataset_id != dataset_id:
        raise not_found("export", export_id)
    return found
