"""Which encoding bytes are in that are not UTF-8, by the text that they would be.

chardet says which encodings the bytes can be in and how usual their letters are. Whether
a person could have written the text is asked here: no letters of two scripts in one
word, no capitals within a word, no signs between letters. Encodings that give the same
text are one answer. ADR 35 says why, with the figures.
"""

import re
import unicodedata
from collections import Counter
from typing import NamedTuple

import chardet

_CONSIDERED = (
    *("gb18030", "big5hkscs", "cp932", "euc_jis_2004", "cp949", "hz", "iso2022_kr"),
    *("iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_ext"),
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("cp1258", "cp874", "koi8-r", "koi8-u", "kz1048"),
    *("iso8859-1", "iso8859-2", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8"),
    *("iso8859-9", "iso8859-13", "iso8859-15"),
    *("mac-roman", "mac-cyrillic", "mac-greek", "mac-latin2", "mac-turkish"),
    *("cp437", "cp737", "cp775", "cp850", "cp852", "cp855", "cp857", "cp862", "cp866"),
    "cp1125",
)
"""Of chardet's. Others are too rare in tables for what they are mistaken for."""
_CALLED = {"cp1252": "latin-1", "iso8859-1": "latin-1", "euc_jis_2004": "euc_jp"}
_CALLED |= {"iso2022_jp_2": "iso2022_jp", "iso2022_jp_2004": "iso2022_jp_3"}
_USUAL = ("latin-1", "gb18030", "cp932", "cp1250", "cp1251", "cp1254", "cp437", "cp850")
"""Which name stands for encodings that give the same text."""
_RARE = {
    "mac-cyrillic": 0.95,
    "mac": 0.7,
    "cp437": 0.8,
    "cp775": 0.7,
    "cp855": 0.7,
    "cp857": 0.6,
    "kz": 0.7,
}
_RARE |= {"cp1125": 0.7, "cp1258": 0.7, "iso8859-15": 0.9, "cp862": 0.9, "cp852": 0.8}
_RARE |= {"cp1252": 1.2, "iso8859-1": 1.2}
_LOOKED_AT = 16
_ENOUGH = 4_000
"""Characters of a text that are weighed."""
_SURE = 1.5
"""So many times better than the next text is sure, where plausible."""
_LETTERS = 5
"""Fewer letters that are not ASCII never make it sure: two accents are of ten languages."""
_SIGN = r"[^\w\s.,;:!?()/&+*'’‘\"“”„«»@#%=<>|\[\]{}°²³ªº№™®©~^`\\–—…·$-]"
_WORD = re.compile(rf"{_SIGN}*[^\W\d_]+(?:{_SIGN}+[^\W\d_]+)*{_SIGN}*")
_AT_DIGIT = re.compile(
    r"(?:(?<=[0-9])|(?<![^\W_]))[\u00c0-\u00d6\u00d9-\u00f6\u00f9-\u024f](?=[0-9])"
)
"""A letter between digits or alone before one, which a blank or £ becomes. Not Ø."""
_SIGNS = re.compile(
    "(?:[\x00-\x1a\x1c-\x7f]|(?<![^\x00-\x7f\xa0])[€£§°²³µØ½¼¾±×–—’«»](?![^\x00-\x7f\xa0])|\xa0"
    r"|(?<!\w)[“‘](?=\w)|(?<=[\w.,!?])”(?!\w)|(?<!\w)¥(?=[0-9]))*"
)
"""Text of ASCII and signs, each alone, that are at the same place in all of Windows'
encodings; to others they are letters of chance. Two of them side by side are Chinese."""
_KANA = re.compile("[\uff66-\uff9f]")
_KANA_RUN = re.compile("[\uff66-\uff9f]+")
_SOUNDS = re.compile("(?<![ｳｶ-ﾄﾊ-ﾎ])ﾞ|(?<![ﾊ-ﾎ])ﾟ")


class Candidate(NamedTuple):
    name: str
    """As Python knows it."""
    score: float
    sample: str
    """A piece of the text, as it would be read."""


class Ranked(NamedTuple):
    best: Candidate
    others: list[Candidate]
    """At most two, each another text."""
    sure: bool


def rank(evidence: bytes) -> Ranked | None:
    """``evidence`` is fields that are not ASCII, one a line. None: it is no text."""
    if halfwidth := _halfwidth(evidence):
        return Ranked(halfwidth, [], True)
    telling = _telling(evidence)
    if not telling:
        return Ranked(
            Candidate("latin-1", 1.0, _piece(evidence.decode("cp1252"))), [], True
        )
    found = chardet.detect_all(
        telling,
        ignore_threshold=True,
        compat_names=False,
        include_encodings=_CONSIDERED,
    )
    texts: dict[str, Candidate] = {}
    for one in found[:_LOOKED_AT]:
        name = one["encoding"]
        text = _text(evidence, name) if name else None
        if name and text is not None:
            score = one["confidence"] * plausible(text[:_ENOUGH]) * _usual(name)
            _add(texts, text, Candidate(_named(name, evidence, text), score, ""))
    ranked = sorted(texts.items(), key=lambda item: -item[1].score)
    if not ranked or not ranked[0][1].score:
        return None
    best, *others = [one._replace(sample=_piece(text)) for text, one in ranked[:3]]
    text = ranked[0][0][:_ENOUGH]
    sure = not others or best.score > _SURE * others[0].score
    sure = sure and sum(one > "\x7f" and one.isalpha() for one in text) >= _LETTERS
    return Ranked(best, others, sure and plausible(text) > 0.7)


def _telling(evidence: bytes) -> bytes:
    """The fields with letters; others only lead astray."""
    fields = evidence.split(b"\n")
    return b"\n".join(one for one in fields if not _is_of_signs(one))


def _is_of_signs(field: bytes) -> bool:
    text = _text(field, "cp1252")
    return text is not None and _SIGNS.fullmatch(text) is not None


def _text(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _named(name: str, data: bytes, text: str) -> str:
    """The usual name, where it stands for the same."""
    usual = _CALLED.get(name, name)
    return usual if usual == "latin-1" or _text(data, usual) == text else name


def _add(texts: dict[str, Candidate], text: str, new: Candidate) -> None:
    old = texts.get(text)
    if old is None:
        texts[text] = new
        return
    names = [one for one in _USUAL if one in (old.name, new.name)]
    texts[text] = Candidate(
        names[0] if names else old.name, max(old.score, new.score), ""
    )


def _usual(name: str) -> float:
    return next((share for rare, share in _RARE.items() if name.startswith(rare)), 1.0)


def plausible(text: str) -> float:
    """1 for what a person may have written, near 0 for letters of chance."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    signs = sum(map(_is_odd, text)) + len(_AT_DIGIT.findall(text))
    letters = sum(char > "\x7f" and char.isalpha() for char in text)
    if not words:
        return 0.2 if signs else 0.9
    odd = sum(map(_is_odd_word, words))
    return (1 - odd / len(words)) ** 2 * (1 - signs / (signs + letters or 1)) ** 2


def _is_odd(char: str) -> bool:
    """Controls, private characters, boxes and signs that tables hardly have."""
    if char <= "\x7f":
        return False
    kind = unicodedata.category(char)
    return (
        kind in ("Cc", "Cn", "Co", "Cs")
        or "\u2500" <= char <= "\u259f"
        or char in "¤¦¬¶ƒ†‡‰‹›¨¯´¸√∞∫≈∂∑∏◊"
        or char in "\u0e03\u0e05"  # Thai has given them up; £ and ¥ are their bytes
    )


def _is_odd_word(word: str) -> bool:
    if any(not (char.isalpha() or unicodedata.combining(char)) for char in word):
        return True
    scripts = {_script(char) for char in word if char.isalpha()} - {""}
    if len(scripts) > 1:
        return True
    return word[1:] != word[1:].lower() and not word.isupper() and _is_mixed(word)


def _is_mixed(word: str) -> bool:
    """A capital that is not ASCII after a small letter: of QuantitÀ, not of McDonald."""
    pairs = zip(word, word[1:], strict=False)
    return any(a.islower() and b.isupper() and b > "\x7f" for a, b in pairs)


def _script(char: str) -> str:
    """Of scripts that never share a word; the Chinese, Japanese and Korean ones do."""
    if char < "\u0250" or "\u1e00" <= char <= "\u1eff":
        return "latin"
    for script, first, last in _SCRIPTS:
        if first <= char <= last:
            return script
    return "east" if char > "\u2e00" else "other"


_SCRIPTS = (
    ("greek", "\u0370", "\u03ff"),
    ("cyrillic", "\u0400", "\u052f"),
    ("hebrew", "\u0590", "\u05ff"),
    ("arabic", "\u0600", "\u06ff"),
    ("thai", "\u0e00", "\u0e7f"),
)


def _halfwidth(evidence: bytes) -> Candidate | None:
    """Japanese in half-width letters, which detectors take for anything else.

    The sound marks stand after letters that can have one, and the first rows of the
    alphabet are as frequent as the later ones.
    """
    text = _text(evidence, "cp932")
    if text is None:
        return None
    kana = Counter(_KANA.findall(text))
    early = sum(count for char, count in kana.items() if char <= "ｿ")
    marks = kana["ﾞ"] + kana["ﾟ"]
    count, runs = kana.total(), len(_KANA_RUN.findall(text))
    others = sum(char > "\x7f" for char in text) - count
    if not marks or early * 6 < count or count < max(6, 2.5 * runs, 3 * others):
        return None
    return None if _SOUNDS.search(text) else Candidate("cp932", 1.0, _piece(text))


def _piece(text: str) -> str:
    return " ".join(text.split())[:60]
