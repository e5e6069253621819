"""``client.uploads``"""

from __future__ import annotations

from onemanage.client._async import operations


class AsyncUploads(operations.AsyncUploads):
    """What each operation does, and what takes several of them."""
