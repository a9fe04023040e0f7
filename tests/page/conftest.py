"""A browser without a window, and pages opened in it; nothing may reach for the network or complain on the console."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import symbolic as mx


class Page:
    """A page in the browser, and all that went wrong in it."""

    def __init__(self, page, path: Path):
        self.page, self.path = page, path
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.set_default_timeout(5000)
        page.on("dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(path.as_uri())

    def __getattr__(self, name):
        return getattr(self.page, name)

    def ask(self, expression: str):
        """Evaluate JavaScript in the page."""
        return self.page.evaluate(expression)

    def until(self, condition: str):
        """Wait for a condition in JavaScript; the driver's own way needs ``eval``, which the page's policy refuses."""
        for _ in range(200):
            if self.ask(condition):
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"this did not become true: {condition}")

    def boxes(self) -> dict[str, str]:
        """What stands in the graph: text spoken for each box -> its classes."""
        return self.ask(
            "Object.fromEntries([...document.querySelectorAll('.box')].map(b => [b.getAttribute('aria-label'), b.getAttribute('class')]))"
        )

    def names(self) -> set[str]:
        """Names of the boxes: nodes', and of groups ``group ...``."""
        return {label.split(",")[0] for label in self.boxes()}

    def box(self, name: str):
        """One box, or the head of an open group, by its name."""
        return self.page.locator(f".boxes > [aria-label^='{name},']")

    def panel(self) -> str:
        return self.page.locator("#panel").inner_text()

    def press(self, *keys: str):
        for key in keys:
            self.page.keyboard.press(key)

    def search(self, text: str):
        self.press("/")
        self.page.keyboard.type(text)


@pytest.fixture(scope="session")
def browser():
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def show(browser, tmp_path):
    """Save a symbol as a page and open it; at the end nothing may have been loaded or complained about."""
    opened: list[Page] = []
    contexts = []

    def show(symbol, color_scheme="light", address="", **options) -> Page:
        path = tmp_path / f"net{len(opened)}.html"
        mx.viz.save_page(symbol, path, **options)
        context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=color_scheme, offline=True)
        contexts.append(context)
        page = Page(context.new_page(), path)
        if address:
            page.goto(f"{path.as_uri()}{address}")
        opened.append(page)
        return page

    yield show
    for page in opened:
        assert not page.complaints
        assert {url.split("#")[0] for url in page.requests} == {page.path.as_uri()}
    for context in contexts:
        context.close()
