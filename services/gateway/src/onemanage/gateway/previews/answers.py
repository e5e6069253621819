"""Previews -> HTTP answers, each with its link."""

from typing import Any

from onemanage.contracts.previews.previews import Preview
from onemanage.gateway.http.answers import renamed
from onemanage.gateway.previews.links import PreviewLinks


def preview(found: Preview, workspace_id: str, links: PreviewLinks) -> dict[str, Any]:
    """With its link; ``document_id`` is null where it is of a data set."""
    fields = renamed(found, "preview_id") | {"url": links.make(workspace_id, found)}
    fields["document_id"] = found.document_id or None
    return fields
