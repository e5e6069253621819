"""What a browser asks for, and when, as the console is loaded."""

from playwright.sync_api import Page, Route, expect


def test_the_session_and_the_page_are_asked_for_before_the_application_is_there(
    page: Page,
) -> None:
    asked: list[str] = []
    waiting: list[Route] = []
    is_held = True

    def hold(route: Route) -> None:
        if is_held and "/early-" not in route.request.url:
            waiting.append(route)
        else:
            route.continue_()

    page.on("request", lambda request: asked.append(request.url))
    page.route("**/console/assets/*.js", hold)
    with page.expect_request("**/assets/tasks-*.js"), page.expect_response("**/v1/me"):
        page.goto("/console/tasks", wait_until="commit")
    expect(page.get_by_role("heading", name="Tasks")).to_have_count(0)

    is_held = False
    for route in waiting:
        route.continue_()
    expect(page.get_by_role("heading", name="Tasks")).to_be_visible()
    assert sum(url.endswith("/v1/me") for url in asked) == 1
