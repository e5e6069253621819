"""What can be wrong with a document. All of it is invalid input: never retry."""

from onemanage.contracts.invalid_input import InvalidInput


class InvalidDocument(InvalidInput):
    """A file that cannot be exported, in words for the person who sent it.

    ``code`` is stable, for programs: ``psd.empty``, ``psd.not_a_psd``,
    ``psd.truncated``, ``psd.damaged``, ``psd.too_large``; of renditions also
    ``psd.nothing_selected``, ``psd.no_image``, ``psd.too_many_images``. ``where`` is
    the place: a byte offset, a section, a layer.
    """


class InvalidTemplate(InvalidInput):
    """A document that is no template, or a change of its slots that cannot be.

    ``code`` is ``template.`` and no_slots, too_many_slots, unknown_slot, name_taken,
    bad_name, unknown_layer, wrong_layer, wrong_kind or changed_meanwhile; or
    ``psd.no_document``; or what a value is refused for. ``where`` is the slot, or the
    layer.
    """


class DoesNotFit(InvalidInput):
    """A text that is too long for its box, by the rules of who sent it.

    ``psd.text_does_not_fit``; the message says how long the text is and what to do.
    """


class InvalidFont(InvalidInput):
    """A file that is no font, or is damaged: ``psd.bad_font``; and one that is not kept:
    ``font.too_large``, ``font.too_many``. ``where`` is its name.
    """
