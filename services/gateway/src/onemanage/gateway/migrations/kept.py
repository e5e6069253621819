"""The audit: a schema of its own, which the gateway's role may add to and read.

Its owner is a role that nobody enters as. Even who has taken the gateway over, or its
role, changes nothing of what was written, and deletes nothing of the last 30 days.
Repeated by every migration: what is new is added by IF NOT EXISTS or OR REPLACE.
"""

SCHEMA = "gateway_audit"
SQL = """
CREATE TABLE IF NOT EXISTS entries (
    id text PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    workspace_id text NOT NULL,
    actor_id text,
    actor_name text,
    session_id text,
    address text,
    user_agent text,
    action text NOT NULL,
    objects text[] NOT NULL DEFAULT '{}',
    status integer,
    trace_id text
);
CREATE INDEX IF NOT EXISTS entries_by_workspace
    ON entries (workspace_id, created_at, id);
CREATE INDEX IF NOT EXISTS entries_by_age ON entries USING brin (created_at);

CREATE OR REPLACE FUNCTION conclude(entry text, how integer, made text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = gateway_audit, pg_temp
AS 'UPDATE entries SET status = how, objects = objects || made
    WHERE id = entry AND status IS NULL';

CREATE OR REPLACE FUNCTION forget(older_than interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = gateway_audit, pg_temp
AS 'WITH gone AS (
        DELETE FROM entries WHERE id IN (
            SELECT id FROM entries
            WHERE created_at < now() - greatest(older_than, interval ''30 days'')
            LIMIT 5000
        ) RETURNING id
    ) SELECT count(*) FROM gone';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA gateway_audit FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA gateway_audit TO {service};
GRANT USAGE ON SCHEMA gateway_audit TO {service};
GRANT SELECT ON entries TO {service};
GRANT INSERT (id, workspace_id, actor_id, actor_name, session_id, address, user_agent,
              action, objects, status, trace_id) ON entries TO {service};
"""
"""``{service}`` is the gateway's role; it is nobody else's."""
