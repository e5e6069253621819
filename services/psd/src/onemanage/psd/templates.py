"""Templates: find the slots of a document in a child, and keep them."""

from onemanage.contracts.base import utc_now
from onemanage.contracts.psd.documents import Document
from onemanage.contracts.psd.templates import DefineTemplate, Template
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.job import Job, Jobs, Report, file_missing
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.templates.rows import Definition
from onemanage.psd.errors import InvalidTemplate
from onemanage.psd.slot_fonts import with_fonts
from onemanage.psd.store import Store

_DEFINE = ChildFunction("onemanage.psd.domain.templates.define:define", Definition)


class Templates:
    """A revision is one row, so that what was ordered by another is not touched."""

    def __init__(self, store: Store, jobs: Jobs, limits: Limits) -> None:
        self._store, self._jobs, self._limits = store, jobs, limits

    async def define(self, command: DefineTemplate, report: Report) -> Template:
        """Raises InvalidInput where the document has no slots, a change cannot be made,
        or the template was changed meanwhile."""
        workspace_id = command.workspace_id
        document = await self._store.document(workspace_id, command.document_id)
        if document is None:
            text = "The document is no longer stored. Parse it again."
            raise InvalidTemplate("psd.no_document", text, command.document_id)
        before = await self._before(command)
        if before is not None and before.changes == command.changes:
            found = _as_before(before)  # it has another name
        else:
            with self._jobs.begin(command.file_name) as job:
                found = await self._found(command, document, job)
        template = _template(command, before, found, document.name_encoding)
        if not await self._store.templates.save(template, command.run):
            raise _changed(command)
        return with_fonts(template, await self._store.fonts.all(workspace_id))

    async def _before(self, command: DefineTemplate) -> Template | None:
        """The revision that this changes. Raises InvalidTemplate where it is gone."""
        if command.revision == 1:
            return None
        found = await self._store.templates.get(
            command.workspace_id, command.template_id, command.revision - 1
        )
        if found is None:
            raise _changed(command)
        return found

    async def _found(
        self, command: DefineTemplate, document: Document, job: Job
    ) -> Definition:
        missing = file_missing(command.file_id)
        source = await job.fetch(command.file_key, "source", missing)
        return await job.run(
            _DEFINE,
            source,
            command.changes,
            (),  # the workspace's own are looked for whenever it is read
            self._limits,
            document.name_encoding,
        )


def _as_before(before: Template) -> Definition:
    return Definition(
        slots=tuple(before.slots),
        width=before.width,
        height=before.height,
        warnings=tuple(before.warnings),
    )


def _template(
    command: DefineTemplate,
    before: Template | None,
    found: Definition,
    name_encoding: str | None,
) -> Template:
    now = utc_now()
    return Template(
        template_id=command.template_id,
        document_id=command.document_id,
        workspace_id=command.workspace_id,
        task_id=command.task_id,
        file_id=command.file_id,
        file_key=command.file_key,
        file_name=command.file_name,
        file_sha256=command.file_sha256,
        name_encoding=name_encoding,
        name=command.name,
        slots=list(found.slots),
        width=found.width,
        height=found.height,
        revision=command.revision,
        created_at=now if before is None else before.created_at,
        changed_at=now,
        warnings=list(found.warnings),
        changes=command.changes,
    )


def _changed(command: DefineTemplate) -> InvalidTemplate:
    text = (
        "The template was changed or deleted meanwhile. GET it, look at what is new, "
        "and send the change again."
    )
    return InvalidTemplate("template.changed_meanwhile", text, command.template_id)
