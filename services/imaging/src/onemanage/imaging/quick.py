"""The quick way: one image for whoever waits for it, by a worker, without a task."""

import msgspec

from onemanage.contracts.imaging.quick import INLINE_BYTES, MadeImage, MakeImage
from onemanage.imaging.domain.results import VariantResult
from onemanage.imaging.fetching import Fetcher
from onemanage.imaging.images import fetch_image, fetch_named
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.invalid_input import Words
from onemanage.platform.sandbox.job import Jobs
from onemanage.platform.sandbox.sandbox import Sandbox, made_in
from onemanage.platform.storage.storage import Storage

_WORDS = Words("imaging", "Making the image", "order it as a transformation")
_SECONDS = 5.0

_RUN_RECIPE = ChildFunction(
    "onemanage.imaging.domain.pipeline:run_recipe", list[VariantResult]
)


class QuickImages:
    """Of one worker process."""

    def __init__(self, storage: Storage, sandbox: Sandbox, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._jobs = Jobs(storage, sandbox, _WORDS, _SECONDS)

    async def make(self, question: MakeImage) -> MadeImage:
        """Raises InvalidInput."""
        source = question.source
        with self._jobs.begin(source.name) as job:
            if source.url is not None:
                path = job.folder / "source"
                await self._fetcher.fetch(
                    source.url, path, source.sealed_url, question.workspace_id
                )
            else:
                assert source.object_key is not None  # the gateway gives one of the two
                path = await fetch_image(job, source.object_key, source.name)
            watermarks = await fetch_named(job, question.watermarks)
            (made,) = await job.run(
                _RUN_RECIPE, path, question.recipe, job.out, watermarks
            )
            data = made_in(job.out, made.path).read_bytes()
        await self._jobs.storage.put_bytes(question.store_key, data, made.media_type)
        image = MadeImage(
            media_type=made.media_type,
            width=made.width,
            height=made.height,
            size=made.size,
            sha256=made.sha256,
            frames=made.frames,
            warnings=list(made.warnings),
        )
        if len(data) > INLINE_BYTES:
            return msgspec.structs.replace(image, object_key=question.store_key)
        return msgspec.structs.replace(image, data=data)
