"""Documents are opened without what nobody has asked for.

psd-tools reads and parses a document whole: every channel of every layer, the merged
image, every block, value by value. Of a file of two gigabytes that is more than a child
may have, and of a small one it is most of the time. Opened here, pixels and blocks of
many bytes are noted as places in the file, and everything else is parsed when it is
looked at (records.py, blocks.py); what is looked at is in the page cache.

What comes out is psd-tools' own document, of its own classes; it is pinned to its minor
version.
"""

from pathlib import Path
from typing import BinaryIO

from psd_tools import PSDImage

from onemanage.psd.domain.blocks import Parsing, Resources
from onemanage.psd.domain.notes import keep_notes
from onemanage.psd.domain.places import StoredFile
from onemanage.psd.domain.records import read_document


def open_lazily(path: Path, file: BinaryIO) -> PSDImage:
    """psd-tools' document; ``file`` is ``path`` opened, to see where reading has ended.

    The file must stay where it is. Raises what psd-tools does.
    """
    parsing = Parsing()
    document = PSDImage(read_document(file, StoredFile(path), parsing))
    keep_notes(document, parsing.notes)
    return document


def parsing_of(document: PSDImage) -> Parsing | None:
    """What came of parsing what was asked for so far; None where it was not opened so."""
    resources = document.image_resources
    return resources.parsing if isinstance(resources, Resources) else None
