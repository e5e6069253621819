"""Merged images that Photoshop has painted on white, and gray with a profile."""

import struct

import numpy as np
from psd_tools.constants import ColorMode

from onemanage.psd.domain.color import ToSrgb
from onemanage.psd.domain.pixels import _take_off_white


def gray_profile() -> bytes:
    """An ICC profile (version 2) of gray with a gamma of 1 + 51/256, at D50."""
    white = struct.pack(">4s4x3i", b"XYZ ", 63190, 65536, 54061)
    tags = {
        b"desc": struct.pack(">4s4xI5s78x", b"desc", 5, b"gray\0") + bytes(1),
        b"wtpt": white,
        b"kTRC": struct.pack(">4s4xIH", b"curv", 1, 0x0133),
        b"cprt": struct.pack(">4s4x8s", b"text", b"none\0"),
    }
    table, body = struct.pack(">I", len(tags)), b""
    begin = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += struct.pack(">4sII", name, begin + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(
        ">I4sI4s4s4s12x4s28x3i48x",
        begin + len(body),
        b"none",
        0x02100000,
        b"mntr",
        b"GRAY",
        b"XYZ ",
        b"acsp",
        63190,
        65536,
        54061,
    )
    return head + table + body


def test_every_level_of_every_alpha_is_taken_off_white() -> None:
    level, alpha = np.meshgrid(np.arange(256), np.arange(256))
    planes = np.dstack([level, level[:, ::-1], level, alpha]).astype(np.uint8)
    for white in ((255,), (255, 128, 128)):
        found = planes.copy()
        _take_off_white(found, np.array(white, np.int32))
        assert (found[:, :, 3] == alpha).all()
        for plane in range(3):
            one = white[plane % len(white)]
            stored = planes[:, :, plane].astype(int)
            straight = one + np.floor((stored - one) * 255 / np.maximum(alpha, 1))
            expected = np.where(alpha > 0, np.clip(straight, 0, 255), stored)
            assert (found[:, :, plane] == expected).all()


def test_every_gray_has_the_colour_that_its_profile_gives_it() -> None:
    gray = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    planes = np.concatenate([gray, gray[::-1]], axis=2)
    found = ToSrgb(ColorMode.GRAYSCALE, 8, gray_profile())(planes)
    assert found.shape == (16, 16, 4)
    linear = (gray[:, :, 0] / 255) ** (1 + 51 / 256)
    encoded = np.where(
        linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055
    )
    for channel in range(3):
        error = np.abs(found[:, :, channel] - encoded * 255)
        assert error[gray[:, :, 0] > 16].max() <= 1  # LittleCMS is coarse in the dark
    assert (found[:, :, 3] == gray[::-1, :, 0]).all()
