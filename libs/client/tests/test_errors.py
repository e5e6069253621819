"""Errors: each status its class, each with what, where and what to do."""

import pytest

from onemanage.client import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    OneManage,
    Problem,
    RateLimited,
    ServerFault,
    Unauthenticated,
    UnexpectedAnswer,
    errors,
)

from .answering import Answer, answering, problem


def raised(answer: Answer) -> errors.OneManageError:
    with answering(answer) as server:
        with OneManage("om_live_secret", url=server.url, retries=0) as client:
            with pytest.raises(errors.OneManageError) as found:
                client.me.get()
    assert "om_live_secret" not in f"{found.value} {found.value!r}"
    return found.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidInput),
        (401, Unauthenticated),
        (403, NotAllowed),
        (404, NotFound),
        (409, Conflict),
        (410, NotFound),
        (412, Conflict),
        (413, InvalidInput),
        (418, InvalidInput),
        (422, InvalidInput),
        (429, RateLimited),
        (500, ServerFault),
        (502, ServerFault),
        (507, ServerFault),
    ],
)
def test_each_status_has_its_class(status: int, kind: type[Problem]) -> None:
    found = raised(problem(status, "some_code"))
    assert type(found) is kind and isinstance(found, Problem)
    assert (found.status, found.code) == (status, "some_code")
    assert found.type == "https://onemanage.dev/problems/some_code"


def test_a_problem_says_what_where_and_what_to_do() -> None:
    places = [{"pointer": "/body/name", "detail": "Too long."}]
    found = raised(problem(401, "wrong_api_key", errors=places, scope="write"))
    assert isinstance(found, Unauthenticated)
    assert found.places == (("/body/name", "Too long."),)
    assert found.extra == {"scope": "write"} and found.trace_id == "0" * 32
    for part in ("It is wrong_api_key.", "/body/name: Too long.", "session", "0" * 32):
        assert part in str(found)


def test_an_operation_that_an_older_server_lacks_is_told_so() -> None:
    assert "older than this client" in str(raised(problem(404, "no_such_route")))


@pytest.mark.parametrize("status", [200, 404, 502])
def test_what_another_program_answers_is_shown(status: int) -> None:
    page = Answer(status, b"<html>It works!</html>", {"Content-Type": "text/html"})
    found = raised(page)
    assert "It works!" in str(found) and "ONEMANAGE_URL" in str(found)
    assert isinstance(found, UnexpectedAnswer if status == 200 else Problem)


def test_problems_of_a_newer_server_do_not_fail() -> None:
    odd = problem(422, "new", errors={"no": "list"}, detail=None, title=None, more=1)
    found = raised(odd)
    assert isinstance(found, InvalidInput) and found.message == "new"


def test_every_error_is_drawn_in_the_tree() -> None:
    tree = errors.__doc__ or ""
    kinds = [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.OneManageError)
    ]
    assert len(kinds) > 10
    assert [one.__name__ for one in kinds if one.__name__ not in tree] == []
