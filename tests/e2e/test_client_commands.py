"""The command ``onemanage``, as a process of its own, against the whole system."""

import json
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from standardwebhooks import Webhook

from onemanage.contracts.base import new_id
from onemanage.local.sample_template import build_template
from onemanage.local.stack import Stack

from .shell import COMMAND, Shell, until

ORDERS = """\
Order,Ordered on,Amount of {name}
1,2026-01-02,10.50
2,2026-02-30,7.25
3,2026-03-05,1.00
"""
SLOW_ROWS = 300_000
"""Rows that take some seconds."""


@pytest.fixture
def shell(tmp_path: Path, stack: Stack) -> Shell:
    return Shell(tmp_path, stack)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.effect_noise((80, 60), 50).save(path)
    return path


@pytest.fixture
def name() -> str:
    return new_id("t")[:20]


def test_a_key_is_tried_and_kept_and_used_until_it_is_forgotten(
    shell: Shell, stack: Stack
) -> None:
    del shell.environment["ONEMANAGE_API_KEY"]
    none = shell.run("whoami")
    assert (none.returncode, none.stdout) == (4, "")
    assert "onemanage login" in none.stderr
    done = shell.run("login", "--json", given=f"{stack.owner_api_key}\n")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kept_in"] == "file"
    assert stack.owner_api_key not in done.stdout + done.stderr

    (me,) = shell.records("whoami")
    assert (me["said_by"], me["server"]) == ("profile default", stack.base_url)
    elsewhere = shell.run("whoami", "--server", "http://127.0.0.1:9")
    assert elsewhere.returncode == 2
    assert "is not sent to" in elsewhere.stderr

    assert shell.run("logout").returncode == 0
    kept = (shell.folder / "settings" / "profiles.json").read_text()
    assert stack.owner_api_key not in kept


def test_documents_are_exported_and_one_that_is_bad_holds_up_no_other(
    shell: Shell, poster: Path
) -> None:
    shutil.copy(poster, shell.folder / "one.psd")
    evil = shell.folder / "evil\n\x1b[31m.psd"
    shutil.copy(poster, evil)
    broken = poster.read_bytes()[:3000]
    (shell.folder / "broken.psd").write_bytes(broken)

    done = shell.run("psd", "export", "*.psd", "--out", "layers")

    assert done.returncode == 7, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert "evil\\n\\e[31m.psd: " in done.stdout
    assert "broken.psd: " in done.stderr and "task: tsk_" in done.stderr
    out = shell.folder / "layers" / "one"
    manifest = json.loads((out / "manifest.json").read_text())
    assert (out / "composite.png").is_file() and manifest
    assert len(list((out / "layers").iterdir())) > 10


def test_an_export_that_was_interrupted_goes_on_and_does_nothing_twice(
    shell: Shell, poster: Path
) -> None:
    names = [f"p{number}.psd" for number in range(3)]
    for one in names:
        shutil.copy(poster, shell.folder / one)
    arguments = ("psd", "export", *names, "--out", "out", "--jobs", "1", "--json")
    process = shell.start(*arguments)
    assert process.stdout is not None
    first = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    rest, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "The same command goes on with the rest" in said

    again = shell.records(*arguments[:-1])

    before = [first, *map(json.loads, rest.splitlines())]
    assert [one["file"] for one in again] == names
    states = [one["state"] for one in again]
    assert states == ["done_before"] * len(before) + ["done"] * (3 - len(before))
    assert [one["task_id"] for one in again[: len(before)]] == [
        one["task_id"] for one in before
    ]
    assert not list((shell.state / "runs").iterdir()), "all is done"


def test_a_command_that_was_killed_goes_on_with_the_task_that_it_had_ordered(
    shell: Shell, poster: Path
) -> None:
    shutil.copy(poster, shell.folder / "one.psd")
    process = shell.start("psd", "export", "one.psd", "--out", "out")
    task = shell.noted("document")
    process.kill()
    process.communicate()

    (done,) = shell.records("psd", "export", "one.psd", "--out", "out")

    assert (done["state"], done["task_id"]) == ("done", task)


