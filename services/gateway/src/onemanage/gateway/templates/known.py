"""Templates that routes look up before they do anything with them."""

from onemanage.contracts.psd.templates import GetTemplate, Template
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.platform.messaging.queries import ask


async def known_template(
    gateway: Gateway, caller: Caller, template_id: str
) -> Template:
    """In its latest revision. Raises QueryFailed where the workspace has none of this
    id."""
    query = GetTemplate(workspace_id=caller.workspace_id, template_id=template_id)
    return await ask(gateway.nats, query, Template)
