"""Tables in the console: a file is planned and loaded, a reject is put right on the page,
and a data set is looked through."""

import httpx
from playwright.sync_api import Page, expect

from .browser import said, serious

_PARCELS = b"""Order ID,Ordered on,Amount,Note
1,2026-01-02,10.50,ok
2,2026-02-30,7.25,<b>bad</b> date
3,2026-03-04,8.00,"a, b"
"""


def test_a_reject_is_put_right_on_the_page_and_loaded(
    page: Page, client: httpx.Client
) -> None:
    page.goto("/console/imports")
    page.get_by_label("Import files").first.set_input_files(
        {"name": "parcels.csv", "mimeType": "text/csv", "buffer": _PARCELS}
    )
    expect(page.get_by_role("heading", name="Plan of")).to_be_visible()
    # By the keyboard alone: the note's name, and the type of the date.
    page.get_by_label(f"Name of the column {said('Note')}").fill("remark")
    kind = f"Type of the column {said('Ordered on')}"
    row = page.get_by_role("row").filter(has_text="Ordered on")
    row.focus()
    page.keyboard.press("t")
    expect(page.get_by_label(kind)).to_be_focused()
    page.get_by_label(kind).select_option("date")
    assert serious(page) == []
    page.get_by_role("button", name="Import 3 rows").click()

    grid = page.get_by_role("grid", name="Rejected rows")
    wrong = grid.get_by_role("gridcell", name="2026-02-30")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Send 1 row again")).to_have_attribute(
        "aria-disabled", "true"
    )
    expect(grid.get_by_text("<b>bad</b> date")).to_be_visible()
    assert serious(page) == []
    wrong.click()
    page.keyboard.press("F2")
    page.get_by_label(f"Value of {said('Ordered on')}").fill("2026-02-28")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send 1 row again").click()
    expect(page.get_by_text("the import before")).to_be_visible()

    page.get_by_role("link", name="Open the data set").click()
    rows = page.get_by_role("grid", name="Rows of")
    expect(rows.get_by_role("gridcell", name="2026-02-28")).to_be_visible()
    expect(rows.get_by_role("columnheader", name="remark")).to_be_visible()
    found = client.get("/v1/datasets").json()["items"]
    assert [each["row_count"] for each in found if each["name"] == "parcels"] == [3]


def test_rows_are_sorted_filtered_and_profiled(
    page: Page, client: httpx.Client
) -> None:
    lines = "".join(f"{number},{number * 7 % 100}\n" for number in range(450))
    plan = client.post(
        "/v1/imports/plans",
        params={"name": "measures.csv"},
        content=f"number,value\n{lines}".encode(),
        headers={"Content-Type": "text/csv", "Prefer": "wait=30"},
    ).json()
    order = {"plan_id": plan["id"]}
    done = client.post("/v1/imports", json=order, headers={"Prefer": "wait=30"}).json()
    dataset = done["result"]["tables"][0]["dataset_id"]
    page.goto(f"/console/datasets/{dataset}?sort=number:desc")
    grid = page.get_by_role("grid")
    expect(grid.get_by_role("gridcell", name="449")).to_be_visible()
    # Beyond the first page, which comes when it is looked for.
    grid.get_by_role("gridcell", name="449").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Control+End")
    page.get_by_role("button", name="Add a filter").click()
    page.get_by_label("Condition").select_option("lt")
    page.get_by_label("Value", exact=True).fill("3")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("3 rows, all of them")).to_be_visible()
    assert serious(page) == []

    page.get_by_role("link", name="Profile").click()
    expect(page.get_by_role("img", name="Histogram of").first).to_be_visible(
        timeout=30_000
    )
    assert serious(page) == []
    page.get_by_role("link", name="Rows").click()
    page.get_by_role("button", name="Drop").click()
    page.get_by_label("Type the name to confirm").fill("measures")
    page.get_by_role("dialog").get_by_role("button", name="Drop").click()
    expect(page.get_by_role("heading", name="Data sets")).to_be_visible()
    assert client.get(f"/v1/datasets/{dataset}").status_code == 404


def test_a_data_set_is_exported_and_its_import_is_taken_back(
    page: Page, client: httpx.Client
) -> None:
    plan = client.post(
        "/v1/imports/plans",
        params={"name": "prices.csv"},
        content="item,=price\n<b>tea</b>\u202e,3\nrum,=1+1\n".encode(),
        headers={"Content-Type": "text/csv", "Prefer": "wait=30"},
    ).json()
    order = {"plan_id": plan["id"]}
    done = client.post("/v1/imports", json=order, headers={"Prefer": "wait=30"}).json()
    dataset = done["result"]["tables"][0]["dataset_id"]
    page.goto(f"/console/datasets/{dataset}")
    expect(page.get_by_role("gridcell", name="<b>tea</b>")).to_be_visible()
    page.get_by_role("button", name="Export").click()
    dialog = page.get_by_role("dialog", name="Export")
    dialog.get_by_role("button", name="Make the file").click()
    expect(dialog.get_by_text("2 rows")).to_be_visible()
    assert serious(page) == []
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Download").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[1:] == ["<b>tea</b>\u202e,3", "rum,'=1+1"]

    page.goto(f"/console/imports/{done['result']['id']}")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_have_attribute(
        "aria-disabled", "true"
    )
    assert client.get(f"/v1/datasets/{dataset}").json()["row_count"] == 0
