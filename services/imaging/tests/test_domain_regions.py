"""Parts that are made unreadable, and nothing else is."""

from typing import Any

import cv2
import numpy as np
import pytest

from onemanage.imaging.domain.analysis.faces import faces
from onemanage.imaging.domain.background.network import installed_weights
from onemanage.imaging.domain.picture import Picture, Pixels
from onemanage.imaging.errors import InvalidImage

from .samples import face, near, photo, treated
from .test_domain_tones import with_holes

BOX: dict[str, Any] = {"op": "obscure", "x": 20, "y": 10, "width": 30, "height": 20}
INSIDE = np.s_[10:30, 20:50]


def portrait(left: int = 120, top: int = 60) -> Pixels:
    made = np.full((300, 400, 3), (150, 160, 170), np.uint8)
    made[top : top + 160, left : left + 160] = face()
    return made


def outside(pixels: Pixels) -> Pixels:
    made = pixels.copy()
    made[INSIDE] = 0
    return made


@pytest.mark.parametrize("how", ["blur", "pixelate", "fill"])
@pytest.mark.parametrize("alpha", [False, True])
def test_a_box_is_hidden_and_nothing_beside_it_changes(how: str, alpha: bool) -> None:
    pixels = with_holes(photo(90, 60)) if alpha else photo(90, 60)
    found = treated(pixels, BOX | {"how": how})
    assert found.shape == pixels.shape
    assert np.array_equal(outside(found), outside(pixels))
    kept = found[INSIDE][:, 25:, :3].astype(int) - pixels[INSIDE][:, 25:, :3]
    assert np.abs(kept).mean() > 3


def test_squares_of_a_box_are_a_sixth_of_its_shorter_side() -> None:
    found = treated(photo(90, 60), BOX)[INSIDE]
    assert len(np.unique(found.reshape(-1, 3), axis=0)) <= 7 * 10
    assert np.ptp(found[:3, :3].reshape(-1, 3), axis=0).max() == 0
    fine = treated(photo(90, 60), BOX | {"strength": 1})
    assert np.array_equal(fine, photo(90, 60))


def test_what_is_hidden_depends_on_nothing_outside_and_shows_nothing_there() -> None:
    """A blur that took its neighbours in would bring them along, and it out."""
    first, second = photo(90, 60), photo(90, 60)
    second[:10] = second[30:] = 0
    blurred = [treated(pixels, BOX | {"how": "blur"}) for pixels in (first, second)]
    assert np.array_equal(blurred[0][INSIDE], blurred[1][INSIDE])


def test_writing_in_alpha_is_hidden_too() -> None:
    pixels = np.full((60, 90, 4), 255, np.uint8)
    pixels[::2, ::3, 3] = 0
    for how in ("pixelate", "blur"):
        found = treated(pixels, BOX | {"how": how, "strength": 12})[INSIDE]
        assert np.ptp(found[:, :, 3].astype(int)) < 60
    covered = treated(pixels, BOX | {"how": "fill", "color": "#102030"})[INSIDE]
    assert near(covered, (16, 32, 48, 255), 0)


def test_a_box_is_given_in_percent_too_and_may_project() -> None:
    pixels = photo(100, 50)
    percent: dict[str, Any] = {"op": "obscure", "unit": "percent", "how": "fill"}
    found = treated(pixels, percent | {"x": 50, "y": 0, "width": 100, "height": 50})
    assert int(found[:25, 50:].max()) == 0
    assert np.array_equal(found[:, :50], pixels[:, :50])
    assert np.array_equal(found[25:], pixels[25:])


@pytest.mark.parametrize("place", [{"x": 90}, {"y": 60}, {"x": 500, "y": 500}])
def test_a_box_outside_the_image_is_refused(place: dict[str, int]) -> None:
    with pytest.raises(InvalidImage) as caught:
        treated(photo(90, 60), BOX | place)
    assert caught.value.code == "imaging.impossible"
    assert caught.value.where == "/operations/0"


def test_pixels_that_a_box_touches_are_hidden_whole() -> None:
    fraction = BOX | {"x": 20.4, "width": 29.2, "how": "fill"}
    found = treated(photo(90, 60), fraction)
    assert int(found[INSIDE].max()) == 0


