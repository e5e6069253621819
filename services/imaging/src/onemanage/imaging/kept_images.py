"""Images that were made at once and are kept in storage: how they go again.

No row tells of them. They go with the source in whose folder they are, and by age, so
that there is an end to what many recipes of one source leave.
"""

from collections.abc import Iterable

from onemanage.contracts.imaging.quick import images_prefix
from onemanage.platform.process.gather import gather_few
from onemanage.platform.storage.storage import Storage

_AT_ONCE = 4


async def discard_images(
    storage: Storage, workspace_id: str, sources: Iterable[str]
) -> None:
    """What was made of these sources, by their ids. To be called once they are gone:
    whoever stores an image looks for its source afterwards, and finds it no more."""

    async def discard(source: str) -> None:
        prefix = images_prefix(workspace_id, source)
        while found := await storage.keys(prefix, 1000):
            await storage.delete(found)

    await gather_few(discard, [(source,) for source in sources], _AT_ONCE)
