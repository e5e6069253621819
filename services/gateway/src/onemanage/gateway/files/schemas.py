"""Files in HTTP bodies."""

from datetime import datetime

from pydantic import BaseModel, Field

from onemanage.contracts.base import example_id
from onemanage.gateway.http.ids import NamedFile
from onemanage.gateway.http.schemas import Body


class FileReference(Body):
    """A file that was uploaded before."""

    file_id: NamedFile


class FileOut(BaseModel):
    id: str = Field(examples=["fil_" + "0" * 32])
    name: str = Field(examples=["poster.psd"])
    size: int = Field(description="Bytes.", examples=[1048576])
    sha256: str
    media_type: str = Field(examples=["image/vnd.adobe.photoshop"])
    created_at: datetime | None
    url: str = Field(
        description="Of its bytes.", examples=[f"/v1/files/{example_id('fil')}/content"]
    )
