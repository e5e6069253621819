"""IPTC's Information Interchange Model (version 4.2), as Photoshop embeds it."""

from collections import defaultdict

_MARK = 0x1C
_MOST = 4_096
"""Datasets that are read."""
_UTF8 = b"\x1b%G"
"""Coded character set 1:90 (ISO 2022)."""
_RESOURCE = b"8BIM"
_IPTC = 0x0404


def datasets(data: bytes) -> dict[int, list[str]]:
    """Texts of record 2 by the numbers of their datasets; what is cut off ends it."""
    found: dict[int, list[bytes]] = defaultdict(list)
    coding, position = "latin-1", 0
    for _ in range(_MOST):
        if position + 5 > len(data) or data[position] != _MARK:
            break
        record, number = data[position + 1], data[position + 2]
        size = int.from_bytes(data[position + 3 : position + 5])
        body = data[position + 5 : position + 5 + size]
        if size & 0x8000 or len(body) < size:
            break
        if (record, number) == (1, 90) and body == _UTF8:
            coding = "utf-8"
        elif record == 2:
            found[number].append(body)
        position += 5 + size
    return {n: [_text(one, coding) for one in texts] for n, texts in found.items()}


def of_photoshop(data: bytes) -> bytes:
    """The IPTC among Photoshop's image resources; empty where there is none."""
    position = 0
    while data[position : position + 4] == _RESOURCE and position + 12 <= len(data):
        number = int.from_bytes(data[position + 4 : position + 6])
        position += 6
        position += (data[position] + 2) & ~1  # its name, padded to an even size
        size = int.from_bytes(data[position : position + 4])
        body = data[position + 4 : position + 4 + size]
        if number == _IPTC:
            return body
        position += 4 + size + size % 2
    return b""


def _text(body: bytes, coding: str) -> str:
    try:
        return body.decode("utf-8")  # many write it without saying so
    except UnicodeDecodeError:
        return body.decode(coding, "replace")
