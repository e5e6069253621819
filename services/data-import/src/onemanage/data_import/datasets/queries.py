"""Questions about data sets, from whoever shows them."""

from onemanage.contracts.datasets.datasets import (
    Dataset,
    DatasetExport,
    DatasetPage,
    DatasetSnapshot,
    GetDataset,
    GetExport,
    GetProfile,
    ListDatasets,
    ListRows,
    RowPage,
)
from onemanage.data_import.datasets.datasets import NoDataset
from onemanage.data_import.domain.row_pages import InvalidRows
from onemanage.data_import.handlers import Deps
from onemanage.platform.messaging.queries import QueryFailed


async def list_datasets(query: ListDatasets, deps: Deps) -> DatasetPage:
    """A page of them, by name."""
    return await deps.datasets.list(query.workspace_id, query.limit, query.after)


async def get_dataset(query: GetDataset, deps: Deps) -> Dataset:
    """Raises QueryFailed."""
    try:
        return await deps.datasets.get(query.workspace_id, query.dataset_id)
    except NoDataset as error:
        raise QueryFailed("not_found", str(error)) from None


async def list_rows(query: ListRows, deps: Deps) -> RowPage:
    """Raises QueryFailed, also for what cannot be asked of the columns."""
    try:
        return await deps.datasets.rows(query)
    except NoDataset as error:
        raise QueryFailed("not_found", str(error)) from None
    except InvalidRows as error:
        raise QueryFailed("invalid", str(error)) from None


async def get_profile(query: GetProfile, deps: Deps) -> DatasetSnapshot:
    """Of the newest snapshot. Raises QueryFailed where there is none yet."""
    found = await deps.store.made.snapshot(query.workspace_id, query.dataset_id)
    if found is not None:
        return found
    if not await deps.datasets.exists(query.workspace_id, query.dataset_id):
        raise QueryFailed("not_found", str(NoDataset(query.dataset_id)))
    text = "This data set has no profile yet; it is made after each import."
    raise QueryFailed("not_found", text)


async def get_export(query: GetExport, deps: Deps) -> DatasetExport:
    """Raises QueryFailed."""
    found = await deps.store.made.export(query.workspace_id, query.export_id)
    if found is None:
        text = f"There is no export {query.export_id} in this workspace."
        raise QueryFailed("not_found", text)
    return found


DATASET_QUERIES = (list_datasets, get_dataset, list_rows, get_profile, get_export)
