"""The tables of docs/psd.md are those that the renderer's own classes make."""

from tests.bench.parts import feature_tables
from tests.bench.parts.feature_classes import Drawing, blamed, measured


def test_the_page_of_psd_says_what_the_renderer_says_of_itself() -> None:
    assert (
        feature_tables.stands() == feature_tables.part()
    ), "docs/psd.md is older than the renderer: run WRITE=1 make bench NAME=psd_corpus"


def drawing(difference: float, *features: str) -> Drawing:
    return Drawing(difference, frozenset(features))


def test_the_feature_that_fails_alone_is_blamed_and_not_those_beside_it() -> None:
    drawings = [drawing(0.1, "mask")] * 5 + [drawing(9, "mask", "satin")] * 2
    assert blamed(drawings) == ["satin"]
    found = measured(drawings)
    assert found["satin"].is_blamed and not found["mask"].is_blamed
    assert found["mask"].files == found["mask"].within_1 == 5


def test_one_failing_file_of_a_hundred_blames_nobody() -> None:
    drawings = [drawing(0.1, "mask")] * 99 + [drawing(9, "mask")]
    assert blamed(drawings) == []


def test_files_without_a_feature_blame_nothing() -> None:
    assert blamed([drawing(9)] * 3) == []
