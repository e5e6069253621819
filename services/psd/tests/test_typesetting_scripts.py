"""Scripts other than Latin: direction, breaks, vertical lines, the fonts for them."""

import numpy as np
import pytest

from onemanage.psd.domain.typesetting.bidi import base_level, levels, visual_order
from onemanage.psd.domain.typesetting.setting import set_text
from onemanage.psd.domain.typesetting.styled import ParagraphStyle

from .typesetting_samples import BOX, height, shelf, styled, width


@pytest.mark.parametrize(
    ("text", "base", "expected"),
    [
        ("abc", 0, [0, 0, 0]),
        ("אבג", 1, [1, 1, 1]),
        ("a אב c", 0, [0, 0, 1, 1, 0, 0]),
        ("אב 12", 1, [1, 1, 1, 2, 2]),
        ("אב ab", 1, [1, 1, 1, 2, 2]),
        ("א(b)ג", 1, [1, 1, 2, 1, 1]),
        ("a(ב)c", 0, [0, 0, 1, 0, 0]),
        ("ع ١٢", 1, [1, 1, 2, 2]),
        ("a\u2067ב\u2069c", 0, [0, 0, 1, 0, 0]),
    ],
)
def test_levels_are_those_of_the_standard(
    text: str, base: int, expected: list[int]
) -> None:
    assert levels(text, base) == expected


def test_a_paragraph_runs_as_its_first_letter_does() -> None:
    assert [base_level(x) for x in ("123 א", "- a א", "\u2067א\u2069 a", "")] == [
        1,
        0,
        0,
        0,
    ]
    assert visual_order([0, 1, 1, 2, 0]) == [0, 3, 2, 1, 4]


def test_hebrew_runs_from_the_right() -> None:
    """Read in another order, both look the same: the letter is at the right."""
    done = set_text(styled("לxx"), shelf())
    turned = set_text(styled("xxל"), shelf())
    assert np.array_equal(done.rgba, turned.rgba)
    assert done.rgba[:3, -8:, 3].any() and not done.rgba[:3, :8, 3].any()


def test_arabic_letters_are_joined() -> None:
    joined = width(set_text(styled("ببب"), shelf()))
    apart = width(set_text(styled("ب\u200cب\u200cب"), shelf()))
    assert joined < 0.8 * apart


def test_lines_of_chinese_and_japanese_neither_begin_nor_end_with_what_may_not() -> (
    None
):
    text = "日本語の文章。「かぎ括弧」と、句読点（約物）は、行頭に来ない。" * 3
    for box in range(100, 300, 40):
        done = set_text(styled(text, (0, 0, box, 900)), shelf(), "grow")
        assert len(done.lines) > 4
        assert not {line[0] for line in done.lines} & set("。、」）")
        assert not {line[-1] for line in done.lines} & set("「（")


def test_a_document_adds_its_own_rules() -> None:
    text = styled("漢字漢字漢字漢字", (0, 0, 50, 300), no_line_start="字")
    assert all(line[0] == "漢" for line in set_text(text, shelf(), "grow").lines)


def test_vertical_lines_go_down_and_then_to_the_left() -> None:
    one = set_text(styled("縦書文字", orientation="vertical"), shelf())
    assert height(one) > 3 * width(one)
    assert one.box[0] < 100 < one.box[2]
    two = set_text(styled("縦書\n文字", orientation="vertical"), shelf())
    assert two.box[0] < one.box[0] - 15 and height(two) < height(one)


def test_latin_lies_on_its_side_in_vertical_lines() -> None:
    done = set_text(styled("ABCDEF", orientation="vertical"), shelf())
    assert height(done) > 3 * width(done)


def test_vertical_boxes_are_broken_and_shrink() -> None:
    box = (0.0, 0.0, 100.0, 120.0)
    done = set_text(
        styled("縦書きの文章です。" * 2, box, orientation="vertical"), shelf()
    )
    assert done.box[3] <= 222 and len(done.lines) >= 3
    smaller = set_text(
        styled("縦書きの文章です。" * 9, box, orientation="vertical"), shelf()
    )
    assert smaller.scale < 1 and smaller.box[0] >= 98


def test_letters_that_a_font_lacks_are_of_another_and_named() -> None:
    done = set_text(styled("Aあ한ไע"), shelf())
    assert any("does not have あ한ไ" in text for text in done.warnings)
    assert "No font has" not in " ".join(done.warnings)


def test_letters_that_no_font_has_are_named() -> None:
    done = set_text(styled("A\U00010400"), shelf())
    assert any("No font has \U00010400" in text for text in done.warnings)
    assert width(done) > 20


def test_spaces_of_justified_japanese_go_between_letters() -> None:
    paragraph = ParagraphStyle(justify="all")
    done = set_text(styled("漢字", BOX, paragraph), shelf())
    assert width(done) > 290