def test_a_table_is_imported_its_bad_rows_are_named_and_it_is_read_again(
    shell: Shell, name: str
) -> None:
    (shell.folder / f"{name}.csv").write_text(ORDERS.format(name=name))
    typed = ("--type", "ordered_on=date", "--key", "order", "--rejects", "bad.csv")

    done = shell.run("import", f"{name}.csv", "--table", name, *typed)

    assert done.returncode == 7, done.stderr
    assert f"{name}: 2 rows loaded, 1 rejected" in done.stdout
    assert "1 rejected: ordered_on: not_a_date" in done.stderr
    assert "2026-02-30" in (shell.folder / "bad.csv").read_text()

    rows = shell.records("datasets", "query", name, "--sort", "order:desc")
    assert [(row["order"], row["ordered_on"]) for row in rows] == [
        (3, "2026-03-05"),
        (1, "2026-01-02"),
    ]
    csv = shell.run("datasets", "export", name, "-f", "order:eq:1", "--out", "-")
    assert csv.stdout.splitlines()[1].startswith("1,2026-01-02,10.5")
    assert shell.run("datasets", "drop", name, "--yes").returncode == 0


def test_an_import_that_is_interrupted_is_cancelled_and_leaves_nothing(
    shell: Shell, name: str, client: httpx.Client
) -> None:
    rows = (f"{number},text {number}\n" for number in range(SLOW_ROWS))
    (shell.folder / "many.csv").write_text(f"number,text of {name}\n" + "".join(rows))
    process = shell.start("import", "many.csv", "--table", name)
    task = shell.noted("import")

    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 130, said
    assert f"the task {task} is cancelled" in said
    assert client.get(f"/v1/tasks/{task}").json()["state"] == "cancelled"
    assert shell.run("datasets", "show", name).returncode == 3


def test_a_recipe_is_carried_out_on_a_directory_and_through_a_pipe(
    shell: Shell, photo: Path
) -> None:
    folder = shell.folder / "in" / "deep"
    folder.mkdir(parents=True)
    shutil.copy(photo, folder / "a.png")
    shutil.copy(photo, folder.parent / "b.png")
    resize = {"op": "resize", "width": 40}
    variant = {"name": "small", "output": {"format": "webp"}}
    recipe = {"operations": [resize], "variants": [variant]}
    (shell.folder / "recipe.json").write_text(json.dumps(recipe))

    made = shell.records("image", "run", "recipe.json", "in", "--out", "small")

    assert sorted(one["out"][0] for one in made) == [
        "small/b.webp",
        "small/deep/a.webp",
    ]
    assert (shell.folder / "small" / "b.webp").read_bytes()[8:12] == b"WEBP"
    with photo.open("rb") as source:
        piped = subprocess.run(
            [COMMAND, "image", "run", "recipe.json", "-", "--out", "-"],
            cwd=shell.folder,
            env=shell.environment,
            stdin=source,
            capture_output=True,
            check=True,
        )
    assert piped.stdout[8:12] == b"WEBP" and piped.stderr == b""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, stack: Stack) -> str:
    """Made of a design by the command itself."""
    shell = Shell(tmp_path_factory.mktemp("design"), stack)
    build_template(shell.folder / "offer.psd")
    (made,) = shell.records("templates", "slots", "offer.psd")
    assert [slot["name"] for slot in made["slots"]] == ["photo", "title", "price"]
    return str(made["id"])


def test_slots_are_a_table_of_what_each_takes(shell: Shell, template: str) -> None:
    done = shell.run("templates", "slots", template)

    kinds = [line.split("\t")[:2] for line in done.stdout.splitlines()]
    assert kinds == [["photo", "picture"], ["title", "text"], ["price", "text"]]


