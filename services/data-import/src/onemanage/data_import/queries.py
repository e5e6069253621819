"""Questions about imports and data sets, from whoever shows them."""

from onemanage.data_import.dataset_queries import DATASET_QUERIES

QUERIES = (*DATASET_QUERIES,)
