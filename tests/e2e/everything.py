"""A workspace with one of everything that an address of the API can name."""

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
from PIL import Image
from psd_tools import PSDImage

from onemanage.contracts.base import new_id
from onemanage.contracts.imaging.addresses.signing import signed_path
from onemanage.local.stack import Stack
from onemanage.psd.domain.typesetting.fonts import our_fonts

SESSIONS = "/v1/sessions"
WAIT = {"Prefer": "wait=30"}
_FAR = 4_102_444_800
"""Seconds since 1970: the year 2100."""
_PASSWORD = "correct horse battery"


class Workspace(msgspec.Struct):
    """``ids`` are what stands in the place of each parameter of an address."""

    file: str
    """Of an image."""
    ids: dict[str, str]


class Two(msgspec.Struct):
    ours: Workspace
    theirs: Workspace
    client: httpx.Client
    """With our key."""
    owner: httpx.Client
    """With their key."""
    people: tuple[httpx.Client, httpx.Client]
    """With our session, and with theirs."""

    def client_of(self, path: str, of: Workspace) -> httpx.Client:
        if path.startswith(SESSIONS):
            return self.people[of is self.theirs]
        return self.owner if of is self.theirs else self.client


@contextmanager
def two_workspaces(stack: Stack, poster: Path) -> Iterator[Two]:
    """Theirs has the poster and a mask; ours has a document of one layer, and none."""
    with ExitStack() as opened:

        def client(secret: str) -> httpx.Client:
            made = httpx.Client(base_url=stack.base_url, timeout=60)
            made.headers["Authorization"] = f"Bearer {secret}"
            return opened.enter_context(made)

        found: list[tuple[Workspace, httpx.Client, httpx.Client]] = []
        for document in (_tiny(), poster.read_bytes()):
            name = new_id("w")[:12]
            session, key = _opened(client(stack.owner_api_key), name)
            own = client(key)
            made = _filled(own, session, document, name, mask=bool(found))
            found.append((made, own, client(session)))
        (ours, mine, me), (theirs, yours, you) = found
        yield Two(ours, theirs, mine, yours, (me, you))


def _opened(owner: httpx.Client, name: str) -> tuple[str, str]:
    """A workspace of its own: the token of its owner's session, and an API key that may
    do all."""
    made = owner.post(
        "/v1/workspaces", json={"name": name, "owner_email": f"{name}@example.com"}
    ).json()
    session = _joined(owner, name, made["invitation"]["token"])
    key = owner.post(
        "/v1/api-keys",
        json={"name": name, "scopes": ["read", "write", "admin"]},
        headers={"Authorization": f"Bearer {session['token']}"},
    ).json()
    return session["token"], key["key"]


def _filled(
    client: httpx.Client, session: str, document: bytes, name: str, *, mask: bool
) -> Workspace:
    """Fill the workspace of the client's key. ``name`` is that of everything in it that
    people name, so that two workspaces have no name in common; ``mask`` says whether
    its background has one."""
    ids = {"name": name} | _of_documents(client, document)
    file_id = _file(client)
    ids |= _of_images(client, file_id, name, mask) | _of_tables(client, name)
    ids |= _of_people(client, session, name) | _of_uploads(client)
    ids |= _of_webhooks(client) | _of_addresses(client, file_id, mask)
    ids |= {"workspace_id": client.get("/v1/me").json()["workspace_id"]}
    ids |= {"letter_id": "1"}
    return Workspace(file=file_id, ids=ids)


def _tiny() -> bytes:
    """A document of one layer."""
    document = PSDImage.new("RGB", (8, 8))
    document.create_pixel_layer(Image.new("RGB", (8, 8), "red"), name="Only")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def ended(client: httpx.Client, task: dict[str, Any]) -> dict[str, Any]:
    """The task once it has ended; pytest's own timeout bounds the wait."""
    while task["state"] in ("queued", "running"):
        answer = client.get(f"/v1/tasks/{task['id']}")
        assert answer.status_code == 200, answer.text
        task = answer.json()
    return task


