"""What can be wrong with an image or its recipe. All invalid input: never retry."""

from onemanage.contracts.invalid_input import InvalidInput

HEAVY = "imaging.heavy"
"""Of what is refused by the quick way alone."""


class InvalidImage(InvalidInput):
    """A source that cannot be read, or cannot become what was asked for.

    ``code`` is stable, for programs:

    ``imaging.empty``          the file has no bytes
    ``imaging.unsupported``    no format that is read here
    ``imaging.truncated``      the file ends too early
    ``imaging.damaged``        its format is known, its content cannot be read
    ``imaging.too_large``      too many bytes, pixels, frames or elements
    ``imaging.unsafe``         an SVG with scripts, a DTD or references elsewhere
    ``imaging.encrypted``      a PDF that needs a password
    ``imaging.no_such_page``   a page or moment that the file does not have
    ``imaging.impossible``     an operation that this image does not allow
    ``imaging.no_font``        text in a script that no font at hand has
    ``imaging.invalid_lut``    a colour table that is no .cube file, or a damaged one
    ``imaging.cannot_fit``     no quality makes the file as small as was asked for
    ``imaging.heavy``          it takes longer than one would wait for it

    ``where`` is the place: a section of the file, or a JSON pointer into the recipe.
    """


def heavy_text(seconds: float) -> str:
    """What to do instead."""
    return (
        f"Making the image takes more than {seconds:g} s, too much to wait for. Order "
        "it as a transformation, and use the address of what that makes."
    )
