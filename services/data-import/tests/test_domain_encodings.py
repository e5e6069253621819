"""Text in any encoding: its letters are right, or the plan says that they may not be."""

import codecs
import gzip
import random
from pathlib import Path

import pytest

from onemanage.contracts.imports.plans import Dialect, Plan
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.decode import is_encoding
from onemanage.data_import.domain.reading.read import read_table

WORDS = {
    "fr": "prénom référence déjà réglé Besançon Orléans pièce forêt",
    "pt": "descrição situação endereço coração não três devolução atenção",
    "de": "Größe Straße Verkäufer München Müller Rückgabe bestätigt Köln",
    "pl": "ilość wartość Łódź Gdańsk żółty źródło Dąbrowski Częstochowa",
    "cs": "množství příjmení Plzeň Jiří Dvořák město řada účet",
    "tr": "açıklama şehir İstanbul müşteri Eskişehir değişiklik sipariş ürün",
    "ru": "количество город Москва доставлен возврат улица заказчик примечание",
    "uk": "кількість місто Київ Львів Чернівці повернення вулиця примітка",
    "el": "ποσότητα πόλη Αθήνα Ηράκλειο παραδόθηκε επιστροφή τιμή παρατηρήσεις",
    "he": "כמות ירושלים חיפה נמסר ללקוח לתשלום מחיר הערות הזמנה",
    "ar": "الكمية المدينة القاهرة الإسكندرية التسليم انتظار ملاحظات العميل",
    "th": "จำนวน กรุงเทพมหานคร เชียงใหม่ ขอนแก่น ส่งแล้ว รอชำระเงิน หมายเหตุ ลูกค้า",
    "zh": "数量 城市 东莞 深圳 已发货 等待付款 退货处理中 客户名称",
    "tw": "數量 臺北市 高雄 已出貨 等待付款 退貨處理中 單價 客戶名稱",
    "ja": "数量 東京都新宿区 発送済み お支払い待ち 返品処理中 ありがとうございます テレビ 備考",
    "kana": "ﾃﾚﾋﾞ ｶﾀﾛｸﾞ ﾀﾅｶ ｷｭｳｼｭｳ ｽｽﾞｷ ｼｽﾃﾑ ﾎｯｶｲﾄﾞｳ ｲﾁﾛｳ",
    "ko": "수량 서울특별시 부산광역시 배송 결제 반품 고객명 전자제품",
}
ENCODINGS = [
    ("fr", "cp1252"),
    ("pt", "latin-1"),
    ("de", "latin-1"),
    ("de", "cp850"),
    ("fr", "mac-roman"),
    ("pl", "cp1250"),
    ("pl", "iso8859-2"),
    ("cs", "cp852"),
    ("tr", "cp1254"),
    ("ru", "cp1251"),
    ("ru", "koi8-r"),
    ("ru", "cp866"),
    ("ru", "iso8859-5"),
    ("uk", "koi8-u"),
    ("el", "cp1253"),
    ("he", "cp1255"),
    ("ar", "cp1256"),
    ("th", "cp874"),
    ("zh", "gbk"),
    ("zh", "gb18030"),
    ("tw", "big5"),
    ("ja", "shift_jis"),
    ("ja", "euc_jp"),
    ("ja", "iso2022_jp"),
    ("kana", "cp932"),
    ("ko", "euc_kr"),
    ("ko", "cp949"),
    *(
        (language, wide)
        for language in ("de", "ru", "zh", "th")
        for wide in (
            "utf-16",
            "utf-16-le",
            "utf-16-be",
            "utf-32",
            "utf-32-le",
            "utf-32-be",
        )
    ),
]


def _rows(language: str, count: int) -> list[tuple[str, str, str]]:
    chance = random.Random(f"{language} {count}")
    words = WORDS[language].split()
    return [
        (f"A{at}", chance.choice(words), chance.choice(words)) for at in range(count)
    ]


