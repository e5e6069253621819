"""API keys and preview links, without any server."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from onemanage.gateway.access.callers import secret_of_bearer
from onemanage.gateway.access.secrets import hash_api_key, new_api_key
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.previews.links import PreviewLinks

from .access_samples import preview_until


def test_a_new_key_can_be_told_from_a_mistyped_one() -> None:
    key = new_api_key()

    assert hash_api_key(key) is not None
    assert hash_api_key(key[:-1]) is None
    assert hash_api_key(key.replace("om_live_", "om_test_")) is None
    assert hash_api_key("") is None


@pytest.mark.parametrize("header", [None, "", "Basic om_live_x"])
def test_whatever_is_no_bearer_key_is_refused_with_a_challenge(
    header: str | None,
) -> None:
    with pytest.raises(Problem) as refused:
        secret_of_bearer(header)

    assert refused.value.status == 401
    assert refused.value.headers


def _given(link: str) -> tuple[int, str]:
    query = dict(part.split("=") for part in link.partition("?")[2].split("&"))
    return int(query["expires"]), query["signature"]


def test_a_link_is_the_same_for_as_long_as_its_preview_lives() -> None:
    links = PreviewLinks("http://test/", "k" * 32)
    preview = preview_until(datetime.now(UTC) + timedelta(hours=24))

    assert links.make("wsp_1", preview) == links.make("wsp_1", preview)
    left = links.check("wsp_1", "prv_1", *_given(links.make("wsp_1", preview)))
    assert 24 * 3600 - 5 < left <= 24 * 3600


def test_a_link_is_refused_from_the_second_it_expires() -> None:
    links = PreviewLinks("http://test", "k" * 32)
    expires, signature = _given(links.make("wsp_1", preview_until(datetime.now(UTC))))

    with pytest.raises(Problem) as refused:
        links.check("wsp_1", "prv_1", expires, signature)

    assert expires <= time.time()
    assert refused.value.status == 410


@pytest.mark.parametrize(
    ("workspace", "preview_id", "later"),
    [("wsp_2", "prv_1", 0), ("wsp_1", "prv_2", 0), ("wsp_1", "prv_1", 60)],
)
def test_a_link_is_good_for_nothing_but_what_it_was_signed_for(
    workspace: str, preview_id: str, later: int
) -> None:
    links = PreviewLinks("http://test", "k" * 32)
    preview = preview_until(datetime.now(UTC) + timedelta(hours=1))
    expires, signature = _given(links.make("wsp_1", preview))

    with pytest.raises(Problem) as refused:
        links.check(workspace, preview_id, expires + later, signature)

    assert refused.value.status == 403
