"""Pictures in their frames: fitted, aligned, clipped, and warped to any corners."""

import numpy as np
import pytest

from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.templates.corners import Corners
from onemanage.psd.domain.templates.placing import Placed, placed

FRAME = (10.0, 20.0, 50.0, 40.0)
FAR = (-500, -500, 500, 500)


def frame(*quad: tuple[float, float]) -> Corners:
    left, top, right, bottom = FRAME
    plain = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Corners(np.array(quad or plain, np.float64), 40, 20)


def halves(width: int, height: int) -> Pixels:
    """Red on the left, green on the right."""
    picture = np.zeros((height, width, 4), np.uint8)
    picture[:, : width // 2] = (255, 0, 0, 255)
    picture[:, width // 2 :] = (0, 255, 0, 255)
    return picture


def put(picture: Pixels, corners: Corners, fit: str, **more: object) -> Placed:
    rules = {"align": None, "clip": True, "within": FAR, **more}
    found = placed(picture, corners, fit=fit, **rules)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_picture_of_the_frames_size_is_copied_as_it_is() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (20, 40, 4)).astype(np.uint8)
    picture[:, :, 3] = 255
    found = put(picture, frame(), "fill")
    assert found.box == (10, 20, 50, 40)
    assert np.array_equal(found.rgba, picture)


@pytest.mark.parametrize(
    ("fit", "align", "box"),
    [
        ("fit", None, (20, 20, 40, 40)),
        ("fit", "left top", (10, 20, 30, 40)),
        ("fit", "right bottom", (30, 20, 50, 40)),
        ("fill", None, (10, 20, 50, 40)),
        ("conform", None, (10, 20, 50, 40)),
        ("as_is", "left top", (10, 20, 18, 28)),
    ],
)
def test_a_square_picture_is_fitted(
    fit: str, align: str | None, box: tuple[int, int, int, int]
) -> None:
    found = put(halves(8, 8), frame(), fit, align=align)
    assert found.box == box
    assert found.rgba[:, :, 3].min() == 255


def test_what_lies_beyond_the_frame_is_cut_off_or_not() -> None:
    wide = halves(80, 20)
    assert put(wide, frame(), "as_is").box == (10, 20, 50, 40)
    found = put(wide, frame(), "as_is", clip=False)
    assert found.box == (-10, 20, 70, 40)
    assert put(wide, frame(), "as_is", clip=False, within=(0, 0, 60, 60)).box == (
        *(0, 20),
        *(60, 40),
    )


def test_corners_turn_a_picture_and_its_edges_are_smooth() -> None:
    corners = frame((50, 20), (50, 60), (30, 60), (30, 20))
    found = put(halves(40, 20), corners, "fill")
    assert found.box == (30, 20, 50, 60)
    assert found.rgba[10, 10, :3].tolist() == [255, 0, 0]
    assert found.rgba[30, 10, :3].tolist() == [0, 255, 0]
    aslant = put(halves(40, 20), frame((12, 20), (50, 24), (48, 44), (10, 40)), "fill")
    alpha = aslant.rgba[:, :, 3]
    assert ((alpha > 20) & (alpha < 235)).sum() > 40


def test_perspective_puts_the_middle_where_the_diagonals_meet() -> None:
    corners = frame((100, 100), (200, 120), (200, 180), (100, 200))
    found = put(halves(400, 200), corners, "fill")
    row = found.rgba[150 - found.box[1], :, :3]
    turned = np.flatnonzero(row[:, 1] > row[:, 0])[0] + found.box[0]
    assert abs(turned - 162.5) <= 1  # not 150, where the middle of the box is


def test_colours_of_clear_pixels_never_show() -> None:
    picture = halves(40, 20)
    picture[:, 20:] = (0, 255, 0, 0)
    found = put(picture, frame((10, 20), (27, 21), (26, 31), (9, 30)), "fill")
    seen = found.rgba[found.rgba[:, :, 3] > 0]
    assert (seen[:, 1] <= 2).all() and (seen[:, 0] >= 250).all()
