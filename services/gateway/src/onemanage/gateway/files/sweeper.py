"""Uploads that were begun and never ended: what they stored goes.

A gateway that dies in the middle leaves an object without a row, or parts that nobody
puts together. Their keys were written down before the first byte (ADR 8).
"""

from onemanage.gateway.store import Store
from onemanage.platform.storage.storage import Storage


async def sweep(store: Store, storage: Storage, older_than: float) -> int:
    """Delete what uploads begun ``older_than`` seconds ago have stored; how many.

    Any step may be repeated after a crash or by another replica at the same time.
    """
    count = 0
    while True:
        async with store.overdue_upload(older_than) as object_key:
            if object_key is None:
                return count
            await storage.delete_prefix(object_key)
            count += 1
