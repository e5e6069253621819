"""Data sets that routes look up before they do anything with them."""

from onemanage.contracts.datasets.datasets import Dataset, GetDataset
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.platform.messaging.queries import ask


async def known_dataset(gateway: Gateway, caller: Caller, dataset_id: str) -> Dataset:
    """With its columns. Raises QueryFailed where the workspace has none of this id."""
    query = GetDataset(workspace_id=caller.workspace_id, dataset_id=dataset_id)
    return await ask(gateway.nats, query, Dataset)
