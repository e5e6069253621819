"""One picture of a template, made at once for whoever waits, and promised to nobody.

Asked by the gateway, answered by psd's workers with a ``MadeImage``, as imaging answers.
"""

from onemanage.contracts.base import QuickQuestion
from onemanage.contracts.psd.templates import RenderOutput, SlotValue

RENDERS = "renders/"
"""Where all kept pictures are, as ``renders/<workspace>/<template>/<render>``."""
MISSING_FONTS = ("fail", "substitute")


class FillTemplate(QuickQuestion, frozen=True, kw_only=True):
    """Put values into the slots of a template and write the picture."""

    template_id: str
    revision: int
    values: dict[str, SlotValue] = {}
    """By slot; the others show what the document has."""
    output: RenderOutput = RenderOutput()
    missing_fonts: str = "fail"
    """fail, or substitute: others are taken, and a warning names them."""
    store_key: str
    """Where the picture is kept, if it is."""
    is_kept: bool = False
    """Else it is stored where it does not fit into an answer, and nowhere otherwise."""
    fingerprint: str = ""
    """Of what was asked for, kept in the metadata of the picture."""


def renders_prefix(workspace_id: str, template_id: str) -> str:
    """Where the kept pictures of a template are."""
    return f"{RENDERS}{workspace_id}/{template_id}/"
