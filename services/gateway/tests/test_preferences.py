"""``Prefer``: what is heeded of it, and what the client is told of that."""

import pytest

from onemanage.gateway.http.preferences import read_prefer

from .psd_samples import DOCUMENT, LATER, World


@pytest.mark.parametrize(
    ("given", "seconds", "applied"),
    [
        ([], 2, None),
        (["wait=10"], 10, "wait=10"),
        (["wait=0"], 0, "wait=0"),
        (["wait=31"], 30, "wait=30"),
        (["wait=99999"], 30, "wait=30"),
        (["wait=" + "9" * 5000], 30, "wait=30"),
        (["wait=0007"], 7, "wait=7"),
        (['Wait = "10"; why=late'], 10, "wait=10"),
        (["respond-async"], 0, "respond-async"),
        (["respond-async, wait=10"], 10, "respond-async, wait=10"),
        (["wait=10", "respond-async"], 10, "respond-async, wait=10"),
        (["wait=5, wait=10"], 5, "wait=5"),
        (["return=minimal"], 2, None),
        (['note="a, wait=9", wait=3'], 3, "wait=3"),
        (['note="a\\", wait=9", wait=3'], 3, "wait=3"),
        (['note="a; wait=9", wait=3'], 3, "wait=3"),
        (['wait="1\\0"'], 10, "wait=10"),
        (["note; x=1, wait=3; y"], 3, "wait=3"),
        (["note; wait=9"], 2, None),
        (["note ; , wait = 4"], 4, "wait=4"),
        ([",, wait=3,"], 3, "wait=3"),
        (['wait=""', "wait=5"], 2, None),
        (["wait=soon, wait=5"], 2, None),
        (['wait=3, note="no end, respond-async'], 3, "wait=3"),
        (['note="no end', "wait=3"], 3, "wait=3"),
        (['respond-async=""'], 0, "respond-async"),
        (["Respond-Async;x, WAIT=1"], 1, "respond-async, wait=1"),
        (["respond-async=maybe"], 2, None),
        (["," * 30_000 + "wait=1"], 1, "wait=1"),
        (['"' * 30_000 + ",wait=1"], 1, "wait=1"),
        (["wait=²"], 2, None),
        (["wait=-1"], 2, None),
        (["not-respond-async, await=9"], 2, None),
    ],
)
def test_what_a_client_prefers_is_read_as_the_rfc_has_it(
    given: list[str], seconds: float, applied: str | None
) -> None:
    found = read_prefer(given)

    assert (found.seconds, found.applied) == (seconds, applied)


async def test_only_those_who_preferred_something_are_told_what_was_applied(
    world: World,
) -> None:
    body = {"before": DOCUMENT, "after": LATER}
    async with world.client() as client:
        both = {"Prefer": "respond-async, wait=1"}
        waited = await client.post("/v1/psd/diffs", json=body, headers=both)
        unasked = await client.delete(waited.headers["Location"])

    assert waited.status_code == 202
    assert waited.headers["Preference-Applied"] == "respond-async, wait=1"
    assert unasked.status_code in (200, 202)
    assert "Preference-Applied" not in unasked.headers
