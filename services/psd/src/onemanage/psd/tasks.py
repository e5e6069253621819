"""The psd service's tasks, and what carries out each."""

from onemanage.contracts.psd.deletion import DELETE_FROM_PSD
from onemanage.contracts.psd.diffs import COMPARE
from onemanage.contracts.psd.documents import PARSE_EXPORT
from onemanage.contracts.psd.renditions import RENDER
from onemanage.platform.tasks import Bindings, all_tasks_of, bind
from onemanage.psd.service import PsdService

TASKS: Bindings[PsdService] = all_tasks_of(
    "psd",
    bind(PARSE_EXPORT, lambda service: service.parse_export),
    bind(RENDER, lambda service: service.renditions.render),
    bind(COMPARE, lambda service: service.diffs.compare),
    bind(DELETE_FROM_PSD, lambda service: service.deletion.delete),
)
