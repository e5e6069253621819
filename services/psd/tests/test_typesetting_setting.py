"""Text as pixels: where it stands, and what becomes of too much of it."""

import math
from dataclasses import replace

import numpy as np
import pytest

from onemanage.psd.domain.typesetting.setting import set_text
from onemanage.psd.domain.typesetting.styled import ParagraphStyle, Run, Style
from onemanage.psd.errors import DoesNotFit

from .typesetting_samples import BOX, LONG, height, ink, shelf, styled, width


def test_point_text_stands_on_its_origin() -> None:
    done = set_text(styled("HHH"), shelf())
    assert done.box[3] in (100, 101)
    assert done.box[0] in (101, 102)
    assert 13 <= height(done) <= 16  # capitals of Arial are .716 of the size


@pytest.mark.parametrize(
    ("align", "share"), [("left", 0), ("center", 0.5), ("right", 1)]
)
def test_point_text_is_aligned_about_its_origin(align: str, share: float) -> None:
    done = set_text(styled("HHHH", paragraph=ParagraphStyle(align=align)), shelf())
    assert done.box[0] == pytest.approx(100 - share * width(done), abs=2.5)


def test_auto_leading_is_a_share_of_the_size() -> None:
    two = set_text(styled("H\nH"), shelf())
    one = set_text(styled("H"), shelf())
    assert height(two) - height(one) == pytest.approx(1.2 * 20, abs=1)
    wide = set_text(styled("H\nH", style={"leading": 50.0}), shelf())
    assert height(wide) - height(one) == pytest.approx(50, abs=1)


def test_the_first_baseline_of_a_box_is_the_height_of_a_d_below_its_top() -> None:
    done = set_text(styled("dH", BOX, style={"size": 100.0}), shelf())
    assert done.box[1] == pytest.approx(100, abs=1)
    assert done.box[3] == pytest.approx(100 + 71.6, abs=2)


def test_lines_of_a_box_are_broken_and_aligned() -> None:
    for align in ("left", "center", "right"):
        done = set_text(styled(LONG, BOX, ParagraphStyle(align=align)), shelf())
        assert len(done.lines) == 3
        assert done.box[0] >= 99 and done.box[2] <= 401
    assert done.box[2] in (400, 401)


def test_justified_lines_fill_their_box_but_for_the_last() -> None:
    paragraph = ParagraphStyle(justify="all_but_last")
    done = set_text(styled(LONG, BOX, paragraph), shelf())
    ragged = set_text(styled(LONG, BOX), shelf())
    ends = [
        int(np.flatnonzero(x.rgba[:18, :, 3].any(axis=0))[-1]) + x.box[0]
        for x in (done, ragged)
    ]
    assert ends[0] >= 398 > ends[1]


def test_indents_and_spaces_between_paragraphs_move_lines() -> None:
    moved = ParagraphStyle(start_indent=20, first_line_indent=10, space_before=30)
    plain = set_text(styled("H\nH", BOX), shelf())
    done = set_text(styled("H\nH", BOX, moved), shelf())
    assert done.box[0] - plain.box[0] == pytest.approx(30, abs=1)
    assert height(done) - height(plain) == pytest.approx(30, abs=1)


def test_tracking_scale_and_shift_move_letters() -> None:
    plain = set_text(styled("HHH"), shelf())
    tracked = set_text(styled("HHH", style={"tracking": 500.0}), shelf())
    assert width(tracked) - width(plain) == pytest.approx(20, abs=1.5)
    wide = set_text(styled("HHH", style={"horizontal_scale": 2.0}), shelf())
    assert width(wide) == pytest.approx(2 * width(plain), abs=3)
    up = set_text(styled("HHH", style={"baseline_shift": 7.0}), shelf())
    assert plain.box[3] - up.box[3] == 7


def test_capitals_small_ones_and_what_stands_higher() -> None:
    assert width(set_text(styled("straße", style={"caps": "all_caps"}), shelf())) == (
        width(set_text(styled("STRASSE"), shelf()))
    )
    small = set_text(styled("hh", style={"caps": "small_caps"}), shelf())
    assert height(small) < 0.8 * height(set_text(styled("HH"), shelf()))
    raised = set_text(styled("H", style={"baseline": "superscript"}), shelf())
    assert raised.box[3] < 96


def test_lines_are_drawn_below_and_through_text() -> None:
    plain = set_text(styled("HHH HHH"), shelf())
    below = set_text(styled("HHH HHH", style={"underline": True}), shelf())
    through = set_text(styled("HHH HHH", style={"strikethrough": True}), shelf())
    assert below.box[3] > plain.box[3]
    assert through.box[3] == plain.box[3] and ink(through) > ink(plain)


def test_what_a_font_is_not_is_drawn_bolder_and_slanted() -> None:
    plain = set_text(styled("HHH"), shelf())
    assert ink(set_text(styled("HHH", style={"bold": True}), shelf())) > 1.1 * ink(
        plain
    )
    assert width(set_text(styled("HHH", style={"italic": True}), shelf())) > width(
        plain
    )


def test_a_matrix_turns_text() -> None:
    turned = (0.0, 1.0, -1.0, 0.0, 100.0, 100.0)
    upright = set_text(styled("HHHHHH"), shelf())
    done = set_text(styled("HHHHHH", transform=turned), shelf())
    assert (height(done), width(done)) == pytest.approx(
        (width(upright), height(upright)), abs=2
    )
    assert done.box[0] in (99, 100)


