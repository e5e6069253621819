"""Templates -> HTTP answers."""

from typing import Any

from onemanage.contracts.psd.templates import Template
from onemanage.gateway.templates.schemas import TemplateOut


def template(found: Template) -> dict[str, Any]:
    """A template as the API shows it."""
    at = f"/v1/templates/{found.template_id}/renders"
    return TemplateOut.shown(found, renders_url=at)