def _done(client: httpx.Client, path: str, body: Any) -> dict[str, Any]:
    """The task that a POST has ordered, once it is completed."""
    answer = client.post(path, json=body, headers=WAIT)
    assert answer.is_success, answer.text
    task = ended(client, answer.json())
    assert task["state"] == "completed", task
    return task


def _of_documents(client: httpx.Client, sent: bytes) -> dict[str, str]:
    first, second = (
        ended(client, client.post("/v1/psd/documents", content=sent).json())
        for _ in range(2)
    )
    at = first["resource"]
    layers = client.get(f"{at}/layers").json()["items"]
    drawn = [layer["id"] for layer in layers if layer["image"]]
    wanted = {"of": "layers", "layers": {"ids": drawn}}
    rendition = _done(client, f"{at}/renditions", wanted)
    pair = {"before": _id(first), "after": _id(second)}
    previews = _done(client, "/v1/previews", {"document_id": _id(first)})
    shown = client.get(previews["resource"]).json()["items"]
    return {
        "task_id": first["id"],
        "document_id": _id(first),
        "layer_id": str(drawn[-1]),
        "rendition_id": _id(rendition),
        "number": str(len(drawn)),
        "diff_id": _id(_done(client, "/v1/psd/diffs", pair)),
        **(templates := _of_templates(client, _id(first), drawn[-1])),
        **_of_merges(client, templates["template_id"], len(drawn)),
        "preview_id": shown[0]["id"],
    }


def _of_templates(
    client: httpx.Client, document_id: str, layer_id: int
) -> dict[str, str]:
    """Any layer of pixels can be a slot. The font is one of ours."""
    slot = {"name": "only", "kind": "picture", "layer_ids": [layer_id]}
    asked = {"document_id": document_id, "changes": [slot]}
    template_id = _id(_done(client, "/v1/templates", asked))
    made = client.post(
        f"/v1/templates/{template_id}/renders",
        json={},
        headers={"Accept": "application/json"},
    )
    assert made.status_code == 200, made.text
    font = client.post("/v1/fonts?name=a.ttf", content=_font(document_id))
    return {
        "template_id": template_id,
        "render_id": made.json()["id"],
        "font_id": _id(ended(client, font.json())),
    }


def _of_merges(client: httpx.Client, template_id: str, rows: int) -> dict[str, str]:
    """No two workspaces have as many rows, or write them alike."""
    kind = "webp" if rows > 1 else "png"
    only = _file(client)
    table = "only\n" + f"{only}\n" * rows + "none\n"
    file = client.post("/v1/files?name=rows.csv", content=table.encode())
    body = {"file_id": file.json()["id"], "outputs": [{"format": kind}]}
    merge = _done(client, f"/v1/templates/{template_id}/merges", body)
    return {
        "merge_id": merge["resource"].rpartition("/")[2],
        "row": str(rows),
        "image": f"1.{kind}",
    }


def _font(name: str) -> bytes:
    """One that nobody else has: what follows the tables of a font is not looked at."""
    folder = next(one for one in our_fonts() if one.is_dir())
    return next(folder.rglob("*.ttf")).read_bytes() + name.encode()


def _file(client: httpx.Client) -> str:
    image = io.BytesIO()
    Image.new("RGB", (32, 32), "white").save(image, "PNG")
    answer = client.post("/v1/files?name=white.png", content=image.getvalue())
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


def _of_images(
    client: httpx.Client, file_id: str, name: str, mask: bool
) -> dict[str, str]:
    recipe = {"variants": [{"name": name}]}
    saved = client.put(f"/v1/images/presets/{name}", json={"recipe": recipe})
    assert saved.status_code == 201, saved.text
    made = {"file_id": file_id, "recipe": recipe}
    batch = _done(
        client, "/v1/images/batches", {"file_ids": [file_id], "recipe": recipe}
    )
    _done(client, "/v1/images/analyses", {"file_id": file_id})
    cut = {"file_id": file_id, "spec": {"with_mask": mask}}
    return {
        "file_id": file_id,
        "transformation_id": _id(_done(client, "/v1/images/transformations", made)),
        "background_id": _id(_done(client, "/v1/images/backgrounds", cut)),
        "background_image": "mask" if mask else "image",
        "batch_id": _id(batch),
    }


