"""Questions about the texts of many columns, answered together.

A call into polars costs as much as the look at some hundred texts, and a column needs
dozens of them. So whoever looks at a column is a generator that yields questions, and
what many columns ask in the same way is one call, with all their texts one behind the
other. Each text is therefore answered by itself, whatever stands beside it.
"""

from collections import defaultdict
from collections.abc import Callable, Generator, Hashable, Sequence
from typing import NamedTuple

import polars as pl

_MOST_TOGETHER = 20_000
"""Texts of one column; asking more of them at once costs no more alone."""


class Question(NamedTuple):
    texts: pl.Series
    ask: Callable[..., pl.Series]
    """Of ``texts`` and ``given``: a series with one answer for each text."""
    given: tuple[Hashable, ...] = ()


type Asking[T] = Generator[Sequence[Question], Sequence[pl.Series], T]
"""Yields questions that do not depend on each other, and is sent their answers."""


def answered[T](askings: Sequence[Asking[T]]) -> list[T]:
    """What each of them returns."""
    made: dict[int, T] = {}
    waiting: dict[int, Sequence[Question]] = {}

    def go_on(at: int, answers: Sequence[pl.Series] | None) -> None:
        try:
            waiting[at] = (
                next(askings[at]) if answers is None else askings[at].send(answers)
            )
        except StopIteration as end:
            made[at] = end.value

    for at in range(len(askings)):
        go_on(at, None)
    while waiting:
        asked, waiting = waiting, {}
        for at, answers in _answers(asked).items():
            go_on(at, answers)
    return [made[at] for at in range(len(askings))]


def _answers(asked: dict[int, Sequence[Question]]) -> dict[int, list[pl.Series]]:
    alike: dict[Hashable, list[tuple[int, int]]] = defaultdict(list)
    answers: dict[int, list[pl.Series]] = {}
    for at, questions in asked.items():
        answers[at] = [one.texts for one in questions]  # each gets its answer below
        for place, one in enumerate(questions):
            key: Hashable = (one.ask, one.given)
            if len(one.texts) > _MOST_TOGETHER:
                key = (at, place)
            alike[key].append((at, place))
    for places in alike.values():
        questions = [asked[at][place] for at, place in places]
        for (at, place), answer in zip(places, _together(questions), strict=True):
            answers[at][place] = answer
    return answers


def _together(questions: list[Question]) -> list[pl.Series]:
    texts, ask, given = questions[0]
    if len(questions) == 1:
        return [ask(texts, *given)]
    answer = ask(pl.concat([one.texts for one in questions]), *given)
    made, start = [], 0
    for one in questions:
        made.append(answer.slice(start, len(one.texts)))
        start += len(one.texts)
    return made


def contains(texts: pl.Series, pattern: str) -> pl.Series:
    """Whether a regular expression is found."""
    return texts.str.contains(pattern)


def contains_sign(texts: pl.Series, sign: str) -> pl.Series:
    """Whether these characters are found."""
    return texts.str.contains(sign, literal=True)