def test_runs_keep_their_colours_and_opacity() -> None:
    red, faint = Style(font="ArialMT", color=(255, 0, 0)), Style(
        font="ArialMT", opacity=0.5
    )
    text = replace(styled(""), runs=(Run("HH", red), Run("HH", faint)))
    rgba = set_text(text, shelf()).rgba
    assert tuple(rgba[rgba[..., 3] == 255][0]) == (255, 0, 0, 255)
    assert rgba[:, -8:, 3].max() in (127, 128)


def test_a_box_makes_too_much_text_smaller_all_at_once() -> None:
    done = set_text(styled(LONG * 4, BOX), shelf(), "shrink")
    assert 0.5 < done.scale < 1
    assert done.box[3] <= 251 and "".join(done.lines).replace(" ", "") == (
        LONG * 4
    ).replace(" ", "")


def test_a_word_wider_than_its_box_is_made_smaller_and_not_torn() -> None:
    done = set_text(styled("Donaudampfschiffahrtsgesellschaft", BOX), shelf(), "shrink")
    assert len(done.lines) == 1 and done.scale < 1
    assert len(set_text(styled("W" * 40, BOX), shelf(), "grow").lines) > 1


def test_what_even_the_least_size_does_not_hold_is_refused_with_the_size() -> None:
    with pytest.raises(DoesNotFit, match="not even at 18 points"):
        set_text(styled(LONG * 4, BOX), shelf(), "shrink", least_size=18)
    at_144 = styled(LONG * 4, BOX, ppi=144.0)
    with pytest.raises(DoesNotFit, match="not even at 9 points"):
        set_text(at_144, shelf(), "shrink", least_size=9)


def test_a_box_refuses_cuts_or_grows_as_it_is_told() -> None:
    text = styled(LONG * 4, BOX)
    with pytest.raises(DoesNotFit, match=r"288 characters.*Shorten it"):
        set_text(text, shelf(), "reject")
    clipped = set_text(text, shelf(), "clip")
    assert clipped.is_cut and clipped.box[3] <= 252 and clipped.scale == 1
    ended = set_text(text, shelf(), "ellipsis")
    assert ended.is_cut and ended.lines[-1].endswith("…")
    assert len(ended.lines) == len(clipped.lines)
    grown = set_text(text, shelf(), "grow")
    assert grown.box[3] > 300 and not grown.is_cut


def test_what_fits_is_the_same_by_every_rule() -> None:
    text = styled("Short", BOX)
    plain = set_text(text, shelf(), "grow")
    for rule in ("shrink", "clip", "ellipsis", "reject"):
        done = set_text(text, shelf(), rule)
        assert done.box == plain.box and not done.is_cut


def test_point_text_takes_what_the_layer_took() -> None:
    text = styled("Point text is long", extent=(0.0, -20.0, 100.0, 5.0))
    assert width(set_text(text, shelf(), "shrink")) <= 102
    assert width(set_text(text, shelf(), "clip")) <= 102
    assert set_text(text, shelf(), "ellipsis").lines[0].endswith("…")
    with pytest.raises(DoesNotFit):
        set_text(text, shelf(), "reject")


def test_nothing_seen_is_nothing_drawn() -> None:
    for text in ("", " \n ", "\u200b"):
        done = set_text(styled(text, BOX), shelf())
        assert done.rgba.shape == (0, 0, 4)
        assert done.box == (100, 100, 100, 100)


def test_controls_and_halves_of_characters_are_named() -> None:
    done = set_text(styled("a\0\x1b\ud83db"), shelf())
    assert done.lines == ["a\ufffdb"]
    assert done.warnings[:2] == [
        "2 control characters are left out",
        "1 halves of characters are drawn as \ufffd",
    ]


def test_ten_thousand_characters_are_set_or_refused() -> None:
    text = styled("word " * 2000, BOX)
    with pytest.raises(DoesNotFit, match="10000 characters"):
        set_text(text, shelf(), "shrink")
    assert set_text(text, shelf(), "ellipsis").lines[-1].endswith("…")


def test_what_is_far_off_the_canvas_is_not_drawn() -> None:
    huge = styled("H" * 500, style={"size": 5_000.0}, canvas=(400, 300))
    done = set_text(huge, shelf())
    assert width(done) <= 3 * 400 and height(done) <= 3 * 300
    nowhere = styled("H", transform=(1, 0, 0, 1, 1e5, 1e5), canvas=(400, 300))
    assert not set_text(nowhere, shelf()).rgba.size


def test_a_matrix_that_is_none_draws_nothing() -> None:
    flat = styled("H", transform=(0.0, 0.0, 0.0, 0.0, 10.0, 10.0))
    assert not set_text(flat, shelf()).rgba.any()


def test_pixels_carry_straight_colour_and_clean_edges() -> None:
    done = set_text(styled("O", style={"color": (10, 20, 30), "size": 60.0}), shelf())
    assert (done.rgba[done.rgba[..., 3] > 0][:, :3] == (10, 20, 30)).all()
    hard = set_text(styled("O", anti_alias="none"), shelf()).rgba
    assert set(np.unique(hard[..., 3])) <= {0, 255}
    assert math.isclose(done.scale, 1)
