"""One kind of error out of whatever a decoder makes of a damaged file."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from onemanage.imaging.domain.headers import Header
from onemanage.imaging.domain.picture import Limits
from onemanage.imaging.errors import InvalidImage

_ENDS_EARLY = ("truncated", "premature end", "unexpected end", "end of file", "eof")


@contextmanager
def clear_errors(name: str) -> Iterator[None]:
    """Raises InvalidImage for what a decoder of ``name`` raises; lets pass MemoryError,
    which the sandbox reports as the limit that it is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of metadata that nobody reads here
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except (InvalidImage, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidImage(
            "imaging.too_large",
            "The image has more pixels than are allowed. Send it smaller.",
            "header",
        ) from error
    except (
        Exception
    ) as error:  # decoders raise anything: OSError, SyntaxError, struct.error, their own
        raise _explained(error, name) from error
    except BaseException as error:  # a panic of a decoder in Rust is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise _explained(error, name) from error


def check_size(header: Header, limits: Limits, where: str = "header") -> None:
    """Raises InvalidImage where one image of the source is over the limits."""
    width, height = header.width, header.height
    if width < 1 or height < 1:
        text = f"The image has no area: its header says {width} x {height} pixels."
        raise InvalidImage("imaging.damaged", text, where)
    if max(width, height) > limits.side or width * height > limits.pixels:
        text = (
            f"The image has {width} x {height} pixels; at most {limits.side} on a side "
            f"and {limits.pixels} in all are allowed. Send it smaller."
        )
        raise InvalidImage("imaging.too_large", text, where)


def _explained(error: BaseException, name: str) -> InvalidImage:
    text = str(error).lower()
    if "insufficient memory" in text or "out of memory" in text:
        raise MemoryError from error
    if isinstance(error, EOFError) or any(words in text for words in _ENDS_EARLY):
        return InvalidImage(
            "imaging.truncated", f"The {name} file ends too early.", "content"
        )
    detail = " ".join(str(error).split())[:200]
    return InvalidImage(
        "imaging.damaged",
        f"The {name} file cannot be read: {type(error).__name__} {detail}".rstrip(),
        "content",
    )
