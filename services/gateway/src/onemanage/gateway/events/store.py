"""Whether those who follow events may still do so."""

from collections.abc import Collection

from onemanage.gateway.store import Pool

_GOOD = """
SELECT key_hash, workspace_id
FROM callers JOIN workspaces ON workspaces.id = workspace_id
WHERE key_hash = ANY ($1) AND suspended_at IS NULL
"""


async def good_keys(pool: Pool, hashes: Collection[bytes]) -> set[tuple[bytes, str]]:
    """Those of these keys and tokens that are good now, each with its workspace."""
    records = await pool.fetch(_GOOD, list(hashes))
    return {(record["key_hash"], record["workspace_id"]) for record in records}
