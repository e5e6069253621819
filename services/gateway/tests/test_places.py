"""Where a picture was taken, over HTTP."""

from onemanage.contracts.base import utc_now
from onemanage.contracts.imaging.analysis import Analysis
from onemanage.contracts.imaging.images import AnalyzeImage, Asset
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import working

from .psd_samples import DOCUMENT, World


async def test_where_it_was_taken_is_asked_for_by_name(
    world: World, process_settings: ProcessSettings
) -> None:
    file_id = world.psd.documents[DOCUMENT].file_id
    seen: list[AnalyzeImage] = []

    async def analyze(command: AnalyzeImage) -> Asset:
        seen.append(command)
        return Asset(
            workspace_id=command.workspace_id,
            file_id=command.file_id,
            task_id=command.task_id,
            name=command.file_name,
            analysis=Analysis(
                width=3, height=2, format="jpeg", media_type="image/jpeg"
            ),
            created_at=utc_now(),
        )

    async with (
        working(process_settings, analyze, task_name="imaging.analyze"),
        world.client() as client,
    ):
        answers = [
            await client.post(
                "/v1/images/analyses",
                json={"file_id": file_id, "include": include},
                headers={"Prefer": "wait=20"},
            )
            for include in (["place"], ["owner"])
        ]
    assert [one.status_code for one in answers] == [200, 422]
    assert [one.include for one in seen] == [["place"]]
