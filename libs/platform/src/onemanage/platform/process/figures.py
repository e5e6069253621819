"""Every figure there is, in one table; docs/observing.md says what to make of them.

No label has values without bounds: not a workspace, but where METRICS_WORKSPACES asks
for it, nor an id or an address. A route is its template.
"""

from onemanage.platform.process.metrics import (
    LONG,
    Counter,
    Figure,
    Gauge,
    Histogram,
    WorkspaceCounter,
)

_MIB = 1 << 20

TASK_ENDS = Counter(
    "onemanage_task_ends_total",
    "Runs that ended at this worker: completed, refused, cancelled or dead_letter.",
    "task",
    "end",
)
TASK_ATTEMPTS = Counter(
    "onemanage_task_attempts_total", "Attempts at tasks that were begun.", "task"
)
TASK_RETRIES = Counter(
    "onemanage_task_retries_total", "Failed attempts that will be repeated.", "task"
)
TASK_REDELIVERIES = Counter(
    "onemanage_task_redeliveries_total",
    "Deliveries after the first: of a retry, or because a worker was lost or must go.",
    "task",
)
TASK_HAND_OVERS = Counter(
    "onemanage_task_hand_overs_total",
    "Tasks that a worker has given back because it must go.",
    "task",
)
TASK_QUEUE_SECONDS = Histogram(
    "onemanage_task_queue_seconds",
    "From a command's place in TASKS to the start of its first attempt.",
    "task",
    bounds=LONG,
)
TASK_RUN_SECONDS = Histogram(
    "onemanage_task_run_seconds",
    "That an attempt's own work took, however it ended.",
    "task",
    bounds=LONG,
)
WORKER_SLOTS = Gauge(
    "onemanage_worker_slots", "Slots for tasks: busy and free ones.", "state"
)
DEAD_LETTERS = Counter(
    "onemanage_dead_letters_total",
    "Messages that nobody will be given again, by their consumer and why.",
    "consumer",
    "reason",
)
WORKSPACE_TASK_ENDS = WorkspaceCounter(
    "onemanage_workspace_task_ends_total",
    "Runs that ended, by workspace; with METRICS_WORKSPACES alone.",
    "workspace",
    "end",
)

HANDLER_EVENTS = Counter(
    "onemanage_handler_events_total",
    "Events given to a handler: handled, retried or dead_letter.",
    "handler",
    "end",
)
HANDLER_RUN_SECONDS = Histogram(
    "onemanage_handler_run_seconds", "That a handler took for an event.", "handler"
)
HANDLER_LAG_SECONDS = Histogram(
    "onemanage_handler_lag_seconds",
    "From an event's place in EVENTS to the start of its handler.",
    "handler",
    bounds=LONG,
)

QUERIES = Counter(
    "onemanage_queries_total",
    "Questions answered here: ok, or the code of the refusal.",
    "query",
    "end",
)
QUERY_SECONDS = Histogram(
    "onemanage_query_seconds", "From a question's arrival to its answer.", "query"
)
QUICK_QUESTIONS = Counter(
    "onemanage_quick_questions_total",
    "Quick questions answered here: ok, or the kind of the refusal.",
    "question",
    "end",
)
QUICK_SECONDS = Histogram(
    "onemanage_quick_question_seconds",
    "From a quick question's arrival to its answer.",
    "question",
)

LANE_MESSAGES = Gauge(
    "onemanage_lane_messages",
    "Commands in TASKS: pending, and given to a worker and unacknowledged.",
    "service",
    "lane",
    "state",
)
HANDLER_MESSAGES = Gauge(
    "onemanage_handler_messages",
    "Events that a handler has yet to be given, or to acknowledge.",
    "handler",
    "state",
)
STREAM_MESSAGES = Gauge(
    "onemanage_stream_messages", "Messages that a stream holds.", "stream"
)
STREAM_BYTES = Gauge("onemanage_stream_bytes", "Bytes that a stream holds.", "stream")
TASKS_WAITING = Gauge(
    "onemanage_tasks_waiting",
    "Rows that wait for their turn or for a worker, 100,000 at most are counted.",
    "service",
    "lane",
)
TASKS_WAITING_AGE = Gauge(
    "onemanage_tasks_waiting_age_seconds",
    "Since the oldest of them was accepted.",
    "service",
    "lane",
)
OUTBOX_ROWS = Gauge(
    "onemanage_outbox_rows",
    "Rows that are committed and whose message is not confirmed yet.",
)
OUTBOX_AGE = Gauge(
    "onemanage_outbox_age_seconds", "Since the oldest of them had its turn."
)
WATCHED_AT = Gauge(
    "onemanage_backlog_timestamp_seconds",
    "When the backlog was last looked at, in seconds since 1970.",
)

