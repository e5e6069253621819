"""Reads as much as can be had of a document that psd-tools refuses.

Each image resource, layer record, block and channel is read by itself. What is not
known is taken as what is usual, what cannot be read is left out, and both are noted.
"""

import io
import os
from typing import BinaryIO

from psd_tools import PSDImage
from psd_tools.psd import PSD
from psd_tools.psd.color_mode_data import ColorModeData
from psd_tools.psd.header import FileHeader
from psd_tools.psd.image_data import ImageData
from psd_tools.psd.image_resources import ImageResource, ImageResources
from psd_tools.psd.layer_and_mask import LayerAndMaskInformation
from psd_tools.psd.parse_limits import ParseLimitError

from onemanage.psd.domain.notes import Notes
from onemanage.psd.domain.places import LeftImageData, Place, StoredFile, left
from onemanage.psd.domain.salvage import Salvage
from onemanage.psd.domain.salvage_records import bytes_at
from onemanage.psd.domain.sections import RESOURCES, Sections

_MOST = 50
"""Image resources that may fail until the others are given up."""


def read_in_parts(
    file: BinaryIO, stored: StoredFile, found: Sections, notes: Notes, max_layers: int
) -> PSDImage:
    """The document without what cannot be read; ``notes`` are told what that is.

    Raises ParseLimitError, MemoryError, and OSError.
    """
    file.seek(0)
    header, mode = FileHeader.read(file), ColorModeData.read(file)
    resources = _resources(file, found, notes)
    salvage = Salvage(file, stored, header.version, header.depth, notes, max_layers)
    layers = salvage.information(found.layers, found.layers_end)
    merged = _merged(stored, found.merged, file.seek(0, os.SEEK_END))
    record = PSD(header, mode, resources, layers, merged)
    try:
        return PSDImage(record)
    except Exception as error:  # of records that contradict each other, anything
        notes.document.append(f"The layers cannot be put together: {error}")
        record.layer_and_mask_information = LayerAndMaskInformation()
        return PSDImage(record)


def _merged(stored: StoredFile, position: int, size: int) -> ImageData:
    """Of an unknown compression it says so when it is asked for."""
    return left(LeftImageData, Place(stored, position, size - position))


def _resources(file: BinaryIO, found: Sections, notes: Notes) -> ImageResources:
    """Each by itself; after one that is damaged from the next that can be told."""
    data = bytes_at(file, found.resources, found.resources_end - found.resources)
    items, position, failed, stream = [], 0, 0, io.BytesIO(data)
    while 0 <= position <= len(data) - 12:
        key = int.from_bytes(data[position + 4 : position + 6])
        stream.seek(position)
        try:
            if data[position : position + 4] not in RESOURCES:
                raise ValueError("it does not begin as one")
            item = ImageResource.read(stream)
        except (ParseLimitError, MemoryError):
            raise
        except Exception as error:  # psd-tools raises anything
            notes.document.append(f"Image resource {key} cannot be read: {error}")
            failed += 1
            position = _next_resource(data, position) if failed < _MOST else -1
        else:
            items.append((item.key, item))
            position = stream.tell()
    return ImageResources(items)  # type: ignore[arg-type]  # pairs, as psd-tools passes


def _next_resource(data: bytes, position: int) -> int:
    """After the length of this one if there is another; else wherever the next is that
    begins as most do; -1 without any."""
    name = (data[position + 6] + 2) // 2 * 2
    length = int.from_bytes(data[position + 6 + name : position + 10 + name])
    after = position + 10 + name + length + length % 2
    if data[after : after + 4] in RESOURCES:
        return after
    return data.find(RESOURCES[0], position + 4)
