"""Messages that fit their contracts, for tests and benches."""

from datetime import UTC, datetime

from onemanage.contracts.base import new_id, utc_now
from onemanage.contracts.previews.previews import Preview
from onemanage.contracts.psd.documents import Document, ParseExport


def parse_command(file_name: str = "a.psd") -> ParseExport:
    """A task of its own; what it does there is up to the worker of the test."""
    return ParseExport(
        task_id=new_id("tsk"),
        workspace_id="wsp_1",
        document_id="doc_1",
        file_id="fil_1",
        file_key="files/1",
        file_name=file_name,
    )


def document(command: ParseExport) -> Document:
    """A result of this command that its event can carry."""
    return Document(
        document_id=command.document_id,
        workspace_id=command.workspace_id,
        file_id=command.file_id,
        task_id=command.task_id,
        name=command.file_name,
        format="psd",
        width=1,
        height=1,
        color_mode="rgb",
        depth=8,
        icc_profile=None,
        layer_count=0,
        image_count=0,
        manifest_key="",
        composite=None,
        composite_source=None,
        created_at=utc_now(),
    )


def preview(preview_id: str, name: str = "Composite") -> Preview:
    """The same one each time, so that two can be compared."""
    return Preview(
        preview_id=preview_id,
        document_id="doc_1",
        layer_id=None,
        name=name,
        width=1,
        height=1,
        size=1,
        media_type="image/png",
        sha256="",
        object_key="k",
        expires_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
