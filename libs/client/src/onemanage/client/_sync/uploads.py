"""``client.uploads``"""

from __future__ import annotations

from onemanage.client._sync import operations


class Uploads(operations.Uploads):
    """What each operation does, and what takes several of them."""
