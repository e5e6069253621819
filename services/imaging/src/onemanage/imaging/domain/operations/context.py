"""What operations have besides the picture and their own parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from onemanage.imaging.domain.cubes import Cube, InvalidCube, read_cube
from onemanage.imaging.domain.inputs import read_picture
from onemanage.imaging.domain.picture import Limits, Picture
from onemanage.imaging.errors import InvalidImage


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    limits: Limits = Limits()
    watermarks: Mapping[str, Path] = field(default_factory=dict)
    """Files that operations need besides the image, by file id."""
    where: str | None = None
    """The operation at work, as a JSON pointer into the recipe."""
    read: dict[str, Picture] = field(default_factory=dict)
    """Watermarks decoded so far."""
    cubes: dict[str, Cube] = field(default_factory=dict)
    """Colour tables read so far."""

    def at(self, where: str) -> "Context":
        """The same, for the step at this pointer."""
        return replace(self, where=where)

    def file(self, file_id: str, field: str = "file_id") -> Path:
        """Where it lies. Raises InvalidImage, which points at the operation's field, where
        it is not given."""
        if file_id not in self.watermarks:
            text = f"There is no file {file_id} in this workspace."
            raise InvalidImage("imaging.impossible", text, f"{self.where}/{field}")
        return self.watermarks[file_id]

    def watermark(self, file_id: str) -> Picture:
        """Read once. Raises InvalidImage where it is not given, or cannot be read."""
        path = self.file(file_id)
        if file_id not in self.read:
            try:
                found = read_picture(path, limits=self.limits)
            except InvalidImage as error:
                text = f"The watermark {file_id}: {error.message}"
                raise InvalidImage(error.code, text, self.where) from error
            self.read[file_id] = found
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

    def check_area(self, width: float, height: float) -> None:
        """Raises InvalidImage where a picture would be over the limits."""
        most, side = self.limits.pixels, self.limits.side
        if width * height > most or max(width, height) > side:
            text = (
                f"This makes an image of {width:.0f} x {height:.0f} pixels; at most {side} "
                f"on a side and {most} in all are allowed. Make it smaller."
            )
            raise InvalidImage("imaging.too_large", text, self.where)
