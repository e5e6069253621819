"""Style sheets and attributes without what loads from elsewhere."""

import re

_LOADS = re.compile(r"@import|@font-face|url\(\s*(?!['\"]?\s*#)|expression\(", re.I)
_QUOTED = re.compile(r"url\(\s*(['\"]?)\s*(#[^'\")]*?)\s*\1\s*\)", re.I)
_BLOCK = re.compile(r"@font-face\s*\{[^}]*\}|@import\b[^;]*(?:;|$)", re.I)
_ELSEWHERE = re.compile(r"url\(\s*(?!#)(?:'[^']*'|\"[^\"]*\"|[^)]*)\s*\)", re.I)


def cleaned(text: str) -> tuple[str, bool]:
    """The text with nothing that loads, and whether something was taken out.

    References within the document lose their quotes, which not every drawer reads.
    """
    text = _QUOTED.sub(r"url(\2)", text)
    if not _LOADS.search(plain(text)):
        return text, False
    bare = _QUOTED.sub(r"url(\2)", plain(text))
    bare = _ELSEWHERE.sub("none", _BLOCK.sub("", bare))
    return ("" if _LOADS.search(bare) else bare), True


def cleaned_value(text: str) -> tuple[str, bool]:
    """As `cleaned`, of the value of one attribute: what stood behind a reference that
    is gone is its fallback."""
    made, changed = cleaned(text)
    if changed:
        made = made.replace("none", "", 1).strip() or "none"
    return made, changed


def plain(text: str) -> str:
    """Without comments, and with escapes as what they stand for."""
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(
        r"\\([0-9a-fA-F]{1,6})\s?",
        lambda found: chr(min(int(found[1], 16), 0x10FFFF)),
        bare,
    ).replace("\\", "")
