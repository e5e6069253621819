"""Forms as browsers and libraries send them, cut anywhere; without any server."""

from collections.abc import Iterable

import pytest
from fastapi import Request
from starlette.types import Message

from onemanage.gateway.files.forms import MAX_BESIDE_BYTES, SentFile
from onemanage.gateway.http.problems import Problem

B = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
TYPE = f"multipart/form-data; boundary={B}"
FILE = "8BPS and\r\nmore\r\n--bytes"


def part(
    disposition: str, content: str, more: str = "Content-Type: image/png\r\n"
) -> str:
    head = f"Content-Disposition: form-data{disposition}\r\n{more}\r\n"
    return f"--{B}\r\n{head}{content}\r\n"


END = f"--{B}--\r\n"
WHOLE = part('; name="file"; filename="poster.psd"', FILE) + END


def sent(chunks: Iterable[bytes], kind: str = TYPE, disposition: str = "") -> SentFile:
    left = iter(chunks)

    async def receive() -> Message:
        chunk = next(left, None)
        return {
            "type": "http.request",
            "body": chunk or b"",
            "more_body": chunk is not None,
        }

    headers = {"content-type": kind, "content-disposition": disposition}
    given = [(name.encode(), value.encode()) for name, value in headers.items()]
    return SentFile(
        Request({"type": "http", "method": "POST", "headers": given}, receive)
    )


async def read(body: str | bytes, step: int = 1 << 20) -> tuple[str | None, bytes]:
    """Name and bytes of the file, where the form comes ``step`` bytes at a time."""
    raw = body.encode() if isinstance(body, str) else body
    file = sent(raw[at : at + step] for at in range(0, len(raw), step))
    found = b"".join([chunk async for chunk in file.chunks()])
    return file.name, found


async def refusal(body: str | bytes) -> Problem:
    with pytest.raises(Problem) as refused:
        await read(body)
    return refused.value


@pytest.mark.parametrize("step", [1, 2, 3, 5, 7, 64])
async def test_a_form_may_be_cut_anywhere_by_the_network(step: int) -> None:
    body = part('; name="note"', "a word", "") + WHOLE
    assert await read(body, step) == ("poster.psd", FILE.encode())


async def test_a_form_may_be_cut_in_two_at_any_byte() -> None:
    raw = WHOLE.encode()
    for at in range(1, len(raw)):
        file = sent([raw[:at], raw[at:]])
        assert b"".join([chunk async for chunk in file.chunks()]) == FILE.encode()
        assert file.name == "poster.psd"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('; name="file"; filename="a %22b%22.psd"', 'a "b".psd'),
        ('; name="file"; filename="a \\"b\\".psd"', 'a "b".psd'),
        ('; name="file"; filename="100%25.psd"', "100%25.psd"),
        ('; name="file"; filename="Plakat für Müller.psd"', "Plakat für Müller.psd"),
        ("; name=\"file\"; filename*=UTF-8''M%C3%BCller.psd", "Müller.psd"),
        ("; name=file; filename*=utf-8'de'%E2%82%AC.psd; filename=e.psd", "€.psd"),
        ("; name=\"file\"; filename*=iso-8859-1''M%FCller.psd", "Müller.psd"),
        ('; filename="poster.psd"', "poster.psd"),
        ("; name=file; filename=poster.psd", "poster.psd"),
        ('; name="file"; filename="a;b.psd"', "a;b.psd"),
        ('; name="file"', None),
        ('; name="upload"; filename=""', ""),
        ('; name="upload"', None),
    ],
)
async def test_a_file_is_found_however_it_is_called(
    disposition: str, name: str | None
) -> None:
    assert await read(part(disposition, FILE) + END) == (name, FILE.encode())


async def test_a_name_in_latin_1_is_read_as_that() -> None:
    raw = part('; name="file"; filename="Müller.psd"', FILE) + END
    name, _ = await read(raw.encode("latin-1"))
    assert name == "Müller.psd"


async def test_an_empty_part_and_a_preamble_and_an_epilogue_are_passed_over() -> None:
    unchosen = part('; name="other"; filename=""', "")
    text = part('; name="note"', "with a word", "")
    body = "This is a form.\r\n" + unchosen + text + WHOLE + "\r\nThe end."
    assert await read(body, 3) == ("poster.psd", FILE.encode())


