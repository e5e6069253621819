"""What cells of merges name, looked up in the workspace, or why there is none."""

from collections.abc import Iterator
from contextlib import contextmanager

from onemanage.contracts.imaging.layer_checks import address_fault
from onemanage.contracts.psd.merge_pictures import FoundPicture, NamedPicture
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.images.addresses.planning import Planner
from onemanage.gateway.images.addresses.sources import Source
from onemanage.gateway.templates.preparing import asked, recipe_of, source_of
from onemanage.platform.messaging.queries import QueryFailed

NO_PICTURE = "merge.no_picture"
_ADDRESSES = ("http://", "https://")


class NoPicture(Exception):
    """Whoever wrote the cell is told the code and the message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


async def named(planner: Planner, workspace_id: str, name: str) -> Source:
    """What is another workspace's is not there. Raises NoPicture, and QueryFailed where
    whoever knows cannot say."""
    if _is_address(name) and (fault := address_fault(name)):
        text = f"The address {fault}."  # and is not repeated: it may hold a secret
        raise NoPicture("image.bad_address", text)
    with _as_no_picture(name):
        return await planner.sources.find(workspace_id, _text(name))


async def found(
    planner: Planner, workspace_id: str, picture: NamedPicture
) -> FoundPicture:
    """As it is, or what imaging is to make of it; why there is neither."""
    try:
        source = await named(planner, workspace_id, picture.name)
        recipe = recipe_of(picture.prepare, source.is_outside)
        if not recipe:
            return FoundPicture(source=source.quick)
        with _as_no_picture(picture.name):
            wanted = asked(_text(picture.name), recipe)
            plan = await planner.planned(workspace_id, source, wanted)
            question = await planner.question(workspace_id, source, plan)
            return FoundPicture(make=question)
    except NoPicture as none:
        return FoundPicture(code=none.code, message=none.message)


@contextmanager
def _as_no_picture(name: str) -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        places = "; ".join(one["detail"] for one in problem.errors or [])
        code = NO_PICTURE if problem.status == 404 else problem.code
        raise NoPicture(code, places or problem.detail) from None
    except QueryFailed as failed:
        if failed.code != "not_found":
            raise
        text = f"There is no picture {name} in this workspace."
        raise NoPicture(NO_PICTURE, text) from None


def _is_address(name: str) -> bool:
    return name.lower().startswith(_ADDRESSES)


def _text(name: str) -> str:
    """As images by address have it."""
    return source_of(name) if _is_address(name) else name
