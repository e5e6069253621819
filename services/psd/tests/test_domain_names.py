"""File names from the names of layers."""

import pytest

from onemanage.psd.domain.names import MAX_STEM, file_name, file_stem, unique_stems


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("Button", "Button"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..\\boot.ini", "_boot.ini"),
        ('a<b>:"c"|d?*', "a_b___c__d__"),
        ("tab\there\nand\x00there\x7f", "tab here andthere"),
        (".hidden", "hidden"),
        ("ends in dots. . .", "ends in dots"),
        ("  spaced   out  ", "spaced out"),
        ("", "unnamed"),
        ("...", "unnamed"),
        ("con", "_con"),
        ("COM1.png", "_COM1.png"),
        ("console", "console"),
        ("left\N{RIGHT-TO-LEFT OVERRIDE}right", "leftright"),
        ("half\ud800pair", "halfpair"),
        ("Cafe\N{COMBINING ACUTE ACCENT}", "Caf\N{LATIN SMALL LETTER E WITH ACUTE}"),
        ("背景 コピー", "背景 コピー"),
    ],
)
def test_a_name_is_safe_on_every_system(given: str, wanted: str) -> None:
    assert file_stem(given) == wanted


@pytest.mark.parametrize("character", ["a", "é", "語", "🎈"])
def test_a_long_name_is_cut_at_a_character(character: str) -> None:
    stem = file_stem(character * 300)

    assert len(stem.encode()) <= MAX_STEM < len((stem + character).encode())
    assert set(stem) == {character}


def test_names_that_are_alike_have_the_id_of_their_layer() -> None:
    stems = unique_stems([(1, "Icon"), (2, "icon"), (3, "Other"), (14, "ICON")])

    assert stems == {1: "Icon-1", 2: "icon-2", 3: "Other", 14: "ICON-14"}


def test_what_an_id_makes_of_a_name_is_not_another_layer_s_name() -> None:
    stems = unique_stems([(1, "a"), (2, "a"), (3, "A-1"), (4, "a-2"), (5, "a-2-2")])

    assert len({stem.casefold() for stem in stems.values()}) == 5
    assert (stems[3], stems[4], stems[5]) == ("A-1", "a-2", "a-2-2")


def test_long_names_that_are_alike_keep_their_ids() -> None:
    stems = unique_stems((number, "語" * 200) for number in (7, 8, 1234))

    assert len(set(stems.values())) == 3
    assert all(len(stem.encode()) <= MAX_STEM for stem in stems.values())
    assert stems[1234].endswith("-1234")


def test_a_scale_stands_before_the_ending() -> None:
    assert file_name("icon", 1, "png") == "icon.png"
    assert file_name("icon", 2, "webp") == "icon@2x.webp"
    assert file_name("icon", 0.5, "jpg") == "icon@0.5x.jpg"
