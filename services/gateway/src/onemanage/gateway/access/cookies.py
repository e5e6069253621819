"""The session's cookie, and who may send it.

A browser sends a cookie whatever page asks it to. So what a cookie lets in must come
from a page of ours where it changes something: browsers say so in ``Origin``.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response

from onemanage.gateway.http.problems import Problem

_NAME = "onemanage"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Cookies:
    """``public_url`` is where browsers reach the gateway; ``origins`` are other pages
    that may use it.

    On HTTPS its name makes browsers refuse one that another host or plain HTTP has set.
    """

    def __init__(self, public_url: str, origins: list[str]) -> None:
        url = urlsplit(public_url)
        self._is_secure = url.scheme == "https"
        self._name = f"__Host-{_NAME}" if self._is_secure else _NAME
        self._origins = {f"{url.scheme}://{url.netloc}", *origins}

    def token(self, method: str, headers: Headers) -> str | None:
        """The token, where there is one. Raises a 403 Problem where another's page sends
        it."""
        sent = headers.get("cookie")
        token = cookie_parser(sent).get(self._name) if sent else None
        if token is None:
            return None
        if method not in _SAFE_METHODS and headers.get("origin") not in self._origins:
            detail = (
                "A request by cookie that changes something needs an Origin header with"
                " this installation's address. Programs send the token as Bearer."
            )
            raise Problem(403, "foreign_origin", detail)
        return token

    def give(self, response: Response, token: str, seconds: float | None) -> None:
        """Hand the token to the browser, for so long; None: until it is closed."""
        response.set_cookie(
            self._name,
            token,
            max_age=None if seconds is None else int(seconds),
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="strict",
        )

    def take(self, response: Response) -> None:
        """Have the browser forget it."""
        response.delete_cookie(
            self._name,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="strict",
        )
