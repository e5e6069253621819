"""Pictures opened and saved, and the addresses that a key signs."""

import io
import sys
from pathlib import Path

import pytest
from PIL import Image

from onemanage.client.landing import NotWritable
from onemanage.client.pictures import (
    BadAddress,
    NoPillow,
    Picture,
    SigningKey,
    address_source,
    srcset,
)
from onemanage.contracts.imaging.addresses.signing import free_path, signed_path

BASE = "https://images.example.org/"
KEY = SigningKey("9f3c01ab", "om_sign_secret")
FILE = "fil_" + "0" * 32


@pytest.fixture
def picture() -> Picture:
    file = io.BytesIO()
    Image.new("RGB", (3, 2), "red").save(file, "PNG")
    return Picture(file.getvalue(), "image/png", "red.png")


def test_a_picture_opens_with_pillow_and_is_saved_once(
    picture: Picture, tmp_path: Path
) -> None:
    assert picture.pil().size == (3, 2)
    assert picture.save(tmp_path) == tmp_path / "red.png"
    with pytest.raises(NotWritable, match="overwrite=True"):
        picture.save(tmp_path / "red.png")
    assert picture.save(tmp_path / "red.png", overwrite=True).stat().st_size
    assert picture._repr_mimebundle_()["image/png"] == picture.data
    assert repr(picture).startswith("Picture('red.png', image/png, ")


def test_without_pillow_it_says_how_to_have_it(
    picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)

    with pytest.raises(NoPillow, match="pip install pillow"):
        picture.pil()


def test_a_key_signs_as_the_server_checks() -> None:
    free = SigningKey("9f3c01ab", "om_sign_secret", "source")
    rest = f"0/w_400/q_80/{FILE}.webp"

    assert KEY.path(f"{FILE}.webp", "w_400/q_80") == signed_path(
        "9f3c01ab", "om_sign_secret", rest
    )
    assert free.path(f"{FILE}.webp", "w_400", expires=9) == (
        free_path("9f3c01ab", "om_sign_secret", 9, FILE) + f"/w_400/{FILE}.webp"
    )
    assert "secret" not in repr(KEY)


def test_a_set_has_an_address_for_each_width() -> None:
    found = srcset(BASE, KEY, FILE, "q_80", widths=[800, 400, 400], sizes="50vw")

    assert list(found.addresses) == [400, 800]
    assert found.addresses[400] == BASE[:-1] + KEY.path(FILE, "w_400/q_80")
    assert str(found) == f"{found.addresses[400]} 400w, {found.addresses[800]} 800w"
    assert found.img('A "shoe"', class_="hero", data_id="1") == (
        f'<img src="{found.addresses[800]}" srcset="{found}" sizes="50vw" '
        'loading="lazy" class="hero" data-id="1" alt="A &quot;shoe&quot;">'
    )


def test_with_an_aspect_pictures_are_cut_and_pages_keep_room_for_them() -> None:
    found = srcset(BASE, KEY, FILE, widths=[400], aspect=16 / 9)
    own = srcset(BASE, KEY, FILE, "w_{w},h_{h},g_face", widths=[400], aspect=2)

    assert "/w_400,h_225,fit_cover/fil_" in found.addresses[400]
    assert 'width="400" height="225"' in found.img("")
    assert "/w_400,h_200,g_face/fil_" in own.addresses[400]


def test_what_is_escaped_is_signed_as_it_is_sent() -> None:
    path = KEY.path(FILE, "text_Für dich")

    assert "/text_F%C3%BCr%20dich/" in path
    assert path.startswith("/i/9f3c01ab.")


@pytest.mark.parametrize(
    "given", ["", "../fil_1", "fil_1/../x", "http:", "fil_1?x=1", "ftp://a/b.png"]
)
def test_what_is_no_source_is_not_signed(given: str) -> None:
    with pytest.raises(BadAddress, match="is no source"):
        KEY.path(given)


def test_an_outside_address_is_a_source() -> None:
    source = address_source("https://cdn.example.org/a.png?x=1")

    assert source.startswith("url_") and "=" not in source
    assert source in KEY.path("https://cdn.example.org/a.png?x=1", "w_4")


def test_widths_that_cannot_be_are_refused() -> None:
    with pytest.raises(BadAddress, match="at least one width"):
        srcset(BASE, KEY, FILE, widths=[])
    with pytest.raises(BadAddress, match="1 to 16,384"):
        srcset(BASE, KEY, FILE, widths=[0])
    with pytest.raises(BadAddress, match="aspect="):
        srcset(BASE, KEY, FILE, "w_{w},h_{h}", widths=[1])
