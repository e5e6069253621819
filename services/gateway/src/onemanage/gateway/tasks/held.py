"""The statements on rows that wait for others: when they have their turn, and with what.

Found by looking, so that whoever dies between a child's end and its parent's turn loses
nothing. Each statement asks for a row as it was before, so that two processes at once do
it once.
"""

import msgspec

from onemanage.contracts.datasets.handing_over import HAND_OVER
from onemanage.contracts.imaging.backgrounds import BackgroundSpec
from onemanage.contracts.imaging.batches import MAX_SHEET
from onemanage.contracts.imaging.images import GENERATE_BACKGROUND
from onemanage.contracts.psd.merges import FINISH_MERGE, MERGE_ROWS, PREPARE_MERGE

STEPS = (HAND_OVER.name, PREPARE_MERGE.name)
"""Of a merge, one after the other: after each the next is looked for at once."""

_SHUT_OUT = "3 s"
"""After a workspace is closed, everybody knows it."""

# What deletions have counted, those before it and the row itself, by kind.
_COUNTS = """
CASE WHEN parent.name = 'imaging.batch' THEN '{}'::jsonb ELSE (
    SELECT coalesce(jsonb_object_agg(kind, number), '{}') FROM (
        SELECT kind, sum(number::bigint) AS number FROM (
            SELECT result -> 'counts' AS counts FROM tasks WHERE parent_id = parent.id
            UNION ALL SELECT parent.command -> 'counts'
        ) AS said, jsonb_each_text(coalesce(counts, '{}')) AS each (kind, number)
        GROUP BY kind
    ) AS counted
) END
"""

# What a step of a merge needs of those before it: the rows, or why there are none.
_BEFORE = f"""
jsonb_build_object('error', (
    SELECT error FROM tasks WHERE parent_id = parent.id AND state = 'failed'
    AND name <> '{GENERATE_BACKGROUND.name}' ORDER BY created_at, id LIMIT 1
)) || CASE WHEN parent.name = '{FINISH_MERGE.name}' THEN '{{}}'::jsonb ELSE
    jsonb_build_object('handed_over', (
        SELECT result FROM tasks WHERE parent_id = parent.id AND state = 'completed'
    ))
END
"""

# The row of a batch gets its turn, with what its worker needs of those before it.
_OF_BATCH = f"""
(
    SELECT jsonb_build_object(
        'total', count(*),
        'completed', count(*) FILTER (WHERE state = 'completed'),
        'failed', count(*) FILTER (WHERE state = 'failed'),
        'cancelled', count(*) FILTER (WHERE state = 'cancelled')
    ) FROM tasks WHERE parent_id = parent.id
) || jsonb_build_object('images', coalesce((
    SELECT jsonb_agg(jsonb_build_object('object_key', object_key, 'name', name))
    FROM (
        SELECT coalesce(result #> '{{variants,0}}', result #> '{{images,0}}')
                   ->> 'object_key' AS object_key,
               result ->> 'name' AS name
        FROM tasks WHERE parent_id = parent.id AND state = 'completed'
        ORDER BY created_at, id LIMIT {MAX_SHEET}
    ) AS shown WHERE object_key IS NOT NULL
), '[]')) || jsonb_build_object('counts', {_COUNTS})
"""

# A merge that was looked through has its chunks before it ends: FAN_OUT says so.
FINISH = f"""
UPDATE tasks AS parent SET held = false, command = parent.command || CASE
    WHEN parent.name IN ('{FINISH_MERGE.name}', '{PREPARE_MERGE.name}') THEN {_BEFORE}
    ELSE {_OF_BATCH}
END
WHERE held AND state = 'queued' AND NOT EXISTS (
    SELECT FROM tasks WHERE parent_id = parent.id AND state IN ('queued', 'running')
) AND (NOT parent.command ? 'closes' OR EXISTS (
    SELECT FROM workspaces AS closed WHERE closed.id = parent.command ->> 'closes'
    AND closed_at < now() - interval '{_SHUT_OUT}' AND NOT EXISTS (
        SELECT FROM tasks WHERE workspace_id = closed.id
        AND cancel_requested_at IS NOT NULL AND state IN ('queued', 'running')
    )
)) AND (parent.name <> '{FINISH_MERGE.name}' OR parent.command ? 'chunks'
    OR NOT EXISTS (
        SELECT FROM tasks WHERE parent_id = parent.id
        AND name = '{PREPARE_MERGE.name}' AND state = 'completed'
    )
)
RETURNING subject, workspace_id
"""

