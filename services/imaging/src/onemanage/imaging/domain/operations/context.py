"""What operations have besides the picture and their own parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from onemanage.imaging.domain.arrays import Values
from onemanage.imaging.domain.cubes import Cube, InvalidCube, read_cube
from onemanage.imaging.domain.inputs import read_picture
from onemanage.imaging.domain.operations.subjects import subject_weights
from onemanage.imaging.domain.picture import Limits, Picture, Pixels
from onemanage.imaging.domain.spaces import in_profile
from onemanage.imaging.errors import InvalidImage


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    limits: Limits = Limits()
    watermarks: Mapping[str, Path] = field(default_factory=dict)
    """Files that operations need besides the image, by file id or address."""
    weights: Path | None = None
    """Of the network that finds subjects; None where it is not installed."""
    icc: bytes | None = None
    """Profile of the picture's colours; None for sRGB."""
    where: str | None = None
    """The operation at work, as a JSON pointer into the recipe."""
    read: dict[str, Picture] = field(default_factory=dict)
    """Watermarks decoded so far, with the colours of the picture."""
    subjects: dict[int, tuple[Pixels, Values]] = field(default_factory=dict)
    """What the network said of a frame, by its identity, which it keeps."""
    cubes: dict[str, Cube] = field(default_factory=dict)
    """Colour tables read so far."""

    def at(self, where: str) -> "Context":
        """The same, for the step at this pointer."""
        return replace(self, where=where)

    def file(self, file_id: str, field: str = "file_id") -> Path:
        """Where it lies, or what an address has. Raises InvalidImage, which points at the
        operation's field, where it is not given."""
        if file_id not in self.watermarks:
            text = f"There is no file {file_id} in this workspace."
            raise InvalidImage("imaging.impossible", text, f"{self.where}/{field}")
        return self.watermarks[file_id]

    def watermark(self, file_id: str, field: str = "file_id") -> Picture:
        """Read once, in the picture's colours. Raises InvalidImage where it is not given,
        or cannot be read."""
        path = self.file(file_id, field)
        if file_id not in self.read:
            try:
                is_wide = self.icc is not None
                found = read_picture(path, limits=self.limits, is_wide=is_wide)
            except InvalidImage as error:
                text = f"The watermark {file_id}: {error.message}"
                raise InvalidImage(error.code, text, self.where) from error
            self.read[file_id] = in_profile(found, self.icc)
        return self.read[file_id]

    def cube(self, file_id: str) -> Cube:
        """Read once. Raises InvalidImage where it is not given, or cannot be read."""
        path = self.file(file_id)
        if file_id not in self.cubes:
            try:
                self.cubes[file_id] = read_cube(path)
            except InvalidCube as error:
                text = f"The table {file_id} cannot be read: {error}."
                raise InvalidImage(
                    "imaging.invalid_lut", text, f"{self.where}/file_id"
                ) from error
        return self.cubes[file_id]

    def subject(self, pixels: Pixels) -> Values | None:
        """How much of each pixel is the subject's, 0 to 1, on a smaller grid; None where
        there is no network. Asked once of the same pixels."""
        if self.weights is None:
            return None
        key = id(pixels)
        if key not in self.subjects:
            self.subjects[key] = pixels, subject_weights(pixels, self.weights)
        return self.subjects[key][1]

    def check_area(self, width: float, height: float) -> None:
        """Raises InvalidImage where a picture would be over the limits."""
        most, side = self.limits.pixels, self.limits.side
        if width * height > most or max(width, height) > side:
            text = (
                f"This makes an image of {width:.0f} x {height:.0f} pixels; at most {side} "
                f"on a side and {most} in all are allowed. Make it smaller."
            )
            raise InvalidImage("imaging.too_large", text, self.where)