def _text(rows: list[tuple[str, str, str]]) -> str:
    lines = [("key", "one", "two"), *rows]
    return "".join(";".join(fields) + "\r\n" for fields in lines)


def _plan(path: Path, data: bytes, hint: Dialect | None = None, *said: str) -> Plan:
    path.write_bytes(data)
    return make_plan([PlannedFile("f1", path, path.name)], hint, said or None)


def _loaded(path: Path, made: Plan) -> list[tuple[str | None, ...]]:
    return [row for one in read_table(path, made.tables[0]) for row in one.frame.rows()]


def _codes(made: Plan) -> set[str]:
    return {one.code for one in made.findings[0].warnings}


@pytest.mark.parametrize(("language", "encoding"), ENCODINGS)
@pytest.mark.parametrize("count", [8, 80])
def test_every_letter_is_read_as_it_was_written(
    tmp_path: Path, language: str, encoding: str, count: int
) -> None:
    rows = _rows(language, count)
    path = tmp_path / "a.csv"
    made = _plan(path, _text(rows).encode(encoding))
    assert _loaded(path, made) == rows
    guessed = bool(_codes(made) & {"encoding_guessed", "encoding_unsure"})
    assert guessed != encoding.startswith("utf")


@pytest.mark.parametrize(
    "values",
    [
        ("£1,234.50", "£7"),
        ("20°C", "-3.5°C"),
        ("5 µm", "W/m²K"),
        ("1\xa0234,50 €", "12\xa0000,00 €"),
        ("“Big” Bob", "it’s"),
        ("¥1", "½"),
    ],
)
def test_signs_beside_plain_letters_are_no_letters_of_another_script(
    tmp_path: Path, values: tuple[str, ...]
) -> None:
    rows = [(str(at), value, "x") for at, value in enumerate(values * 9)]
    path = tmp_path / "a.csv"
    text = "".join(f'{a};"{b}";{c}\r\n' for a, b, c in rows)
    made = _plan(path, b"key;value;note\r\n" + text.encode("cp1252"))
    assert made.tables[0].dialect.encoding == "latin-1"
    assert _codes(made) >= {"encoding_guessed"}


@pytest.mark.parametrize("letters", ["äöä", "гдг"])
def test_letters_alone_are_never_sure_of_their_script(
    tmp_path: Path, letters: str
) -> None:
    encoding = "cp1252" if letters[0] == "ä" else "cp1251"
    rows = "".join(f"{at};{letter}\r\n" for at, letter in enumerate(letters))
    made = _plan(tmp_path / "a.csv", b"key;note\r\n" + rows.encode(encoding))
    assert "encoding_unsure" in _codes(made)


def test_what_is_not_sure_names_the_next_ones_and_how_they_read(
    tmp_path: Path,
) -> None:
    made = _plan(tmp_path / "a.csv", "k;city\n1;Forlì\n".encode("cp1252"))
    (warning,) = made.findings[0].warnings
    assert warning.code == "encoding_unsure"
    assert warning.message.count("it reads: ") == 2
    assert "dialect.encoding" in warning.message and warning.example


@pytest.mark.parametrize(
    "amount", ["£4,230,926.34", "1\xa0234,50 €", "-12\xa0345,67", "Ø 12"]
)
def test_signs_beside_numbers_are_no_letters_of_chance(
    tmp_path: Path, amount: str
) -> None:
    path = tmp_path / "a.csv"
    rows = [f"{at};{amount}" for at in range(20)]
    path.write_bytes("\n".join(["id;amount", *rows]).encode("cp1252"))
    made = make_plan([PlannedFile("f", path, path.name)])
    assert {row[1] for row in _loaded(path, made)} == {amount}


