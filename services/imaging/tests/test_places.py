"""Where a picture was taken: kept and told only for whoever asks."""

from pathlib import Path

from onemanage.contracts.base import new_id
from onemanage.contracts.imaging.images import AnalyzeImage
from onemanage.imaging.service import ImagingService
from onemanage.imaging.store import Store
from onemanage.platform.storage.storage import Storage

from .conftest import WORKSPACE, Order, silent
from .samples import photo, saved
from .test_domain_metadata import XMP, camera


async def test_a_place_is_kept_only_while_it_is_asked_for(
    service: ImagingService, storage: Storage, store: Store, tmp_path: Path
) -> None:
    data = saved(tmp_path / "a", photo(), "JPEG", exif=camera(), xmp=XMP).read_bytes()
    key = f"files/{WORKSPACE}/fil_1/source"
    await storage.put_bytes(key, data, "image/jpeg")
    seen = []
    for include in ([], ["place"], []):
        command = AnalyzeImage(
            task_id=new_id("tsk"),
            workspace_id=WORKSPACE,
            file_id="fil_1",
            file_key=key,
            file_name="a.jpg",
            include=include,  # type: ignore[arg-type]  # of the one word there is
        )
        await service.analyze(command)
        asset = await store.asset(WORKSPACE, "fil_1")
        assert asset is not None and asset.analysis.shot is not None
        assert asset.analysis.shot.model == "Phone 5"
        seen.append(asset.analysis.place)
    assert seen[0] is None and seen[2] is None
    assert seen[1] is not None and seen[1].city == "Gmund"


async def test_metadata_goes_on_from_the_stored_file_into_the_stored_image(
    service: ImagingService, storage: Storage, order: Order, tmp_path: Path
) -> None:
    data = saved(tmp_path / "a", photo(), "JPEG", exif=camera(), xmp=XMP).read_bytes()
    output = {"format": "webp", "metadata": "copyright", "credit": "Shop"}
    command = await order({"variants": [{"output": output}]}, data)
    made = await service.transform(command, silent)
    stored = await storage.get_bytes(made.variants[0].object_key)
    assert "© Ada".encode() in stored and b"Shop" in stored
    assert b"Phone 5" not in stored and b"Gmund" not in stored