# Pictures that are to lose their background do so before there are chunks: a task for
# each, by the rows that were looked through. Which task that is follows from merge and
# name (cut_out_of), so that a chunk finds what it has made. Files are in the answer; what
# else there is, somebody looks up first ($1: the merge, $2: the tasks; merges/cut_outs.py).
_CUT_OUT = msgspec.json.encode(BackgroundSpec(with_mask=False)).decode()
_FILES = "coalesce(jsonb_array_length(result -> 'cut_outs'), 0)"
_OTHERS = "coalesce((result ->> 'other_cut_outs')::int, 0)"
_WANTED = f"{_FILES} + {_OTHERS}"
_PREPARED = f"""
    SELECT parent_id, workspace_id, {_WANTED} AS count, {_OTHERS} AS others,
           result -> 'cut_outs' AS files
    FROM tasks
    WHERE name = '{PREPARE_MERGE.name}' AND state = 'completed' AND {_WANTED} > 0
    AND parent_id = ANY(ARRAY(
        SELECT id FROM tasks WHERE held AND state = 'queued'
        AND name = '{FINISH_MERGE.name}' AND NOT command ? 'cut_outs'
    ))
"""
TO_LOOK_UP = f"""
SELECT parent_id, workspace_id FROM ({_PREPARED}) AS prepared WHERE others > 0
ORDER BY parent_id
"""
CUT_OUT = f"""
WITH whole AS (
    UPDATE tasks AS parent
    SET command = parent.command || jsonb_build_object('cut_outs', prepared.count)
    FROM ({_PREPARED}) AS prepared
    WHERE parent.id = prepared.parent_id AND parent.held AND parent.state = 'queued'
      AND NOT parent.command ? 'cut_outs'
      AND CASE WHEN $1::text IS NULL THEN others = 0 ELSE parent.id = $1 END
    RETURNING parent.*, prepared.files
), given AS (
    SELECT left(encode(sha256(convert_to(
               whole.id || ':' || file_id, 'UTF8'
           )), 'hex'), 32) AS made,
           number, whole.id AS parent_id, whole.workspace_id, traceparent,
           jsonb_build_object('file_id', file_id, 'file_key', files.object_key,
                              'file_name', files.name, 'file_size', files.size) AS source
    FROM whole, jsonb_array_elements_text(whole.files) WITH ORDINALITY
         AS listed (file_id, number) JOIN files ON files.id = file_id
    WHERE files.workspace_id = whole.workspace_id
    UNION ALL
    SELECT other ->> 'made', number, whole.id, workspace_id, traceparent,
           other -> 'source'
    FROM whole, jsonb_array_elements($2::jsonb) WITH ORDINALITY
         AS listed (other, number)
)
INSERT INTO tasks (id, workspace_id, name, subject, command, traceparent, resource,
                   parent_id, created_at)
SELECT 'tsk_' || made, workspace_id, '{GENERATE_BACKGROUND.name}', 'tasks.imaging.low',
       source || jsonb_build_object('background_id', 'bgd_' || made,
                                    'spec', '{_CUT_OUT}'::jsonb),
       traceparent, '/v1/images/backgrounds/bgd_' || made, parent_id,
       now() + number * interval '1 microsecond'
FROM given
RETURNING subject, workspace_id
"""

# The number of chunks is known once the rows were looked through. The parent says that
# they are there in the statement that makes them, so they are made once.
FAN_OUT = f"""
WITH whole AS (
    UPDATE tasks AS parent
    SET command = parent.command || jsonb_build_object('chunks', prepared.chunks)
    FROM (
        SELECT parent_id, (result ->> 'chunks')::int AS chunks,
               {_WANTED} > 0 AS has_cut_outs FROM tasks
        WHERE name = '{PREPARE_MERGE.name}' AND state = 'completed'
        AND parent_id = ANY(ARRAY(
            SELECT id FROM tasks WHERE held AND state = 'queued'
            AND name = '{FINISH_MERGE.name}' AND NOT command ? 'chunks'
        ))
    ) AS prepared
    WHERE parent.id = prepared.parent_id AND parent.held AND parent.state = 'queued'
      AND NOT parent.command ? 'chunks'
      AND (NOT prepared.has_cut_outs OR parent.command ? 'cut_outs' AND NOT EXISTS (
          SELECT FROM tasks AS cut WHERE cut.parent_id = parent.id
          AND cut.name = '{GENERATE_BACKGROUND.name}'
          AND cut.state IN ('queued', 'running')
      ))
    RETURNING parent.*, prepared.chunks
)
INSERT INTO tasks (id, workspace_id, name, subject, command, traceparent, parent_id,
                   created_at)
SELECT 'tsk_' || replace(gen_random_uuid()::text, '-', ''), workspace_id,
       '{MERGE_ROWS.name}', subject,
       jsonb_build_object('merge_id', command ->> 'merge_id',
                          'template_id', command ->> 'template_id', 'chunk', chunk),
       traceparent, id, now() + chunk * interval '1 microsecond'
FROM whole, generate_series(0, whole.chunks - 1) AS chunk
RETURNING subject, workspace_id
"""
