"""What can be wrong with a picture that is to be shown. Invalid input: never retry."""

from onemanage.contracts.invalid_input import InvalidInput


class InvalidPicture(InvalidInput):
    """A picture that cannot be cut into tiles, in words for the person who asked.

    ``code`` is stable, for programs: ``preview.unsupported``, ``preview.damaged``,
    ``preview.too_many_pixels``.
    """
