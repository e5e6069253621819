"""Names that a server says, made safe."""

import pytest

from onemanage.client.names import name_of_disposition, safe_name


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\run.exe", "run.exe"),
        ("/", "download"),
        ("...", "download"),
        ("", "download"),
        (None, "download"),
        (".bashrc", "_bashrc"),
        ("-rf", "_rf"),
        ("two\nlines.png", "twolines.png"),
        ("\u202egnp.exe", "gnp.exe"),
        ("lone\udc80.png", "lone.png"),
        ("C:a|b?.png", "C_a_b_.png"),
        ("con.txt", "_con.txt"),
        ("Plakat für 日本.psd", "Plakat für 日本.psd"),
        ("trailing. . ", "trailing"),
    ],
)
def test_a_name_becomes_one_part_of_a_path_that_every_system_can_write(
    given: str | None, safe: str
) -> None:
    assert safe_name(given) == safe


def test_a_long_name_is_cut_between_letters_and_keeps_its_ending() -> None:
    name = safe_name("日本" * 80 + ".tar.gz")

    assert name.startswith("日本日本") and name.endswith(".tar.gz")
    assert len(name.encode()) <= 200


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="a.png"', "a.png"),
        ("inline; filename=\"a_.png\"; filename*=UTF-8''%E6%97%A5.png", "日.png"),
        ("attachment; filename*=UTF-8''..%2F..%2Fx.png", "../../x.png"),
        ("attachment", None),
        (None, None),
    ],
)
def test_the_name_is_read_from_the_disposition(
    header: str | None, name: str | None
) -> None:
    assert name_of_disposition(header) == name
