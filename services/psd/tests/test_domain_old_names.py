"""Names that have no Unicode form, in the encodings of those who wrote them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from psd_tools import PSDImage
from psd_tools.constants import Resource, Tag
from psd_tools.psd.image_resources import AlphaNamesPascal, ImageResource

from onemanage.psd.domain.code_pages import CHOSEN, Guess, decoded, guess
from onemanage.psd.domain.document import ExportedDocument, Limits
from onemanage.psd.domain.export import export_document

NAMES = {
    "cp932": ["レイヤー 1", "背景", "線画", "グループ 1", "髪の毛"],
    "cp936": ["图层 1", "背景 副本", "标题", "登录按钮", "组 1"],
    "cp949": ["레이어 1", "배경", "로그인 버튼", "그룹 1", "글자"],
    "cp950": ["圖層 1", "背景 拷貝", "標題", "登入按鈕", "群組 1"],
    "cp1251": ["Слой 1", "Фон копия", "Кнопка", "Группа 1", "тень"],
    "cp1252": ["Größe", "Arrière-plan", "Sección 1", "Überschrift", "café"],
    "mac-roman": ["Größe", "Arrière-plan", "Sección 1", "Überschrift", "café"],
    "utf-8": ["图层 1", "レイヤー 1", "Слой 1", "배경", "Größe"],
}


def written(path: Path, names: list[bytes], unicode_forms: dict[int, str]) -> Path:
    """One layer of each name; those of ``unicode_forms`` have that form besides."""
    document = PSDImage.new("RGB", (4, 4))
    for number, name in enumerate(names):
        pixels = np.zeros((2, 2, 3), np.uint8)
        layer = document.create_pixel_layer_from_array(pixels, "x")
        layer._record.name = name.decode("mac_roman")  # as psd-tools writes it
        if number in unicode_forms:
            text = unicode_forms[number]
            layer.tagged_blocks.set_data(Tag.UNICODE_LAYER_NAME, text)
    with path.open("wb") as file:
        document._record.write(file)
    return path


def export(path: Path, **more: Any) -> ExportedDocument:
    out = path.parent / "out"
    return export_document(path, out, Limits(), lambda progress: None, **more)


@pytest.mark.parametrize("told", NAMES)
def test_names_are_read_in_the_encoding_that_they_are_in(
    tmp_path: Path, told: str
) -> None:
    raw = [name.encode(CHOSEN[told]) for name in NAMES[told]] + [b"Layer 6"]
    found = export(written(tmp_path / "a.psd", raw, {}))
    assert [layer.name for layer in found.layers] == [*NAMES[told], "Layer 6"]
    assert found.details is not None
    assert found.name_encoding == found.details.name_encoding == told
    assert 0.5 <= (found.details.name_encoding_confidence or 0) <= 1
    (warning,) = found.warnings
    assert "5 of its names" in warning and f"read as {told} (" in warning


@pytest.mark.parametrize("told", NAMES)
def test_three_names_are_enough(told: str) -> None:
    for first in range(len(NAMES[told]) - 2):
        names = NAMES[told][first : first + 3]
        assert guess(name.encode(CHOSEN[told]) for name in names).name == told


def test_who_calls_may_choose_another_encoding(tmp_path: Path) -> None:
    path = written(tmp_path / "a.psd", ["Größe".encode("cp1252")], {})
    found = export(path, name_encoding="mac-greek")
    assert found.layers[0].name == "Größe".encode("cp1252").decode("mac_greek")
    assert (found.name_encoding, found.warnings) == ("mac-greek", ())
    assert found.details and found.details.name_encoding_confidence == 1


def test_a_name_in_both_forms_tells_the_encoding_of_the_others(tmp_path: Path) -> None:
    raw = [name.encode("mac_roman") for name in ("Ä", "Œ")]
    found = export(written(tmp_path / "a.psd", raw, {0: "Ä"}))
    assert [layer.name for layer in found.layers] == ["Ä", "Œ"]
    assert found.details and found.details.name_encoding_confidence == 1


def test_names_in_ascii_or_unicode_say_nothing_of_an_encoding(tmp_path: Path) -> None:
    path = written(tmp_path / "a.psd", [b"Layer 1", b"\x8a"], {1: "ä"})
    found = export(path)
    assert [layer.name for layer in found.layers] == ["Layer 1", "ä"]
    assert (found.name_encoding, found.warnings) == (None, ())


def test_a_name_cut_within_a_character_loses_no_more_than_that() -> None:
    """Old programs keep 31 bytes."""
    cut = ("レイヤー" * 5).encode("cp932")[:31]
    assert decoded(cut, "cp932") == ("レイヤー" * 5)[:15]
    assert guess([cut]).name == "cp932"


def test_two_letters_are_never_sure() -> None:
    for name in (b"\x80\x81", b"\xb5\xb7", b"\xa7", b"\xf0\xf5", b"\xc3\xa4"):
        assert guess([name]).in_words != "sure"


def test_names_of_channels_are_read_in_the_same_encoding(tmp_path: Path) -> None:
    path = written(tmp_path / "a.psd", ["图层 1".encode("gb18030")], {})
    document = PSDImage.open(path)
    names = AlphaNamesPascal(["蒙版".encode("gb18030").decode("mac_roman")])  # type: ignore[list-item]  # a list of anything, as psd-tools passes
    key = Resource.ALPHA_NAMES_PASCAL
    document.image_resources[key] = ImageResource(key=key, data=names)  # type: ignore[arg-type]  # psd-tools says bytes and means either
    with path.open("wb") as file:
        document._record.write(file)
    found = export(path)
    assert found.details and found.details.channels[0].name == "蒙版"


@pytest.mark.parametrize(
    ("sure", "words"), [(1.0, "sure"), (0.6, "likely"), (0.1, "a guess")]
)
def test_how_sure_it_is_is_said_in_words(sure: float, words: str) -> None:
    assert Guess("cp932", sure).in_words == words
