"""Texts with other words: which styles these take."""

from dataclasses import replace

from onemanage.psd.domain.typesetting.styled import (
    ParagraphStyle,
    Run,
    Style,
    StyledText,
)

PLAIN, BOLD = Style(font="Plain"), Style(font="Bold")
RIGHT = ParagraphStyle(align="right")
OFFER = StyledText(
    runs=(Run("Only ", PLAIN), Run("{{price}}", BOLD), Run(" today\nEnd", PLAIN)),
    paragraphs=(ParagraphStyle(), RIGHT),
)


def test_a_value_takes_the_style_of_its_tag() -> None:
    found = OFFER.with_values({"{{price}}": "9.99"})
    assert found.text == "Only 9.99 today\nEnd"
    assert [(x.text, x.style.font) for x in found.runs] == [
        ("Only ", "Plain"),
        ("9.99", "Bold"),
        (" today\nEnd", "Plain"),
    ]


def test_a_tag_in_several_styles_gives_its_value_the_first() -> None:
    runs = (Run("a {{", BOLD), Run("x}} b", PLAIN))
    found = replace(OFFER, runs=runs).with_values({"{{x}}": "1"})
    assert [(x.text, x.style.font) for x in found.runs] == [
        ("a 1", "Bold"),
        (" b", "Plain"),
    ]


def test_every_place_of_a_tag_is_filled_and_a_value_is_never_a_tag() -> None:
    text = replace(OFFER, runs=(Run("{{a}}{{b}}{{a}}", PLAIN),))
    assert text.with_values({"{{a}}": "{{b}}", "{{b}}": "!"}).text == "{{b}}!{{b}}"


def test_a_longer_tag_goes_before_one_that_it_begins_with() -> None:
    text = replace(OFFER, runs=(Run("%name%s", PLAIN),))
    assert text.with_values({"%name%": "x", "%name%s": "y"}).text == "y"


def test_new_paragraphs_take_the_style_of_the_tags_paragraph() -> None:
    found = OFFER.with_values({"{{price}}": "1\r\n2\r3"})
    assert found.text == "Only 1\n2\n3 today\nEnd"
    assert [x.align for x in found.paragraphs] == ["left", "left", "left", "right"]


def test_a_value_without_letters_leaves_the_rest() -> None:
    assert OFFER.with_values({"{{price}}": ""}).text == "Only  today\nEnd"


def test_another_text_takes_the_styles_of_the_paragraphs_in_order() -> None:
    runs = (Run("Title\n", BOLD), Run("text", PLAIN))
    found = replace(OFFER, runs=runs).with_text("A\nB\nC")
    assert [(x.text, x.style.font) for x in found.runs] == [
        ("A\n", "Bold"),
        ("B\nC", "Plain"),
    ]
    assert [x.align for x in found.paragraphs] == ["left", "right", "right"]


def test_no_text_keeps_a_style_for_what_comes_later() -> None:
    found = OFFER.with_text("").with_text("again")
    assert [(x.text, x.style.font) for x in found.runs] == [("again", "Plain")]


def test_ends_of_lines_are_told_apart_and_written_as_users_do() -> None:
    found = OFFER.with_text("a\x03b\u2028c\rd")
    assert (found.text, found.plain) == ("a\u2028b\u2028c\nd", "a\nb\nc\nd")
    assert len(found.paragraphs) == 2


def test_a_colour_is_that_of_all_runs() -> None:
    found = OFFER.with_color((1, 2, 3))
    assert {run.style.color for run in found.runs} == {(1, 2, 3)}
    assert OFFER.fonts == ["Plain", "Bold"]
