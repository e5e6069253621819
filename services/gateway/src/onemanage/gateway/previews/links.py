"""Preview links: signed, good without an API key, dead from the second they expire.

The signature is an HMAC-SHA256 over the workspace, the preview and the expiry, so a
link is the same for as long as its preview lives and browsers may keep what it shows.
"""

import base64
import hashlib
import hmac
import time
from urllib.parse import urlencode

from onemanage.contracts.previews.previews import Preview
from onemanage.gateway.http.problems import Problem


class PreviewLinks:
    """``public_url`` is what links begin with, ``key`` the secret that signs them."""

    def __init__(self, public_url: str, key: str) -> None:
        self._base = public_url.rstrip("/")
        self._key = key.encode()

    def make(self, workspace_id: str, preview: Preview) -> str:
        """The link, whole; good until ``expires_at``, to the second."""
        expires = int(preview.expires_at.timestamp())
        query = {
            "workspace": workspace_id,
            "expires": expires,
            "signature": self._sign(workspace_id, preview.preview_id, expires),
        }
        path = f"/v1/previews/{preview.preview_id}/content"
        return f"{self._base}{path}?{urlencode(query)}"

    def check(
        self, workspace_id: str, preview_id: str, expires: int, signature: str
    ) -> int:
        """Seconds the link has left. Raises a 403 or 410 Problem."""
        wanted = self._sign(workspace_id, preview_id, expires)
        if not hmac.compare_digest(wanted.encode(), signature.encode()):
            detail = "The link was changed or is not complete. Ask for a new one."
            raise Problem(403, "preview.bad_link", detail)
        left = expires - time.time()
        if left <= 0:
            raise expired()
        return int(left)

    def _sign(self, workspace_id: str, preview_id: str, expires: int) -> str:
        text = f"{workspace_id}\n{preview_id}\n{expires}"
        digest = hmac.digest(self._key, text.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def expired() -> Problem:
    """A 410 Problem."""
    detail = (
        "This preview has expired. POST /v1/previews with its document_id or "
        "dataset_id makes a new link."
    )
    return Problem(410, "preview.expired", detail)