def test_an_ellipse_leaves_its_corners_and_a_soft_edge_lies_outside() -> None:
    white = np.full((60, 90, 3), 255, np.uint8)
    found = treated(white, BOX | {"how": "fill", "shape": "ellipse"})
    assert int(found[20, 35, 0]) == 0 and int(found[11, 21, 0]) == 255
    share = 1 - found[INSIDE][:, :, 0].mean() / 255
    assert share == pytest.approx(np.pi / 4, abs=0.01)
    soft = treated(white, BOX | {"how": "fill", "feather": 3})
    assert int(soft[INSIDE].max()) == 0
    beside = soft[20, 50:66, 0].astype(int)
    assert (np.diff(beside) >= 0).all() and 0 < beside[3] < 255 and beside[-1] == 255


def test_a_colour_that_is_half_clear_covers_half() -> None:
    white = np.full((60, 90, 3), 255, np.uint8)
    found = treated(white, BOX | {"how": "fill", "color": "#ff000080"})
    assert near(found[INSIDE], (255, 127, 127), 1)


@pytest.mark.parametrize("how", ["blur", "pixelate", "fill"])
def test_a_face_cannot_be_found_again(how: str) -> None:
    pixels = portrait()
    assert faces(pixels)
    found = treated(pixels, {"op": "obscure", "target": "faces", "how": how})
    assert faces(found) == []
    assert np.array_equal(found[:, :80], pixels[:, :80])


def test_every_face_is_hidden() -> None:
    pixels = np.concatenate([portrait(), portrait(200, 100)], axis=1)
    assert len(faces(pixels)) == 2
    hide: dict[str, Any] = {"op": "obscure", "target": "faces", "shape": "ellipse"}
    assert faces(treated(pixels, hide)) == []
    assert faces(treated(with_alpha_of(pixels), hide)[:, :, :3]) == []


def with_alpha_of(pixels: Pixels) -> Pixels:
    return np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])


def test_where_no_face_is_found_a_warning_says_so() -> None:
    pixels = photo(90, 60)
    found = treated(Picture(frames=(pixels,)), {"op": "obscure", "target": "faces"})
    assert np.array_equal(found.first, pixels)
    assert found.warnings == ("/operations/0: no face was found, nothing is hidden.",)


def test_a_face_that_is_lost_for_a_frame_stays_hidden() -> None:
    seen = portrait()
    turned = seen.copy()
    turned[70:210, 130:270] = 160
    assert faces(turned) == []
    frames = (seen, turned, seen, turned, turned, turned)
    picture = Picture(frames=frames, durations=(40,) * 6)
    found = treated(picture, {"op": "obscure", "target": "faces", "how": "fill"})
    hidden = [int(frame[140, 200].max()) == 0 for frame in found.frames]
    assert hidden == [True, True, True, True, False, False]


def thing() -> Pixels:
    """A red ball on ground full of detail."""
    made = photo(300, 240) // 2 + 100
    made[::4] = 60
    cv2.circle(made, (150, 120), 60, (200, 20, 20), -1, cv2.LINE_AA)
    return np.asarray(made, np.uint8)


def rough(pixels: Pixels) -> float:
    return float(np.abs(np.diff(pixels.astype(int), axis=0)).mean())


@pytest.mark.parametrize("how", ["blur", "pixelate"])
def test_what_surrounds_a_subject_is_hidden_and_the_subject_is_not(how: str) -> None:
    pixels = thing()
    hide = {"op": "obscure", "target": "surroundings", "how": how}
    found = treated(pixels, hide, weights=installed_weights())
    assert near(found[90:150, 120:180], pixels[90:150, 120:180], 3)
    assert rough(found[:30]) < rough(pixels[:30]) / 5
    # The ball's red does not shine into what is around it.
    beside = found[40:200, 60:80].astype(int)
    assert (beside[:, :, 0] - beside[:, :, 1]).max() < 40


def test_a_subject_is_hidden_and_what_surrounds_it_is_not() -> None:
    hide = {"op": "obscure", "target": "subject", "how": "fill", "color": "#0000ff"}
    pixels = thing()
    found = treated(pixels, hide, weights=installed_weights())
    assert near(found[90:150, 120:180], (0, 0, 255), 12)
    assert near(found[:30], pixels[:30], 12)
    clear = np.dstack([pixels, np.full(pixels.shape[:2], 90, np.uint8)])
    hide |= {"how": "blur"}
    found = treated(clear, hide, weights=installed_weights())
    assert near(found[:, :, 3], 90, 0)


def test_nothing_is_shown_that_was_to_be_hidden_where_no_network_is_at_hand() -> None:
    with pytest.raises(InvalidImage) as caught:
        treated(thing(), {"op": "obscure", "target": "subject"})
    assert caught.value.code == "imaging.impossible"
    assert caught.value.where == "/operations/0/target"
