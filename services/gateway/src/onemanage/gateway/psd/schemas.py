"""Documents and layers in HTTP answers."""

from typing import Literal

from pydantic import Field

from onemanage.contracts.psd.documents import Document, ImageFile, Layer
from onemanage.contracts.psd.manifest import EmbeddedFile
from onemanage.contracts.psd.search import FoundLayer
from onemanage.gateway.files.schemas import FileReference
from onemanage.gateway.http.shown import Answer, list_of

NameEncoding = Literal[
    "utf-8",
    "cp874",
    "cp932",
    "cp936",
    "cp949",
    "cp950",
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp1258",
    "mac-roman",
    "mac-latin2",
    "mac-cyrillic",
    "mac-greek",
    "mac-turkish",
]
NAME_ENCODING = (
    "In which encoding to read names that have no Unicode form, as old programs and "
    "some painters' write them. It is guessed of all of them together where not said."
)


class DocumentRequest(FileReference):
    """A document that was uploaded before."""

    name_encoding: NameEncoding | None = Field(
        default=None, description=NAME_ENCODING, examples=["cp936"]
    )


class ImageOut(Answer, of=ImageFile):
    """An image, without its address."""


class DocumentOut(Answer, of=Document, own_id="document_id"):
    """A parsed document, without its layers."""


class LayerOut(Answer, of=Layer, own_id="layer_id"):
    """One layer or group. Boxes are in canvas pixels and may lie outside the canvas."""


class LayerDetailsOut(LayerOut):
    """One layer with its details."""


class FoundLayerOut(Answer, of=FoundLayer):
    layer: LayerOut


class EmbeddedFileOut(Answer, of=EmbeddedFile, without=("path",)):
    id: str | None = Field(description="null where it is not in the document itself.")
    url: str | None


DocumentList = list_of(DocumentOut)
LayerList = list_of(LayerOut)
FoundLayerList = list_of(FoundLayerOut)
EmbeddedFileList = list_of(EmbeddedFileOut)
