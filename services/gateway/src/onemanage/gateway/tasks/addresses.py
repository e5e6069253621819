"""Where the images that a task has made are had: of its result, and of what it made."""

from typing import Any, NamedTuple

from onemanage.contracts.imaging.images import GENERATE_BACKGROUND, TRANSFORM
from onemanage.contracts.registry import AnyTask


class Images(NamedTuple):
    field: str
    """Of the result: its list of them."""
    at: str
    """What the address of the thing that was made begins with."""


IMAGES = {
    TRANSFORM.name: Images("variants", "/v1/images/transformations"),
    GENERATE_BACKGROUND.name: Images("images", "/v1/images/backgrounds"),
}
"""By task. Of all others a result shows no images with an address."""


def images_at(task: AnyTask, own_id: str) -> str:
    """What the address of each image of ``own_id`` begins with; its name follows."""
    return f"{IMAGES[task.name].at}/{own_id}/images/"


def with_addresses(task: AnyTask, result: dict[str, Any]) -> dict[str, Any]:
    """The result as it is shown, and in each of its images a ``url``."""
    if task.name not in IMAGES:
        return result
    field, at = IMAGES[task.name].field, images_at(task, result["id"])
    shown = [image | {"url": at + image["name"]} for image in result[field]]
    return result | {field: shown}
