"""Which pictures are to lose their background before a merge has chunks."""

import re

from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.psd.merge_pictures import (
    MAX_CUT_OUTS,
    MOST_CUT_OUTS_LISTED,
    CutOutPage,
    ListCutOuts,
)
from onemanage.contracts.psd.merges import Merge
from onemanage.contracts.psd.templates import REMOVE_BACKGROUND, Template
from onemanage.psd.merges.store import FILE_NAME
from onemanage.psd.store import Store


async def wanted(
    store: Store, merge: Merge, template: Template
) -> tuple[list[str], int]:
    """Files, and how many others there are. Raises InvalidInput where they are too
    many."""
    columns = _columns(merge, template)
    if not columns:
        return [], 0
    found = await store.merges.cut_outs(merge, columns, MAX_CUT_OUTS + 1)
    if len(found) > MAX_CUT_OUTS:
        text = (
            f"More than {MAX_CUT_OUTS:,} different pictures would lose their "
            "background. Order batches of backgrounds, and write their ids."
        )
        raise InvalidInput("merge.too_many_cut_outs", text)
    files = [name for name in found if re.fullmatch(FILE_NAME, name)]
    return files, len(found) - len(files)


async def others(store: Store, query: ListCutOuts) -> CutOutPage:
    """Those that are no files. Raises InvalidInput where there is no such merge."""
    merge = await store.merges.known(query.workspace_id, query.merge_id)
    template = await store.templates.get(
        merge.workspace_id, merge.template_id, merge.template_revision
    )
    columns = [] if template is None else _columns(merge, template)
    limit = min(query.limit, MOST_CUT_OUTS_LISTED)
    found = await store.merges.cut_outs(
        merge, columns, limit + 1, query.after, with_files=False
    )
    return CutOutPage(items=found[:limit], has_more=len(found) > limit)


def _columns(merge: Merge, template: Template) -> list[str]:
    """Of slots that show no background."""
    columns = {
        merge.slots[slot.name]
        for slot in template.slots
        if slot.rules.prepare == REMOVE_BACKGROUND and slot.name in merge.slots
    }
    return sorted(columns)
