"""Which operations a gain map can follow: those that move pixels and change none."""

from onemanage.contracts.imaging.operations.geometry import (
    Crop,
    CropAspect,
    CropTo,
    Flip,
    Resize,
    Rotate,
    Trim,
)
from onemanage.contracts.imaging.recipes import AnyOperation


def follows(operation: AnyOperation) -> bool:
    """Whether it does; around and beside the picture it says nothing."""
    match operation:
        case Crop() | CropAspect() | CropTo() | Trim() | Flip():
            return True
        case Resize():
            return operation.mode != "pad"
        case Rotate():
            return operation.angle % 90 == 0
    return False
