"""What operators see of real work: the figures of each process, and one trace of it all."""

import re
import secrets
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from onemanage.local.stack import SERVICES, Stack
from onemanage.local.up import welcome

from .conftest import Upload
from .spans import Receiver, Told
from .test_image_addresses import _photo as photo
from .test_import import imported, orders, planned, typed

WITHIN = 30.0

type Figures = dict[str, float]


def figures(stack: Stack, process: str) -> Figures:
    """Every sample of a process, by its name and labels as they are written."""
    answer = httpx.get(f"http://{stack.figures[process]}/metrics")
    assert answer.status_code == 200, answer.text
    found = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            labels = ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def risen(stack: Stack, process: str, before: Figures, *names: str) -> Figures:
    """By how much these are more than before, once all of them are."""
    until = time.monotonic() + WITHIN
    while True:
        now = figures(stack, process)
        found = {name: now.get(name, 0) - before.get(name, 0) for name in names}
        if all(found.values()) or time.monotonic() > until:
            return found
        time.sleep(0.2)


def eventually[T](ask: Callable[[], T]) -> T:
    """What is given, once it is true."""
    until = time.monotonic() + WITHIN
    while not (found := ask()) and time.monotonic() < until:
        time.sleep(0.2)
    assert found
    return found


def test_every_process_says_that_it_is_well_and_tells_its_figures(stack: Stack) -> None:
    assert set(stack.figures) == {service.name for service in SERVICES}
    said = "\n".join(welcome(stack, Path("data"), first_start=False))
    assert all(f"http://{one}/metrics" in said for one in stack.figures.values())
    for process, address in stack.figures.items():
        assert httpx.get(f"http://{address}/healthz").status_code == 200
        ready = httpx.get(f"http://{address}/readyz")
        assert ready.json() == {"status": "ready"}, process
        found = figures(stack, process)
        assert found["onemanage_nats_connected{}"] == 1
        assert found["process_resident_memory_bytes{}"] > 1_000_000
        up = "onemanage_server_up{server=postgresql}"
        assert risen(stack, process, {}, up)[up] == 1


def test_what_is_rare_is_told_before_it_happens(stack: Stack) -> None:
    """Prometheus sees no increase in a first one that appears as 1."""
    worker = figures(stack, "psd-worker")
    for name in ("retries", "redeliveries"):
        assert f"onemanage_task_{name}_total{{task=psd.parse_export}}" in worker
    letters = "onemanage_dead_letters_total{{consumer={},reason={}}}"
    assert letters.format("worker_psd_low", "crashed") in worker
    consumer = figures(stack, "gateway-consumer")
    assert letters.format("consumer_on_task_event_project_task", "raised") in consumer
    assert letters.format("worker_psd_low", "max_deliveries") in consumer


def test_figures_are_not_told_where_clients_are(client: httpx.Client) -> None:
    assert client.get("/metrics").status_code == 404


def test_a_document_is_seen_in_the_figures_of_those_who_worked_on_it(
    stack: Stack, upload: Upload, poster: Path
) -> None:
    processes = ("gateway", "gateway-consumer", "psd-worker", "preview-worker")
    gateway, consumer, psd, preview = (figures(stack, one) for one in processes)
    assert upload(poster, Prefer="wait=30").status_code == 200

    size = poster.stat().st_size
    ended = "onemanage_task_ends_total{end=completed,task=psd.parse_export}"
    took = "onemanage_task_run_seconds_sum{task=psd.parse_export}"
    child = "onemanage_sandbox_run_seconds_count{end=answered}"
    peak = "onemanage_sandbox_peak_bytes_sum{}"
    stored = "onemanage_storage_seconds_count{operation=PutObject,result=ok}"
    images = "onemanage_renders_total{what=document}"
    found = risen(stack, "psd-worker", psd, ended, took, child, peak, stored, images)
    assert found[ended] == 1
    assert found[child] >= 1  # what warms the sandbox up is a call, too
    assert 0 < found[took] < WITHIN
    assert found[peak] > 10_000_000
    assert found[stored] > found[images] > 1

    requests = (
        "onemanage_http_requests_total{method=POST,route=/v1/psd/documents,status=2xx}"
    )
    received = "onemanage_http_received_bytes_total{}"
    uploaded = "onemanage_upload_bytes_total{}"
    waited = "onemanage_database_wait_seconds_count{}"
    found = risen(stack, "gateway", gateway, requests, received, uploaded, waited)
    assert found[requests] == 1
    assert found[received] == found[uploaded] == size

    handled = (
        "onemanage_handler_events_total{end=handled,handler=on_task_event_project_task}"
    )
    lag = "onemanage_handler_lag_seconds_count{handler=on_task_event_project_task}"
    found = risen(stack, "gateway-consumer", consumer, handled, lag)
    assert found[handled] >= 3  # accepted, started, completed
    previews = "onemanage_renders_total{what=preview}"
    assert risen(stack, "preview-worker", preview, previews)[previews] > 1