async def test_a_form_without_a_file_holds_none() -> None:
    assert await read(part('; name="note"', "a word", "") + END) == (None, b"")
    assert await read(END) == (None, b"")


async def test_headers_of_a_part_may_be_written_in_any_case() -> None:
    body = WHOLE.replace("Content-Disposition", "CONTENT-DISPOSITION")
    assert (await read(body))[0] == "poster.psd"


@pytest.mark.parametrize("left", [1, 20, 30, 60, 100])
async def test_a_form_that_ends_before_its_closing_boundary_is_refused(
    left: int,
) -> None:
    # Two bytes are the line's end after the boundary, which nobody needs.
    problem = await refusal(WHOLE[: -2 - left])
    assert (problem.status, problem.code) == (400, "bad_form")
    assert "closing boundary" in problem.detail


@pytest.mark.parametrize(
    "body",
    [
        f"--{B}\r\nno header\r\n\r\n{FILE}\r\n{END}",
        f"--{B}\r\nContent-Type: text/plain\r\n\r\n{FILE}\r\n{END}",
        f"x--{B}\r\nContent-Disposition: form-data\r\n\r\n{FILE}\r\n{END}",
    ],
)
async def test_what_is_no_form_is_refused(body: str) -> None:
    problem = await refusal(body)
    assert (problem.status, problem.code) == (400, "bad_form")


@pytest.mark.parametrize("boundary", ["", "x" * 71, "x" * 300])
async def test_a_boundary_of_the_wrong_length_is_refused(boundary: str) -> None:
    file = sent([], f"multipart/form-data; boundary={boundary}")
    with pytest.raises(Problem) as refused:
        file.chunks()
    assert (refused.value.status, refused.value.code) == (400, "bad_form")


@pytest.mark.parametrize("written", ['"{}"', "{}", '"{}"; charset=utf-8'])
async def test_a_boundary_may_hold_all_that_the_standard_allows(written: str) -> None:
    boundary = "----=_Part_0_1234.5678'()+_,-./:=?"
    body = WHOLE.replace(B, boundary).encode()
    file = sent([body], f"Multipart/Form-Data; Boundary={written.format(boundary)}")
    assert b"".join([chunk async for chunk in file.chunks()]) == FILE.encode()


async def test_a_second_file_is_not_passed_over_in_silence() -> None:
    second = part('; name="file"; filename="b.psd"', "8BPS too")
    problem = await refusal(WHOLE.removesuffix(END) + second + END)
    assert (problem.status, problem.code) == (422, "form.many_files")


@pytest.mark.parametrize(
    "beside",
    [
        part('; name="note"', "x" * (2 * MAX_BESIDE_BYTES), ""),
        part('; name="note"', "x", "") * 101,
        part('; name="note"', "x", "A: b\r\n" * 9),
        part('; name="note"', "x", f"A: {'b' * 5000}\r\n"),
    ],
    ids=["field", "fields", "headers", "header"],
)
async def test_what_stands_beside_the_file_is_counted(beside: str) -> None:
    for body in (beside + WHOLE, WHOLE.removesuffix(END) + beside + END):
        problem = await refusal(body)
        assert (problem.status, problem.code) == (413, "form.too_large")


async def test_what_stands_around_a_form_is_counted_too() -> None:
    for body in (
        "x" * 2 * MAX_BESIDE_BYTES + "\r\n" + WHOLE,
        WHOLE + "x" * 2 * MAX_BESIDE_BYTES,
    ):
        assert (await refusal(body)).code == "form.too_large"


async def test_a_file_may_be_far_larger_than_what_stands_beside_it() -> None:
    content = "8BPS" + "x" * (5 * MAX_BESIDE_BYTES)
    body = part('; name="file"; filename="a.psd"', content) + END
    assert await read(body, 4096) == ("a.psd", content.encode())


async def test_a_raw_body_may_be_named_in_its_headers() -> None:
    for disposition in ('filename="M%22.psd"', "filename*=UTF-8''M%22.psd"):
        file = sent([b"8BPS"], "application/octet-stream", f"inline; {disposition}")
        assert file.name == 'M".psd'
