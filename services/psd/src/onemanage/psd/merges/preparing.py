"""Merges: a template and the rows of a table become pictures.

``prepare`` looks through the rows that were handed over, ``merge`` makes the pictures
of a chunk of them, ``finish`` ends the whole. Each may be repeated from any point: rows
are saved in one transaction, and a picture has its row once it is stored.
"""

import msgspec

from onemanage.contracts.base import utc_now
from onemanage.contracts.datasets.handing_over import HandedOverRows
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.psd.merge_checks import used
from onemanage.contracts.psd.merges import (
    Merge,
    MergeCounts,
    PreparedMerge,
    PrepareMerge,
)
from onemanage.contracts.psd.templates import Template
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.job import Jobs, Report
from onemanage.platform.storage.storage import Storage
from onemanage.psd.domain.merges.prepared import (
    Preparation,
    Prepared,
    PreparedRow,
)
from onemanage.psd.merges import cut_outs
from onemanage.psd.merges.store import Add
from onemanage.psd.slot_fonts import needed, with_fonts
from onemanage.psd.store import Store

_PREPARE: ChildFunction[Prepared] = ChildFunction(
    "onemanage.psd.domain.merges.preparing:prepare_rows", Prepared, list[PreparedRow]
)
_STEP = "rows"


class Preparing:
    """The first step of psd's."""

    def __init__(self, storage: Storage, store: Store, jobs: Jobs) -> None:
        self._storage, self._store, self._jobs = storage, store, jobs

    async def prepare(self, command: PrepareMerge, report: Report) -> PreparedMerge:
        """Raises InvalidInput for what concerns all rows, and where the step before it
        has failed."""
        workspace_id, merge_id = command.workspace_id, command.merge_id
        there = await self._store.merges.get(workspace_id, merge_id)
        if there is None:
            await self._save(command, report)
            there = await self._store.merges.get(workspace_id, merge_id)
        assert there is not None  # this attempt or another has saved it
        if command.handed_over is not None:
            await self._storage.delete([command.handed_over.object_key])
        template = await self._template(there)
        return _told(there, *await cut_outs.wanted(self._store, there, template))

    async def _save(self, command: PrepareMerge, report: Report) -> None:
        handed = _handed_over(command)
        template = await self._template(command)
        merge = _merge(command, template, handed)
        made_by = await self._made_by(merge, template)
        asked = _preparation(merge, template, made_by)
        missing = InvalidInput("merge.rows_gone", "The rows are no longer stored.")
        with self._jobs.begin(handed.name) as job:
            path = await job.fetch(handed.object_key, "rows.parquet", missing)

            async def fill(add: Add) -> None:
                done = 0

                async def on_progress(rows: list[PreparedRow]) -> None:
                    nonlocal done
                    await add(rows)
                    done += len(rows)
                    await report(_STEP, done, handed.row_count)

                await job.run(_PREPARE, path, asked, on_progress=on_progress)

            await self._store.merges.save(merge, fill)

    async def _template(self, of: PrepareMerge | Merge) -> Template:
        """Raises InvalidInput."""
        template = await self._store.templates.get(
            of.workspace_id, of.template_id, of.template_revision
        )
        if template is None:
            text = "The template is not there any more."
            raise InvalidInput("merge.no_template", text, of.template_id)
        return template

    async def _made_by(self, merge: Merge, template: Template) -> list[str]:
        """What pictures follow from besides the values. Raises InvalidInput, which
        names all fonts that are missing, where that is not to be."""
        fonts = await self._store.fonts.all(merge.workspace_id)
        asked = with_fonts(template, fonts).slots
        slots = [slot for slot in asked if slot.name in merge.slots]
        lacking = sorted({name for slot in slots for name in slot.missing_fonts})
        if lacking and merge.spec.missing_fonts == "fail":
            text = (
                f"Nobody has the fonts {', '.join(lacking)}. Upload them, or ask for "
                "missing_fonts: substitute."
            )
            raise InvalidInput("merge.missing_fonts", text, lacking[0])
        outputs = msgspec.json.encode(merge.spec.outputs).decode()
        of_template = [template.template_id, str(template.revision)]
        digests = sorted(font.font_id for font in needed(template, fonts))
        return [merge.workspace_id, *of_template, outputs, *digests]


def _handed_over(command: PrepareMerge) -> HandedOverRows:
    if command.handed_over is not None:
        return command.handed_over
    if command.error is not None:
        error = command.error
        raise InvalidInput(error.code, error.message, error.where)
    text = "The rows were not handed over, as that was cancelled."
    raise InvalidInput("merge.cancelled", text)


def _merge(command: PrepareMerge, template: Template, handed: HandedOverRows) -> Merge:
    """Without its counts. Raises InvalidInput for columns and slots that are not
    there."""
    spec = command.spec
    wanted = used(spec, template.slots, handed.columns)
    return Merge(
        merge_id=command.merge_id,
        workspace_id=command.workspace_id,
        task_id=command.merge_task_id,
        template_id=template.template_id,
        template_revision=template.revision,
        spec=spec,
        columns=wanted.columns,
        slots=wanted.slots,
        counts=MergeCounts(),
        pictures=0,
        reused=0,
        chunks=0,
        repeats=command.repeats,
        rejects_of=command.rejects_of,
        created_at=utc_now(),
    )


def _preparation(merge: Merge, template: Template, made_by: list[str]) -> Preparation:
    return Preparation(
        slots=template.slots,
        mapping=merge.slots,
        columns=merge.columns,
        name=merge.spec.name,
        on_empty=merge.spec.on_empty,
        made_by=made_by,
    )


def _told(merge: Merge, files: list[str], others: int) -> PreparedMerge:
    counts = merge.counts
    return PreparedMerge(
        merge_id=merge.merge_id,
        rows=counts.rows,
        pictures=merge.pictures,
        reused=merge.reused,
        rejected=counts.rejected,
        chunks=merge.chunks,
        cut_outs=files,
        other_cut_outs=others,
    )