def test_a_template_is_rendered_to_a_file_and_into_a_pipe(
    shell: Shell, template: str, photo: Path
) -> None:
    (shell.folder / "values.json").write_text('{"title": "MOON", "price": null}')
    render = ("templates", "render", template, "--width", "60")

    (made,) = shell.records(
        *render, "--values", "values.json", "--set", "photo=photo.png", "-o", "a.webp"
    )
    piped = subprocess.run(
        [COMMAND, *render, "--set", "title=SUN", "--out", "-"],
        env=shell.environment,
        capture_output=True,
    )

    assert (made["out"], made["media_type"]) == ("a.webp", "image/webp")
    with Image.open(shell.folder / "a.webp", formats=["WEBP"]) as picture:
        assert picture.size == (60, 80)
    assert piped.stdout.startswith(b"\x89PNG") and not piped.stderr


def test_rows_are_merged_and_those_that_are_rejected_are_written_and_named(
    shell: Shell, template: str
) -> None:
    rows = "sku,headline\na,SUN\nb,\nc,MOON\n"
    (shell.folder / "offers.csv").write_text(rows)

    done = shell.run(
        *("templates", "merge", template, "offers.csv", "--map", "title=headline"),
        *("--name", "{sku}", "--format", "webp", "--width", "60"),
        *("--on-empty", "reject", "--out", "pictures", "--rejects", "bad.csv"),
    )

    assert done.returncode == 7, done.stderr
    assert done.stdout.startswith("2 of 3 rows made into pictures in pictures; 1 rej")
    assert "rejected: line 3, headline: " in done.stderr
    names = {path.name for path in (shell.folder / "pictures").iterdir()}
    assert names == {"a.webp", "c.webp", "summary.json"}
    assert "b," in (shell.folder / "bad.csv").read_text()


def test_each_way_to_fail_has_its_code_and_its_words(shell: Shell) -> None:
    missing = shell.run("tasks", "show", "tsk_" + "0" * 32, "--json")
    assert missing.returncode == 3
    told = json.loads(missing.stderr)["error"]
    assert (told["code"], told["exit"]) == ("not_found", 3) and told["trace_id"]

    reader = shell.run("keys", "create", "reader", "--scope", "read").stdout.strip()
    (shell.folder / "a.csv").write_text("a,b\n1,2\n")
    refused = shell.run("files", "upload", "a.csv", ONEMANAGE_API_KEY=reader)
    assert refused.returncode == 4
    assert "needs the scope write" in refused.stderr

    well = shell.records("doctor")
    assert {one["state"] for one in well} == {"ok"}


def test_a_reader_that_has_seen_enough_ends_the_command_without_a_word(
    shell: Shell,
) -> None:
    process = shell.start("tasks", "list", "--all", "--json")
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline()
    process.stdout.close()

    assert process.wait(60) == 141
    assert process.stderr.read() == ""
    process.stderr.close()


class Listener(HTTPServer):
    """Keeps what is posted to it."""

    def __init__(self) -> None:
        self.posted: list[tuple[dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), _Posts)


class _Posts(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.posted.append((headers, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_events_are_forwarded_to_a_local_address_signed_as_webhooks_are(
    shell: Shell, listener: Listener, client: httpx.Client
) -> None:
    address = f"http://127.0.0.1:{listener.server_port}/"
    process = shell.start(
        *("webhooks", "listen", "--forward", address, "--json"),
        *("--event", "file.upload.completed"),
    )
    assert process.stdout is not None
    secret = json.loads(process.stdout.readline())["secret"]

    def heard() -> str | None:
        client.post("/v1/files?name=a.csv", content=b"a,b\n1,2\n")
        return "yes" if listener.posted else None

    until(heard)
    told = json.loads(process.stdout.readline())  # which comes after the answer
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)

    assert process.returncode == 130
    headers, body = listener.posted[0]
    event = Webhook(secret).verify(body, headers)
    assert event["type"] == "file.upload.completed"
    assert told["status"] == 204