HTTP_REQUESTS = Counter(
    "onemanage_http_requests_total",
    "Requests that were answered, by the route's template and the class of status.",
    "route",
    "method",
    "status",
)
HTTP_SECONDS = Histogram(
    "onemanage_http_request_seconds",
    "From a request's head to the end of its answer.",
    "route",
    "method",
)
HTTP_RECEIVED = Counter(
    "onemanage_http_received_bytes_total", "Bytes of bodies that were read."
)
HTTP_SENT = Counter(
    "onemanage_http_sent_bytes_total", "Bytes of bodies that were sent."
)
WORKSPACE_REQUESTS = WorkspaceCounter(
    "onemanage_workspace_http_requests_total",
    "Requests that were answered, by workspace; with METRICS_WORKSPACES alone.",
    "workspace",
    "status",
)
UPLOADS = Counter(
    "onemanage_uploads_total", "Files sent as a body: stored or refused.", "end"
)
UPLOAD_BYTES = Counter(
    "onemanage_upload_bytes_total", "Bytes of the files that were stored."
)
CACHE_LOOKUPS = Counter(
    "onemanage_cache_lookups_total",
    "Of images and served_images (gateway), sources (imaging): hit or miss.",
    "cache",
    "result",
)
WEBHOOK_ATTEMPTS = Counter(
    "onemanage_webhook_attempts_total",
    "Attempts at deliveries to webhooks: delivered, retried or given_up.",
    "end",
)

DATABASE_WAIT_SECONDS = Histogram(
    "onemanage_database_wait_seconds",
    "Until a connection was at hand: for a free one, or to open it, and its check.",
)
NATS_CONNECTED = Gauge(
    "onemanage_nats_connected", "1 where the process is connected to NATS, else 0."
)
NATS_RECONNECTIONS = Counter(
    "onemanage_nats_reconnections_total", "Connections to NATS that were restored."
)
STORAGE_SECONDS = Histogram(
    "onemanage_storage_seconds",
    "From a request of S3 to the head of its answer: ok, missing, refused or error.",
    "operation",
    "result",
)
SERVER_UP = Gauge(
    "onemanage_server_up",
    "1 where the server answered this process when it was last asked, else 0.",
    "server",
)
SCRATCH_FREE = Gauge(
    "onemanage_scratch_free_bytes", "Room on the disk of the temporary files."
)

SANDBOX_RUN_SECONDS = Histogram(
    "onemanage_sandbox_run_seconds",
    "That a call took in a child: answered, refused, timeout, memory, crashed, killed,"
    " failed or cancelled.",
    "end",
    bounds=LONG,
)
SANDBOX_CPU_SECONDS = Counter(
    "onemanage_sandbox_cpu_seconds_total", "Processor time of children that ended."
)
SANDBOX_PEAK_BYTES = Histogram(
    "onemanage_sandbox_peak_bytes",
    "Most memory that a child had at a time, what it shares with others too.",
    bounds=[_MIB * size for size in (64, 128, 256, 512, 1024, 2048, 4096, 8192)],
)
SANDBOX_CHILDREN = Gauge(
    "onemanage_sandbox_children", "Children that are waiting or running.", "state"
)
RENDERS = Counter(
    "onemanage_renders_total",
    "Images made: of a document, rendition, template, recipe, quick question,"
    " background, preview or pyramid of tiles.",
    "what",
)
ROWS = Counter(
    "onemanage_import_rows_total", "Rows of imports: loaded or rejected.", "end"
)

COMPUTE_GROUPS = Gauge(
    "onemanage_compute_groups",
    "Groups of workers of the elastic service, told by the process that leads.",
    "service",
    "state",
)
COMPUTE_ENDS = Counter(
    "onemanage_compute_ends_total",
    "Groups of workers that are gone: completed, or failed where none came.",
    "service",
    "end",
)
COMPUTE_COST = Counter(
    "onemanage_compute_cost_total",
    "What groups that are gone have cost, in the currency of the price table.",
    "service",
)

FIGURES: tuple[Figure, ...] = tuple(
    found for found in list(globals().values()) if isinstance(found, Figure)
)
