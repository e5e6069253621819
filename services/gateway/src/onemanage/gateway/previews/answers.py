"""Previews -> HTTP answers, each with its link."""

from typing import Any

from onemanage.contracts.previews.previews import Preview
from onemanage.gateway.previews.links import PreviewLinks
from onemanage.gateway.previews.schemas import PreviewOut


def preview(found: Preview, workspace_id: str, links: PreviewLinks) -> dict[str, Any]:
    """With its link; ``document_id`` is null where it is of a data set."""
    return PreviewOut.shown(
        found,
        document_id=found.document_id or None,
        url=links.make(workspace_id, found),
    )
