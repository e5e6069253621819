"""The psd service's tasks, and what carries out each."""

from onemanage.contracts.psd.deletion import DELETE_FROM_PSD
from onemanage.contracts.psd.diffs import COMPARE
from onemanage.contracts.psd.documents import PARSE_EXPORT
from onemanage.contracts.psd.fonts import ADD_FONT
from onemanage.contracts.psd.merges import FINISH_MERGE, MERGE_ROWS, PREPARE_MERGE
from onemanage.contracts.psd.renditions import RENDER
from onemanage.contracts.psd.templates import DEFINE_TEMPLATE
from onemanage.platform.tasks import Bindings, all_tasks_of, bind
from onemanage.psd.service import PsdService

TASKS: Bindings[PsdService] = all_tasks_of(
    "psd",
    bind(PARSE_EXPORT, lambda service: service.parse_export),
    bind(RENDER, lambda service: service.renditions.render),
    bind(COMPARE, lambda service: service.diffs.compare),
    bind(DEFINE_TEMPLATE, lambda service: service.templates.define),
    bind(ADD_FONT, lambda service: service.fonts.add),
    bind(PREPARE_MERGE, lambda service: service.merges.prepare),
    bind(MERGE_ROWS, lambda service: service.merges.make),
    bind(FINISH_MERGE, lambda service: service.merges.finish),
    bind(DELETE_FROM_PSD, lambda service: service.deletion.delete),
)
