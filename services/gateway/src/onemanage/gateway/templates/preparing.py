"""What a picture is made into before it goes into its slot, by imaging."""

import base64
import re

from onemanage.gateway.images.addresses.planning import Asked

_AS_IT_IS = "f_png"
"""Of an address, which imaging alone fetches."""
_SAYS_A_FORMAT = re.compile(r"(?:^|[,/])f_")


def source_of(url: str) -> str:
    """An outside address as images by address name it."""
    coded = base64.urlsafe_b64encode(url.encode()).decode()
    return f"url_{coded.rstrip('=')}"


def recipe_of(prepare: str, is_address: bool) -> str:
    """Empty where the picture is used as it is."""
    return prepare or (_AS_IT_IS if is_address else "")


def asked(source: str, recipe: str) -> Asked:
    """As images by address ask for it."""
    return Asked(source=source, recipe=recipe, ending=ending(recipe), accepted=None)


def ending(recipe: str) -> str | None:
    """What the picture is written as where the recipe does not say."""
    return None if _SAYS_A_FORMAT.search(recipe) else "png"
