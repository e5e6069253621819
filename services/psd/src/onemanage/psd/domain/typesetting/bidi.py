"""The Unicode bidirectional algorithm (UAX 9): which characters run from right to left.

Of the libraries for it none tells levels, and shaping needs these: letters are joined
and mirrored in runs of one level, and lines are put in order after they are broken.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby

_NEEDED = re.compile(
    "[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_DEEPEST = 125
_EMBEDS = {
    "LRE": (0, ""),
    "RLE": (1, ""),
    "LRO": (0, "L"),
    "RLO": (1, "R"),
    "LRI": (0, ""),
    "RLI": (1, ""),
}
"""The direction that it begins, and what it makes of all within."""
_ISOLATES = ("LRI", "RLI", "FSI")
_REMOVED = ("LRE", "RLE", "LRO", "RLO", "PDF", "BN")
_NEUTRAL = ("B", "S", "WS", "ON", "FSI", "LRI", "RLI", "PDI")
_OPENING = "([{\u2329\u3008\u300a\u300c\u300e\u3010\u2045\u207d\u208d\uff08\uff3b\uff5b"
_CLOSING = ")]}\u232a\u3009\u300b\u300d\u300f\u3011\u2046\u207e\u208e\uff09\uff3d\uff5d"
_PAIRS = dict(zip(_CLOSING, _OPENING, strict=True))
_MOST_OPEN = 63


def base_level(text: str) -> int:
    """1 where the first letter of the text runs from right to left; P2 and P3."""
    depth = 0
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in _ISOLATES:
            depth += 1
        elif kind == "PDI":
            depth = max(depth - 1, 0)
        elif depth == 0 and kind in ("L", "R", "AL"):
            return int(kind != "L")
    return 0


def levels(text: str, base: int) -> list[int]:
    """Of each character: even ones run from left to right, odd ones the other way."""
    if base == 0 and not _NEEDED.search(text):
        return [0] * len(text)
    kinds = [unicodedata.bidirectional(x) or "L" for x in text]
    given, found = _explicit(text, kinds, base)
    for sequence in _sequences(kinds, given):
        _resolve(text, kinds, found, given, sequence, base)
    for at, kind in enumerate(found):
        if given[at] < 0:
            given[at] = given[at - 1] if at else base
        elif given[at] % 2 == 0:
            given[at] += {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)
        elif kind in ("L", "EN", "AN"):
            given[at] += 1
    return given


def at_line_ends(text: str, found: Sequence[int], base: int) -> list[int]:
    """L1: of one line, what stands at its end and before tabs has the base level."""
    line = list(found)
    resets = True
    for at in range(len(text) - 1, -1, -1):
        kind = unicodedata.bidirectional(text[at])
        if kind in ("S", "B"):
            resets = True
        elif kind not in ("WS", *_ISOLATES, "PDI", *_REMOVED):
            resets = False
        if resets:
            line[at] = base
    return line


def visual_order(found: Sequence[int]) -> list[int]:
    """L2: indices from left to right."""
    order = list(range(len(found)))
    if not found:
        return order
    odd = [level for level in found if level % 2]
    for level in range(max(found), min(odd, default=max(found) + 1) - 1, -1):
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and found[order[end]] >= level:
                end += 1
            order[at:end] = reversed(order[at:end])
            at = max(end, at + 1)
    return order


def _explicit(text: str, kinds: list[str], base: int) -> tuple[list[int], list[str]]:
    """X1 to X8: levels by the controls, and kinds by what overrides. What is taken out
    has the level -1."""
    stack: list[tuple[int, str, bool]] = [(base, "", False)]
    overflow_isolates = overflow_embeds = valid_isolates = 0
    given, found = [], list(kinds)
    for at, kind in enumerate(kinds):
        level, override, _ = stack[-1]
        if kind in ("PDI",):
            if overflow_isolates:
                overflow_isolates -= 1
            elif valid_isolates:
                overflow_embeds = 0
                while not stack[-1][2]:
                    stack.pop()
                stack.pop()
                valid_isolates -= 1
            level, override, _ = stack[-1]
        given.append(-1 if kind in _REMOVED else base if kind == "B" else level)
        if override and kind not in _REMOVED and kind != "B":
            found[at] = override
        if kind in _EMBEDS or kind == "FSI":
            is_isolate = kind in _ISOLATES
            odd, inner = _EMBEDS.get(kind) or (base_level(text[at + 1 :]), "")
            deeper = (level + 1) | 1 if odd else (level + 2) & ~1
            if deeper <= _DEEPEST and not (overflow_isolates or overflow_embeds):
                stack.append((deeper, inner, is_isolate))
                valid_isolates += is_isolate
            elif is_isolate:
                overflow_isolates += 1
            elif not overflow_isolates:
                overflow_embeds += 1
        elif kind == "PDF" and not overflow_isolates:
            if overflow_embeds:
                overflow_embeds -= 1
            elif len(stack) > 1 and not stack[-1][2]:
                stack.pop()
    return given, found


def _sequences(kinds: list[str], given: list[int]) -> list[list[int]]:
    """X10: runs of one level, those joined between which an isolate stands."""
    kept = [at for at, level in enumerate(given) if level >= 0]
    runs = [list(run) for _, run in groupby(kept, key=lambda at: given[at])]
    sequences: list[list[int]] = []
    waiting: list[list[int]] = []
    for run in runs:
        if kinds[run[0]] == "PDI" and waiting:
            sequence = waiting.pop()
            sequence += run
        else:
            sequence = run
            sequences.append(sequence)
        if kinds[run[-1]] in _ISOLATES:
            waiting.append(sequence)
    return sequences


def _resolve(
    text: str,
    kinds: list[str],
    found: list[str],
    given: list[int],
    sequence: list[int],
    base: int,
) -> None:
    """W1 to N2, in place."""
    level = given[sequence[0]]
    before = next((x for x in reversed(given[: sequence[0]]) if x >= 0), base)
    ends_open = kinds[sequence[-1]] in _ISOLATES
    after = next((x for x in given[sequence[-1] + 1 :] if x >= 0), base)
    after = base if ends_open else after
    start = "R" if max(level, before) % 2 else "L"
    end = "R" if max(level, after) % 2 else "L"
    run = [found[at] for at in sequence]
    _weak(run, start)
    _brackets([text[at] for at in sequence], kinds, sequence, run, level, start)
    _neutral(run, start, end, "R" if level % 2 else "L")
    for at, kind in zip(sequence, run, strict=True):
        found[at] = kind


def _weak(run: list[str], start: str) -> None:
    before = strong = start
    for at, kind in enumerate(run):
        if kind == "NSM":  # W1
            run[at] = kind = "ON" if before in (*_ISOLATES, "PDI") else before
        before = kind
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":  # W2
            run[at] = "AN"
    run[:] = ["R" if kind == "AL" else kind for kind in run]  # W3
    for at in range(1, len(run) - 1):  # W4
        around = run[at - 1], run[at + 1]
        if around == ("EN", "EN") and run[at] in ("ES", "CS"):
            run[at] = "EN"
        elif around == ("AN", "AN") and run[at] == "CS":
            run[at] = "AN"
    at = 0
    while at < len(run):  # W5 and W6
        end = at
        while end < len(run) and run[end] == "ET":
            end += 1
        is_number = "EN" in (
            run[at - 1] if at else "",
            run[end] if end < len(run) else "",
        )
        run[at:end] = ["EN" if is_number else "ON"] * (end - at)
        at = max(end, at + 1)
    run[:] = ["ON" if kind in ("ES", "CS") else kind for kind in run]
    strong = start
    for at, kind in enumerate(run):  # W7
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            run[at] = "L"


def _brackets(
    letters: list[str],
    kinds: list[str],
    sequence: list[int],
    run: list[str],
    level: int,
    start: str,
) -> None:
    """N0: both of a pair go the way of what stands between them."""
    embedding = "R" if level % 2 else "L"
    strongs = [_strong(kind) for kind in run]
    for first, last in _pairs(letters, run):
        inside = {x for x in strongs[first + 1 : last] if x}
        if not inside:
            continue
        way = embedding
        if embedding not in inside:
            context = next((x for x in reversed(strongs[:first]) if x), start)
            way = context if context != embedding else embedding
        for at in (first, last):
            run[at] = strongs[at] = way
            for mark in range(at + 1, len(run)):
                if kinds[sequence[mark]] != "NSM":
                    break
                run[mark] = strongs[mark] = way


def _pairs(letters: list[str], run: list[str]) -> list[tuple[int, int]]:
    opened: list[tuple[str, int]] = []
    pairs = []
    for at, letter in enumerate(letters):
        if run[at] != "ON":
            continue
        if letter in _OPENING:
            if len(opened) == _MOST_OPEN:
                return []
            opened.append((letter, at))
        elif letter in _PAIRS:
            for depth in range(len(opened) - 1, -1, -1):
                if opened[depth][0] == _PAIRS[letter]:
                    pairs.append((opened[depth][1], at))
                    del opened[depth:]
                    break
    return sorted(pairs)


def _neutral(run: list[str], start: str, end: str, embedding: str) -> None:
    """N1 and N2."""
    at = 0
    while at < len(run):
        last = at
        while last < len(run) and run[last] in _NEUTRAL:
            last += 1
        if last > at:
            before = _strong(run[at - 1]) if at else start
            after = _strong(run[last]) if last < len(run) else end
            way = before if before == after and before else embedding
            run[at:last] = [way] * (last - at)
        at = max(last, at + 1)


def _strong(kind: str) -> str:
    """Numbers go with what runs from right to left."""
    return {"L": "L", "R": "R", "EN": "R", "AN": "R"}.get(kind, "")