def _of_tables(client: httpx.Client, name: str) -> dict[str, str]:
    """One row is loaded, and one is rejected: it has a field too many."""
    answer = client.post(
        f"/v1/imports/plans?name={name}.csv",
        content=b"a,b\n1,2\n3,4,5\n",
        headers={"Content-Type": "text/csv", **WAIT},
    )
    assert answer.status_code == 200, answer.text
    plan_id = answer.json()["id"]
    imported = _done(client, "/v1/imports", {"plan_id": plan_id})
    dataset_id = imported["result"]["tables"][0]["dataset_id"]
    export = _done(client, f"/v1/datasets/{dataset_id}/exports", {})
    while client.get(f"/v1/datasets/{dataset_id}/profile").status_code == 404:
        pass  # it follows by itself; pytest's own timeout bounds the wait
    return {
        "plan_id": plan_id,
        "import_id": _id(imported),
        "dataset_id": dataset_id,
        "export_id": _id(export),
    }


def _of_addresses(client: httpx.Client, file_id: str, mask: bool) -> dict[str, str]:
    """Of images: one with a key, and one that is signed; no expiry is like another."""
    key = client.post("/v1/images/signing-keys", json={"name": "pages"})
    assert key.status_code == 201, key.text
    expiry, address = str(_FAR + mask), f"w_8/{file_id}.webp"
    made = key.json()
    path, tiles = (
        signed_path(made["signs_as"], made["secret"], f"{expiry}/{rest}")
        for rest in (address, f"tiles/{file_id}")
    )
    info = client.get(f"/v1/tiles/{file_id}/info.json", headers=WAIT)
    assert info.status_code == 200, info.text
    return {
        "signing_key_id": made["id"],
        "source": file_id,
        "recipe": "w_8,f_webp",
        "signature": path.split("/")[2],
        "expiry": expiry,
        "address": address,
        "tiles_signature": tiles.split("/")[2],
        "region": "full",
        "size": "max",
        "file": "default.jpg",
    }


def _of_uploads(client: httpx.Client) -> dict[str, str]:
    answer = client.post("/v1/uploads", json={"name": "a.bin", "size": 10})
    assert answer.status_code == 201, answer.text
    return {"upload_id": answer.json()["id"]}


def _of_webhooks(client: httpx.Client) -> dict[str, str]:
    """Where it leads nobody answers."""
    body = {"url": "http://127.0.0.1:9/", "events": ["preview.expired"]}
    answer = client.post("/v1/webhooks", json=body)
    assert answer.status_code == 201, answer.text
    webhook_id = answer.json()["id"]
    sent = client.post(f"/v1/webhooks/{webhook_id}/test")
    assert sent.status_code == 202, sent.text
    return {"webhook_id": webhook_id, "delivery_id": sent.json()["id"]}


def _of_people(client: httpx.Client, session: str, name: str) -> dict[str, str]:
    def invited(email: str) -> dict[str, Any]:
        answer = client.post("/v1/invitations", json={"email": email})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    _joined(client, f"second_{name}", invited(f"second_{name}@example.com")["token"])
    members = client.get("/v1/members").json()["items"]
    own = {"Authorization": f"Bearer {session}"}
    (mine,) = client.get("/v1/sessions", headers=own).json()["items"]
    key = client.post("/v1/api-keys", json={"name": new_id("k")}).json()
    return {
        "invitation_id": invited(f"third_{name}@example.com")["id"],
        "user_id": members[0]["user_id"],
        "session_id": mine["id"],
        "key_id": key["id"],
    }


def _joined(client: httpx.Client, name: str, token: str) -> dict[str, Any]:
    with httpx.Client(base_url=client.base_url) as person:
        body = {"token": token, "name": name, "password": _PASSWORD}
        answer = person.post("/v1/invitations/accept", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _id(task: dict[str, Any]) -> str:
    """Of what it has made."""
    found: str = task["resource"].rpartition("/")[2]
    return found
