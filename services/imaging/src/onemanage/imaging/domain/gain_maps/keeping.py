"""What becomes of a gain map when its picture is written."""

from dataclasses import replace

from onemanage.contracts.imaging.outputs import JpegOutput, Output
from onemanage.imaging.domain import spaces
from onemanage.imaging.domain.picture import Picture

_OTHER_COLORS = "it is one of the colours that the source has; ask for space source"


def wants_gain(output: Output) -> bool:
    """Whether it is to be kept."""
    return isinstance(output, JpegOutput) and output.gain_map == "keep"


def with_gain_said(picture: Picture) -> Picture:
    """With its gain map as a part of what its file says; or a warning that says why
    not, where it had one."""
    gain, lost = picture.gain, picture.gain_lost
    if gain is not None and gain.hangs_on_colors:
        if not spaces.are_near(gain.base, picture.icc):
            gain, lost = None, _OTHER_COLORS
    if gain is not None:
        second = gain.encoded(picture.width, picture.height)
        return replace(picture, says=replace(picture.says, gain_map=second))
    return picture.warned(f"The gain map is dropped: {lost}.") if lost else picture
