"""Documents and layers in HTTP answers."""

from pydantic import Field

from onemanage.contracts.psd.documents import Document, ImageFile, Layer
from onemanage.contracts.psd.manifest import EmbeddedFile
from onemanage.contracts.psd.search import FoundLayer
from onemanage.gateway.http.shown import Answer, list_of


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
