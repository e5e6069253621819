"""What can be wrong with a document. All of it is invalid input: never retry."""

from onemanage.contracts.invalid_input import InvalidInput


class InvalidDocument(InvalidInput):
    """A file that cannot be exported, in words for the person who sent it.

    ``code`` is stable, for programs: ``psd.empty``, ``psd.not_a_psd``,
    ``psd.truncated``, ``psd.damaged``, ``psd.too_large``; of renditions also
    ``psd.nothing_selected``, ``psd.no_image``, ``psd.too_many_images``. ``where`` is
    the place: a byte offset, a section, a layer.
    """
