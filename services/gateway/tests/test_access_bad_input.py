"""What people and programs get wrong when they come in: each is told what and where."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from onemanage.contracts.base import utc_now
from onemanage.gateway.access.people_store import PeopleStore, UserRow
from onemanage.gateway.access.secrets import new_api_key

from .access_samples import PASSWORD, browser, invited, joined, log_in
from .audit_samples import a_key
from .psd_samples import KEY, World

ADA, BOB = "ada@example.com", "bob@example.com"
SELF = {"Origin": "http://test"}


def is_problem(answer: httpx.Response, status: int, code: str) -> bool:
    kind, told = answer.headers["content-type"], answer.json()
    assert (answer.status_code, kind) == (status, "application/problem+json")
    assert told["type"].endswith(f"/{code}"), told
    return bool(told["detail"] and told["trace_id"])


def pointers(answer: httpx.Response) -> list[str]:
    assert is_problem(answer, 422, "invalid_request")
    return [one["pointer"] for one in answer.json()["errors"]]


async def accepted(world: World, token: str, **body: str) -> httpx.Response:
    given = {"token": token, "name": "Ada", "password": PASSWORD} | body
    async with browser(world) as client:
        return await client.post("/v1/invitations/accept", json=given)


@pytest.mark.parametrize(
    "password", ["", "x", "x" * 9, "x" * 257, "x" * 10_000], ids=len
)
async def test_a_password_that_is_too_short_or_long_makes_no_account(
    world: World, password: str
) -> None:
    token = await invited(world, ADA)
    refused = await accepted(world, token, password=password)
    right = await accepted(world, token)

    assert pointers(refused) == ["/password"]
    assert len(password) < 5 or password not in refused.text
    assert right.status_code == 201, "the invitation is still good"


@pytest.mark.parametrize("password", ["\0" * 10, "\N{GRINNING FACE}" * 256, " " * 10])
async def test_a_password_is_of_any_characters(world: World, password: str) -> None:
    token = await invited(world, ADA)
    made = await accepted(world, token, password=password)
    async with browser(world) as client:
        right = await log_in(client, ADA, password)
        wrong = await log_in(client, ADA, password[:-1] + "x")

    assert [one.status_code for one in (made, right, wrong)] == [201, 201, 401]


async def test_who_logs_in_learns_nothing_of_what_passwords_are_like(
    world: World,
) -> None:
    await joined(world, ADA)
    async with browser(world) as client:
        short = await log_in(client, ADA, "x")
        long = await log_in(client, ADA, "x" * 10_000)

    assert is_problem(short, 401, "wrong_login")
    assert pointers(long) == ["/password"] and "x" * 20 not in long.text


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/sessions", "email"),
        ("/v1/sessions", "password"),
        ("/v1/sign-in-codes/exchange", "code"),
        ("/v1/invitations/accept", "token"),
        ("/v1/invitations/accept", "name"),
        ("/v1/invitations/accept", "password"),
        ("/v1/me/password", "new"),
        ("/v1/api-keys", "name"),
        ("/v1/invitations", "email"),
    ],
)
async def test_half_a_character_is_refused(world: World, path: str, field: str) -> None:
    session = await joined(world, ADA, "owner")
    body = b'{"%b": "\\ud800 is half a character"}' % field.encode()
    headers = {"Content-Type": "application/json"}
    async with world.client(session["token"]) as ada:
        method = "PUT" if path == "/v1/me/password" else "POST"
        answer = await ada.request(method, path, content=body, headers=headers)

    assert f"/{field}" in pointers(answer)


async def test_inviting_tells_nobody_who_has_an_account(world: World) -> None:
    await joined(world, ADA)
    async with world.client() as owner:
        made = await owner.post(
            "/v1/workspaces", json={"name": "Other", "owner_email": BOB}
        )
    session = await joined(world, BOB, token=made.json()["invitation"]["token"])
    async with world.client(session["token"]) as bob:
        answers = [
            await bob.post("/v1/invitations", json={"email": email})
            for email in (ADA, "nobody@example.com", "ADA@Example.com")
        ]
    told = [
        one.json() | dict.fromkeys(("id", "email", "token", "created_at", "expires_at"))
        for one in answers
    ]

    assert [one.status_code for one in answers] == [201] * 3
    assert told[0] == told[1] == told[2]


async def test_of_two_who_use_one_invitation_one_gets_in_by_their_own_password(
    world: World,
) -> None:
    token = await invited(world, ADA)
    passwords = ["the first one's own", "the second one's own"]
    answers = await asyncio.gather(
        *(accepted(world, token, password=one) for one in passwords)
    )
    async with browser(world) as client:
        logins = [await log_in(client, ADA, one) for one in passwords]

    states = [one.status_code for one in answers]
    assert sorted(states) == [201, 410]
    assert is_problem(answers[states.index(410)], 410, "invitation_gone")
    assert [one.status_code for one in logins] == [
        201 if state == 201 else 401 for state in states
    ]


async def test_who_comes_second_is_told_of_the_invitation_and_not_of_a_password(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, first = await invited(world, ADA), list[httpx.Response]()
    look = PeopleStore.user

    async def after_another(people: PeopleStore, email: str) -> UserRow | None:
        monkeypatch.setattr(PeopleStore, "user", look)
        first.append(await accepted(world, token, password="the first one's own"))
        return await people.user(email)

    monkeypatch.setattr(PeopleStore, "user", after_another)
    second = await accepted(world, token, password="the second one's own")

    assert first[0].status_code == 201
    assert is_problem(second, 410, "invitation_gone")


async def test_the_last_owner_cannot_leave_and_one_of_two_can(world: World) -> None:
    session = await joined(world, ADA, "owner")
    async with world.client(session["token"]) as ada:
        me = (await ada.get("/v1/me")).json()["user_id"]
        at = f"/v1/members/{me}"
        refused = [
            await ada.delete(at),
            await ada.put(f"{at}/role", json={"role": "viewer"}),
        ]
        still = (await ada.get("/v1/members")).json()["items"]
        await joined(world, BOB, "owner")
        left = await ada.delete(at)
    async with browser(world) as client:
        later = await log_in(client, ADA)

    assert all(is_problem(one, 409, "last_owner") for one in refused)
    assert [one["role"] for one in still] == ["owner"]
    assert left.status_code == 204
    assert is_problem(later, 403, "no_workspace")


@pytest.mark.parametrize("column", ["expires_at", "revoked_at"])
async def test_a_key_that_is_over_is_told_like_one_that_never_was(
    world: World, column: str
) -> None:
    made = await a_key(world, expires_at=str(utc_now() + timedelta(days=1)))
    await world.gateway.store._pool.execute(
        f"UPDATE api_keys SET {column} = now() WHERE id = $1", made["id"]
    )
    answers = []
    for key in (made["key"], new_api_key(), made["key"][:-1]):
        async with world.client(key) as client:
            answers.append(await client.post("/v1/files", content=b"x"))

    told = [one.json() | {"trace_id": None} for one in answers]
    assert all(is_problem(one, 401, "wrong_api_key") for one in answers)
    assert told[0] == told[1] == told[2]
    assert {one.headers["www-authenticate"] for one in answers} == {
        'Bearer realm="onemanage"'
    }


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/v1/invitations", {"email": "ada"}, "/email"),
        ("/v1/invitations", {"email": "a da@example.com"}, "/email"),
        ("/v1/invitations", {"email": "ada@" + "x" * 10_000}, "/email"),
        ("/v1/invitations", {"email": "ada\0@example.com"}, "/email"),
        ("/v1/invitations", {"email": ADA, "role": "root"}, "/role"),
        ("/v1/invitations", {"email": ADA, "operator": True}, "/operator"),
        ("/v1/workspaces", {"owner_email": ADA, "name": ""}, "/name"),
        ("/v1/workspaces", {"owner_email": ADA, "name": "x" * 201}, "/name"),
        ("/v1/workspaces", {"owner_email": ADA, "name": "a\0b"}, "/name"),
        ("/v1/workspaces", {"name": "Other"}, "/owner_email"),
        ("/v1/api-keys", {"name": "a", "networks": ["::/0"] * 101}, "/networks"),
        ("/v1/api-keys", {"name": "a", "expires_at": "9999-12-31"}, "/expires_at"),
        ("/v1/sessions", {"email": ADA, "password": ["x" * 10]}, "/password"),
        ("/v1/sessions", {"email": {"$ne": ""}, "password": "x"}, "/email"),
        ("/v1/invitations/accept", {"token": "x" * 201}, "/token"),
    ],
)
async def test_what_cannot_be_is_refused_with_where_it_is_wrong(
    world: World, path: str, body: dict[str, Any], pointer: str
) -> None:
    async with world.client() as owner:
        answer = await owner.post(path, json=body)
        invited = (await owner.get("/v1/invitations")).json()["items"]

    assert pointer in pointers(answer)
    assert invited == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"1" * 9])
async def test_a_body_that_is_no_object_is_refused(world: World, body: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    async with world.client() as owner:
        for path in ("/v1/sessions", "/v1/invitations/accept", "/v1/api-keys"):
            answer = await owner.post(path, content=body, headers=kind)
            assert answer.status_code in (400, 422), (path, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer " + "x" * 30_000},
        {"Authorization": "Bearer " + KEY + "\xff"},
        {"Authorization": f"Bearer {KEY} {KEY}"},
        {"Authorization": "Bearer om_sess_" + KEY.removeprefix("om_live_")},
        {"Cookie": "onemanage=" + "x" * 30_000},
        {"Cookie": "; ".join(f"c{at}={at}" for at in range(3000))},
        {"Cookie": 'onemanage="'},
    ],
    ids=["long", "odd", "twice", "renamed", "long cookie", "many cookies", "half"],
)
async def test_what_is_no_key_lets_nobody_in_however_it_is_written(
    world: World, headers: dict[str, str]
) -> None:
    sent = [(name.encode(), text.encode("latin-1")) for name, text in headers.items()]
    async with browser(world) as client:
        answer = await client.get("/v1/tasks", headers=sent)
    assert is_problem(answer, 401, answer.json()["type"].rpartition("/")[2])


async def test_a_flood_of_hops_is_nobody_s_address(world: World) -> None:
    made = await a_key(world, networks=["203.0.113.0/24"])
    hops = "203.0.113.9, " * 2000 + "no address"
    async with world.client(made["key"]) as client:  # from 127.0.0.1, a proxy
        refused = await client.get("/v1/tasks", headers={"X-Forwarded-For": hops})
        hops = "127.0.0.1, " * 2000 + "203.0.113.9" + ", ::1" * 2000
        let_in = await client.get("/v1/tasks", headers={"X-Forwarded-For": hops})

    assert is_problem(refused, 403, "network_not_allowed")
    assert let_in.status_code == 200
