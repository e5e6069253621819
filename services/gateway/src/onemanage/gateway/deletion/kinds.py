"""What can be deleted, and which service does it."""

from typing import Any

import msgspec

from onemanage.contracts.deletion import FILE, FindDependents
from onemanage.contracts.imaging.deletion import (
    ANALYSIS,
    BACKGROUND,
    BATCH,
    DELETE_FROM_IMAGING,
    TRANSFORMATION,
    FindImagingDependents,
)
from onemanage.contracts.imports.deletion import (
    DELETE_FROM_DATA_IMPORT,
    EXPORT,
    PLAN,
    REJECTS,
    FindDataImportDependents,
)
from onemanage.contracts.previews.deletion import (
    DELETE_FROM_PREVIEW,
    PREVIEW,
    FindPreviewDependents,
)
from onemanage.contracts.psd.deletion import (
    DELETE_FROM_PSD,
    DIFF,
    DOCUMENT,
    FONT,
    MERGE,
    RENDITION,
    TEMPLATE,
    FindPsdDependents,
)
from onemanage.contracts.task import Task


class Service(msgspec.Struct, frozen=True):
    """How one is told to delete, and asked what depends on something."""

    task: Task[Any, Any]
    question: type[FindDependents]


PSD = Service(DELETE_FROM_PSD, FindPsdDependents)
IMAGING = Service(DELETE_FROM_IMAGING, FindImagingDependents)
DATA_IMPORT = Service(DELETE_FROM_DATA_IMPORT, FindDataImportDependents)
PREVIEWS = Service(DELETE_FROM_PREVIEW, FindPreviewDependents)

SERVICES: dict[str, Service] = {
    FILE: IMAGING,
    DOCUMENT: PSD,
    RENDITION: PSD,
    DIFF: PSD,
    TEMPLATE: PSD,
    FONT: PSD,
    MERGE: PSD,
    TRANSFORMATION: IMAGING,
    BACKGROUND: IMAGING,
    ANALYSIS: IMAGING,
    BATCH: IMAGING,
    PLAN: DATA_IMPORT,
    REJECTS: DATA_IMPORT,
    EXPORT: DATA_IMPORT,
    PREVIEW: PREVIEWS,
}
"""By kind: who carries it out."""
BEFORE_A_FILE = (PSD, DATA_IMPORT)
"""Have to let go of what they made of a file before it goes itself."""
BEFORE_A_WORKSPACE = (PSD, DATA_IMPORT, PREVIEWS)
"""Then imaging, which deletes every object."""
ASKED_ABOUT_A_FILE = (PSD, IMAGING, DATA_IMPORT)
