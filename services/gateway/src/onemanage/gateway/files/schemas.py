"""Files in HTTP bodies."""

from pydantic import Field

from onemanage.contracts.base import example_id
from onemanage.gateway.http.ids import NamedFile
from onemanage.gateway.http.schemas import Body
from onemanage.gateway.http.shown import Answer, list_of
from onemanage.gateway.store import FileRow


class FileReference(Body):
    """A file that was uploaded before."""

    file_id: NamedFile


class FileOut(Answer, of=FileRow):
    """An uploaded file."""

    url: str = Field(
        description="Of its bytes.",
        examples=[f"/v1/files/{example_id('fil')}/content"],
    )


FileList = list_of(FileOut)
