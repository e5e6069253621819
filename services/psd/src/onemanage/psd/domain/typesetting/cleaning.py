"""Characters that nobody can see are no text: they are left out before it is set."""

import re
from dataclasses import replace

from onemanage.psd.domain.typesetting.styled import PARAGRAPH, Run, StyledText

MAX_CHARACTERS = 20_000
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufff9-\ufffb\ufdd0-\ufdef]"
)
"""But for the ends of lines and paragraphs, and tabs."""
_HALVES = re.compile("[\ud800-\udfff]")


def cleaned(styled: StyledText) -> tuple[StyledText, list[str]]:
    """What can be set of it, and what was left out, in sentences without a full stop."""
    warnings = []
    text = styled.text
    if count := len(_CONTROLS.findall(text)):
        warnings.append(f"{count} control characters are left out")
    if count := len(_HALVES.findall(text)):
        warnings.append(f"{count} halves of characters are drawn as �")
    runs = [
        Run(_HALVES.sub("\ufffd", _CONTROLS.sub("", run.text)), run.style)
        for run in styled.runs
    ]
    if len(text) > MAX_CHARACTERS:
        warnings.append(f"Of {len(text)} characters the first {MAX_CHARACTERS} are set")
        runs = _first(runs, MAX_CHARACTERS)
    count = sum(run.text.count(PARAGRAPH) for run in runs) + 1
    paragraphs = (*styled.paragraphs, *styled.paragraphs[-1:] * count)[:count]
    return replace(styled, runs=tuple(runs), paragraphs=paragraphs), warnings


def _first(runs: list[Run], count: int) -> list[Run]:
    kept = []
    for run in runs:
        kept.append(Run(run.text[:count], run.style))
        count -= len(kept[-1].text)
        if count <= 0:
            break
    return kept
