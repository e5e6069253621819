"""Task rows shrink after their time: who, what, when and how it ended stays."""

from onemanage.gateway.store import Pool

_BATCH = 500
_PRUNE = f"""
UPDATE tasks SET command = NULL, progress = NULL, result = NULL, traceparent = NULL,
    fingerprint = CASE WHEN idempotency_key IS NULL THEN NULL ELSE fingerprint END,
    pruned_at = now()
WHERE id = ANY(ARRAY(
    SELECT id FROM tasks
    WHERE pruned_at IS NULL AND finished_at < now() - make_interval(secs => $1)
      AND state IN ('completed', 'failed', 'cancelled') AND published_at IS NOT NULL
    ORDER BY finished_at LIMIT {_BATCH} FOR UPDATE SKIP LOCKED
))
"""


async def prune(pool: Pool, seconds: float) -> int:
    """Of tasks that ended so many seconds ago, what is not kept longer; how many.

    In small steps: whoever dies in between leaves the rest to the next, and two at the
    same time share the work.
    """
    count = 0
    while pruned := int((await pool.execute(_PRUNE, seconds)).removeprefix("UPDATE ")):
        count += pruned
    return count