def test_an_import_tells_its_rows_and_an_image_where_it_came_from(
    stack: Stack, client: httpx.Client
) -> None:
    before = figures(stack, "data-import-worker")
    name = f"t{secrets.token_hex(6)}"
    imported(client, typed(planned(client, orders(name), name)))
    loaded, rejected = (
        f"onemanage_import_rows_total{{end={end}}}" for end in ("loaded", "rejected")
    )
    found = risen(stack, "data-import-worker", before, loaded, rejected)
    assert found[loaded] + found[rejected] == 5

    gateway, worker = figures(stack, "gateway"), figures(stack, "imaging-worker")
    given = client.post("/v1/files", params={"name": "p.jpg"}, content=photo(7))
    path = f"/v1/images/{given.json()['id']}/w_{secrets.randbelow(300) + 20}"
    eventually(lambda: client.get(path).status_code == 200)
    assert client.get(path).status_code == 200
    hit, miss = (
        f"onemanage_cache_lookups_total{{cache=images,result={result}}}"
        for result in ("hit", "miss")
    )
    found = risen(stack, "gateway", gateway, hit, miss)
    assert found[hit] >= 1
    assert found[miss] >= 1
    # From memory or not, it is one route.
    routes = {
        name for name in figures(stack, "gateway") if "route=/v1/images/{" in name
    }
    found_routes = {re.sub(r".*route=([^,]*:path\}).*", r"\1", name) for name in routes}
    assert len(found_routes) == 1
    quick = "onemanage_quick_questions_total{end=ok,question=quick.imaging.image}"
    assert risen(stack, "imaging-worker", worker, quick)[quick] == 1


def test_no_word_of_a_client_becomes_a_label(
    stack: Stack, client: httpx.Client
) -> None:
    odd = secrets.token_hex(8)
    client.get(f"/v1/{odd}")
    client.get(f"/v1/tasks/tsk_{odd}")
    client.request(odd.upper(), "/v1/tasks")
    client.get("/v1/tasks", headers={"traceparent": odd, "User-Agent": odd})
    found = figures(stack, "gateway")
    assert not [name for name in found if odd in name.lower()]
    none = [name for name in found if "route=none" in name and "requests_total" in name]
    assert none


def test_how_much_waits_is_told_by_the_consumer_of_the_gateway(stack: Stack) -> None:
    looked = "onemanage_backlog_timestamp_seconds{}"
    assert eventually(lambda: figures(stack, "gateway-consumer").get(looked))
    found = figures(stack, "gateway-consumer")
    for service in ("data_import", "gateway", "imaging", "preview", "psd"):
        for lane in ("high", "low"):
            key = f"lane={lane},service={service}"
            assert f"onemanage_tasks_waiting{{{key}}}" in found
            assert f"onemanage_tasks_waiting_age_seconds{{{key}}}" in found
            assert f"onemanage_lane_messages{{{key},state=pending}}" in found
    handler = "handler=on_psd_parse_export_completed_publish_preview"
    assert f"onemanage_handler_messages{{{handler},state=pending}}" in found
    assert "onemanage_stream_bytes{stream=DLQ}" in found
    assert "onemanage_outbox_age_seconds{}" in found


def test_one_trace_goes_from_the_request_through_child_and_handlers(
    receiver: Receiver, upload: Upload, poster: Path
) -> None:
    trace_id, parent = secrets.token_hex(16), secrets.token_hex(8)
    sent = {"traceparent": f"00-{trace_id}-{parent}-01", "tracestate": "vendor=1.5"}
    assert upload(poster, Prefer="wait=30", **sent).status_code == 200

    def told() -> dict[tuple[str, str], Told]:
        spans = {(span.service, span.name): span for span in receiver.of(trace_id)}
        return spans if ("preview-worker", "task preview.publish") in spans else {}

    spans = eventually(told)
    by_id = {span.span_id: span for span in receiver.of(trace_id)}

    def above(service: str, name: str) -> list[str]:
        """The names of those that a span stands below, up to who asked."""
        found, at = [], spans[service, name]
        while at.parent_id != parent:
            at = by_id[at.parent_id]
            found.append(at.name)
        return found

    request = "POST /v1/psd/documents"
    task = ["task psd.parse_export", "send psd.parse_export", request]
    assert above("gateway", request) == []
    assert above("psd-worker", "child") == task
    followed = "handle on_psd_parse_export_completed_publish_preview"
    assert above("preview-consumer", followed) == task
    published = above("preview-worker", "task preview.publish")
    assert published[-4:] == [followed, *task]
    of_psd = [s for s in by_id.values() if s.service == "psd-worker"]
    kinds = {span.name for span in of_psd}
    assert {"fetch", "child", "read", "decode", "encode", "upload"} <= kinds
    child = spans["psd-worker", "child"]
    for step in (s for s in of_psd if s.name in ("read", "decode", "encode")):
        assert step.parent_id == child.span_id
        assert child.begun <= step.begun <= step.ended <= child.ended


def test_a_trace_that_a_client_does_not_sample_is_not_told(
    receiver: Receiver, client: httpx.Client
) -> None:
    kept, left = secrets.token_hex(16), secrets.token_hex(16)
    for trace_id, flags in ((left, "00"), (kept, "01")):
        header = {"traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-{flags}"}
        answer = client.get("/v1/tasks", headers=header)
        assert answer.headers["X-Request-Id"] == trace_id
    assert eventually(lambda: receiver.of(kept))
    assert not receiver.of(left)
