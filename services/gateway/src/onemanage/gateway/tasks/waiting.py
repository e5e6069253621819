"""How much waits for workers, for whoever decides how many there are to be."""

from onemanage.contracts.compute import ServiceWaiting
from onemanage.gateway.store import Pool
from onemanage.gateway.tasks.rows import AHEAD, WAITING

MOST_COUNTED = 5_000
"""Of a queue. More than that keeps every worker busy that there may be."""

# A loose index scan finds the queues, one probe each; the orders hold the planner to
# the index.
_KINDS = f"""
WITH RECURSIVE queues AS (
    (SELECT subject FROM tasks WHERE {WAITING} AND subject IS NOT NULL
     ORDER BY subject, workspace_id LIMIT 1)
    UNION ALL
    SELECT following.* FROM queues, LATERAL (
        SELECT subject FROM tasks WHERE {WAITING} AND subject > queues.subject
        ORDER BY subject, workspace_id LIMIT 1
    ) AS following
)
SELECT split_part(subject, '.', 2) AS service, name, count(*) AS waiting
FROM queues, LATERAL (
    SELECT name FROM tasks WHERE subject = queues.subject AND {WAITING}
    ORDER BY workspace_id, created_at, id LIMIT $1
) AS counted
GROUP BY service, name
"""

# One probe for each workspace that waits; of those that have had their turn there are
# few. What nobody has asked for may wait as long as others have work.
_OLDEST = f"""
WITH RECURSIVE pairs AS (
    (SELECT subject, workspace_id, created_at FROM tasks
     WHERE {WAITING} AND subject IS NOT NULL
     ORDER BY subject, workspace_id, created_at, id LIMIT 1)
    UNION ALL
    SELECT following.* FROM pairs, LATERAL (
        SELECT subject, workspace_id, created_at FROM tasks
        WHERE {WAITING}
          AND (subject, workspace_id) > (pairs.subject, pairs.workspace_id)
        ORDER BY subject, workspace_id, created_at, id LIMIT 1
    ) AS following
), ages AS (
    SELECT subject, created_at FROM pairs
    UNION ALL
    SELECT subject, coalesce(released_at, created_at) FROM tasks
    WHERE {AHEAD} AND subject IS NOT NULL
)
SELECT split_part(subject, '.', 2) AS service,
       extract(epoch FROM now() - min(created_at))::float AS oldest
FROM ages WHERE subject NOT LIKE '%.automatic' GROUP BY service
"""

_HEAVY = f"""
SELECT split_part(subject, '.', 2) AS service, count(*) AS heavy
FROM tasks WHERE heavy AND {AHEAD} GROUP BY service
"""


async def waiting(pool: Pool) -> list[ServiceWaiting]:
    """Of all workspaces, by service; where nothing waits, nothing is said."""
    kinds: dict[str, dict[str, int]] = {}
    for row in await pool.fetch(_KINDS, MOST_COUNTED):
        kinds.setdefault(row["service"], {})[row["name"]] = row["waiting"]
    oldest = {row["service"]: row["oldest"] for row in await pool.fetch(_OLDEST)}
    heavy = {row["service"]: row["heavy"] for row in await pool.fetch(_HEAVY)}
    return [
        ServiceWaiting(
            service=service,
            kinds=kinds.get(service, {}),
            oldest=oldest.get(service),
            heavy=heavy.get(service, 0),
        )
        for service in sorted(kinds.keys() | oldest.keys() | heavy.keys())
    ]
