"""The pages of the workspace and of its operator: each is looked at, and used once."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from .browser import serious

_PAGES = {
    "members": "Members",
    "keys": "API keys",
    "usage": "Limits and usage",
    "webhooks": "Webhooks",
    "audit": "Audit",
    "health": "Health",
    "account": "Your account",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_of_the_account_can_be_used_by_everybody(
    page: Page, theme: str
) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    for path, title in _PAGES.items():
        page.goto(f"/console/{path}")
        expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        assert serious(page) == [], path


def test_a_key_is_shown_once_and_revoked(page: Page, client: httpx.Client) -> None:
    page.goto("/console/keys")
    page.get_by_role("button", name="New key").first.click()
    page.get_by_label("Name").fill("shop")
    dialog = page.get_by_role("dialog", name="New API key")
    dialog.get_by_role("button", name="New key").click()
    shown = page.get_by_role("dialog", name="The key")
    key = shown.get_by_text("om_live_").inner_text()
    shown.get_by_role("button", name="Close").click()
    expect(page.get_by_text(key)).to_have_count(0)
    own = {"Authorization": f"Bearer {key}"}
    assert client.get("/v1/me", headers=own).status_code == 200

    page.get_by_role("button", name="Actions of ⁨shop⁩").click()
    page.get_by_role("menuitem", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    row = page.get_by_role("row", name="shop")
    expect(row.get_by_text("Revoked")).to_be_visible()


def test_somebody_is_invited_and_joins(page: Page) -> None:
    page.goto("/console/members")
    page.get_by_role("button", name="Invite").click()
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_role("dialog").get_by_role("button", name="Invite").click()
    shown = page.get_by_role("dialog", name="Invitation for")
    link = shown.locator("code").inner_text()
    browser = page.context.browser
    assert browser is not None
    other = browser.new_context(locale="zh-CN")
    theirs = other.new_page()
    theirs.goto(link)
    theirs.get_by_label("您的姓名").fill("Ada")
    theirs.get_by_label("密码").fill("correct horse battery")
    theirs.get_by_role("button", name="加入").click()
    expect(theirs.get_by_role("heading", name="文件", level=1)).to_be_visible()
    expect(theirs.get_by_role("link", name="API 密钥")).to_have_count(0)
    other.close()


def test_a_webhook_is_made_and_its_deliveries_are_shown(page: Page) -> None:
    page.goto("/console/webhooks")
    page.get_by_role("button", name="New webhook").first.click()
    page.get_by_label("Address").fill("http://127.0.0.1:9/")
    dialog = page.get_by_role("dialog", name="New webhook")
    dialog.get_by_role("button", name="New webhook").click()
    secret = page.get_by_role("dialog", name="The signing secret")
    expect(secret.get_by_text("whsec_")).to_be_visible()
    secret.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="127.0.0.1:9").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_role("row", name="webhook.test").first).to_be_visible()
