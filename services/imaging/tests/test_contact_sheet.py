"""The end of a batch, on real S3 and with the real child."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from onemanage.contracts.imaging.batches import FinishBatch, SheetImage
from onemanage.imaging.service import ImagingService
from onemanage.platform.storage.storage import Storage

from .conftest import WORKSPACE, silent
from .samples import saved


def _command(images: list[SheetImage]) -> FinishBatch:
    return FinishBatch(
        task_id="tsk_1",
        workspace_id=WORKSPACE,
        batch_id="bat_1",
        total=9,
        completed=len(images),
        failed=9 - len(images),
        images=images,
    )


async def test_a_contact_sheet_shows_each_image_in_its_place(
    service: ImagingService, storage: Storage, tmp_path: Path
) -> None:
    colors = [(200, 20, 20), (20, 160, 20), (20, 20, 200)]
    images = []
    for number, color in enumerate(colors):
        pixels = np.full((90, 120, 3), color, np.uint8)
        data = saved(tmp_path / "one", pixels, "PNG").read_bytes()
        await storage.put_bytes(f"artifacts/{number}", data, "image/png")
        images.append(SheetImage(object_key=f"artifacts/{number}", name="靴 shoe.png"))
    gone = SheetImage(object_key="artifacts/gone", name="gone.png")

    batch = await service.finish_batch(_command([*images[:2], gone, images[2]]), silent)

    assert batch.contact_sheet is not None
    assert (batch.total, batch.completed, batch.failed) == (9, 4, 5)
    data = await storage.get_bytes(batch.contact_sheet.object_key)
    with Image.open(io.BytesIO(data)) as sheet:
        pixels = np.asarray(sheet.convert("RGB")).astype(int)
    # Two columns of 200 pixels with 12 between, and the names below.
    for (x, y), color in zip([(112, 112), (324, 112), (112, 344)], colors, strict=True):
        assert np.abs(pixels[y, x] - color).max() < 30


async def test_a_batch_that_made_nothing_has_no_contact_sheet(
    service: ImagingService, storage: Storage
) -> None:
    batch = await service.finish_batch(_command([]), silent)

    assert batch.contact_sheet is None
    assert await storage.keys("artifacts/") == []
