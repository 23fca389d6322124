"""A widget's Python model and its ES module in bare Chromium, joined by a small fake wire: no kernel, no Jupyter."""

import pytest
from chromium import browser
from fake_front_end import ADDRESS, FAKE_MODEL, View, blank_page
from preview_page import (
    FOUND,
    HEIGHT,
    WIDTH,
    jpeg,
    plain_picture,
)

from workbench import profiles
from workbench.widgets.preview import PreviewWidget


@pytest.fixture(scope="module")
def chromium():
    with browser() as opened:
        context = opened.new_context(reduced_motion="reduce")
        context.set_default_timeout(10_000)
        yield context


@pytest.fixture
def mount(chromium):
    """Return ``mount(widget)``; fails when a page asks for anything, or logs an error without a word of `expect`."""
    pages, problems = [], []

    def open_page(widget, width=1000, height=800, style="", expect=()):
        def logged(line):
            if line.type == "error" and not any(word in line.text for word in expect):
                problems.append(line.text)

        page = chromium.new_page()
        page.set_viewport_size({"width": width, "height": height})
        pages.append(page)
        html = blank_page(f"{style}{widget._css}")
        page.route("**/*", lambda route: _only_the_page(route, html, problems))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", logged)
        page.goto(ADDRESS)
        page.add_script_tag(content=FAKE_MODEL)
        return View(page, widget)

    yield open_page
    for page in pages:
        page.close()
    assert problems == []


def _only_the_page(route, html, problems):
    if route.request.url == ADDRESS:
        route.fulfill(body=html, content_type="text/html")
    elif route.request.url == f"{ADDRESS}favicon.ico":
        route.fulfill(status=204)
    else:
        problems.append(f"asked for {route.request.url}")
        route.abort()


@pytest.fixture
def show(mount):
    def shown(profile="publication", detections=FOUND, callback=None, **options):
        widget = PreviewWidget(profiles.load(profile))
        if callback is not None:
            widget.on_rules(lambda rules: callback(widget, rules))
        widget.show(jpeg(plain_picture()), WIDTH, HEIGHT, detections, title="one.jpg", position=(2, 9), **options)
        view = mount(widget)
        view.until("document.querySelector('.wb-title').textContent === 'one.jpg'")
        view.canvas = view.page.locator("canvas")
        return view

    return shown
