"""The classes of features: from what was measured, else from what is known."""

import pytest

from onemanage.psd.domain.render import classes
from onemanage.psd.domain.render.classes import Drawn, drawn
from onemanage.psd.domain.render.measured import MEASURED, Measured


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> dict[str, Measured]:
    found: dict[str, Measured] = {}
    monkeypatch.setattr(classes, "MEASURED", found)
    return found


def test_a_feature_that_files_blame_is_near(measured: dict[str, Measured]) -> None:
    assert drawn("drop shadow") is Drawn.EXACT
    measured["drop shadow"] = Measured(files=9, within_1=4, is_blamed=True)
    assert drawn("drop shadow") is Drawn.NEAR


def test_an_unproven_formula_is_exact_once_enough_files_show_it(
    measured: dict[str, Measured],
) -> None:
    assert drawn("vibrance in RGB") is Drawn.NEAR
    measured["vibrance in RGB"] = Measured(files=2, within_1=2, is_blamed=False)
    assert drawn("vibrance in RGB") is Drawn.NEAR
    measured["vibrance in RGB"] = Measured(files=3, within_1=3, is_blamed=False)
    assert drawn("vibrance in RGB") is Drawn.EXACT


def test_random_numbers_are_near_whatever_files_show(
    measured: dict[str, Measured],
) -> None:
    measured["blend mode dissolve"] = Measured(files=9, within_1=9, is_blamed=False)
    assert drawn("blend mode dissolve") is Drawn.NEAR


def test_what_is_not_drawn_stays_so(measured: dict[str, Measured]) -> None:
    measured["vibrance in CMYK"] = Measured(files=9, within_1=9, is_blamed=False)
    assert drawn("vibrance in CMYK") is Drawn.NOT
    assert drawn("type stored without pixels") is Drawn.NOT


def test_no_more_is_counted_as_good_than_there_is() -> None:
    assert MEASURED
    assert all(0 <= one.within_1 <= one.files for one in MEASURED.values())