@pytest.mark.parametrize("encoding", ["gbk", "big5", "shift_jis", "euc_jp", "euc_kr"])
def test_a_bad_byte_costs_its_row_and_not_the_encoding(
    tmp_path: Path, encoding: str
) -> None:
    language = {"gbk": "zh", "big5": "tw", "euc_kr": "ko"}.get(encoding, "ja")
    rows = _rows(language, 40)
    path = tmp_path / "a.csv"
    made = _plan(path, _text(rows).encode(encoding) + b"Z;\x81;x\r\n")
    assert _loaded(path, made)[:40] == rows
    assert "bad_encoding" in _codes(made)


@pytest.mark.parametrize("count", [1, 3, 40])
def test_utf_8_with_one_bad_byte_stays_utf_8_and_the_line_is_named(
    tmp_path: Path, count: int
) -> None:
    rows = [("A", "Müller", "x")] * count
    path = tmp_path / "a.csv"
    made = _plan(path, _text(rows).encode() + b"Z;M\xfcller;x\r\n")
    assert made.tables[0].dialect.encoding == "utf-8"
    assert _loaded(path, made) == rows
    (warning,) = made.findings[0].warnings
    assert warning.code == "bad_encoding"
    assert f"lines {count + 2}." in warning.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("marks", [1, 2, 3])
def test_marks_at_the_beginning_are_no_part_of_the_first_name(
    tmp_path: Path, encoding: str, marks: int
) -> None:
    text = "\ufeff" * marks + _text([("1", "é", "ü")])
    made = _plan(tmp_path / "a.csv", text.encode(encoding))
    assert made.tables[0].dialect.encoding == encoding
    assert made.tables[0].columns[0].header == "key"


@pytest.mark.parametrize("padding", [1, 7, 511, 70_000])
@pytest.mark.parametrize("packed", [False, True])
def test_nuls_that_fill_a_file_up_are_no_row(
    tmp_path: Path, padding: int, packed: bool
) -> None:
    rows = [("1", "é", "ü"), ("2", "a", "b")]
    data = _text(rows).encode() + bytes(padding)
    path = tmp_path / "a.csv"
    made = _plan(path, gzip.compress(data) if packed else data)
    assert _loaded(path, made) == rows
    assert (made.findings[0].rows, made.findings[0].ragged) == (2, 0)


@pytest.mark.parametrize("name", ["windows-1251", "CP1251", "Windows_1251", "1251"])
def test_an_encoding_may_be_said_by_any_name_that_python_knows(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "a.csv"
    rows = _rows("ru", 3)
    made = _plan(path, _text(rows).encode("cp1251"), Dialect(encoding=name), "encoding")
    assert _loaded(path, made) == rows
    assert not _codes(made)


def test_what_turns_no_bytes_into_text_is_no_encoding() -> None:
    names = [
        "rot13",
        "hex",
        "base64",
        "zlib",
        "idna",
        "unicode_escape",
        "",
        "a\0b",
        "x",
    ]
    assert not [name for name in names if is_encoding(name)]
    assert all(is_encoding(name) for name in ("cp037", "hz", "utf-7", "mac-roman"))


@pytest.mark.parametrize("said", ["encoding", "delimiter", "quote", "header_row"])
def test_a_hint_of_one_field_leaves_the_others_to_be_found(
    tmp_path: Path, said: str
) -> None:
    rows = _rows("ru", 20)
    path = tmp_path / "a.csv"
    right = Dialect(encoding="cp1251", delimiter=";", quote='"', header_row=1)
    made = _plan(path, _text(rows).encode("cp1251"), right, said)
    dialect = made.tables[0].dialect
    assert (dialect.encoding, dialect.delimiter, dialect.header_row) == (
        "cp1251",
        ";",
        1,
    )
    assert _loaded(path, made) == rows


def test_marks_cut_by_a_block_are_dropped_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = codecs.BOM_UTF8 * 2 + b"key;one;two\r\n1;\0;3\r\n" + bytes(9)
    path = tmp_path / "a.csv"
    made = _plan(path, data)
    monkeypatch.setattr("onemanage.data_import.domain.reading.decode.BLOCK", 1)
    assert _loaded(path, made) == [("1", "\0", "3")]
