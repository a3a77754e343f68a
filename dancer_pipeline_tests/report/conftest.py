"""A real browser, in which nothing may leave the page."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SWITCHES = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

_PATIENCE_MS = 180_000


@dataclass
class Opened:
    """A page in the browser, and what happened while it was loaded."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium of this machine; skipped where there is none, a failure in CI."""
    program = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if program is None:
        message = "no Chromium or Chrome found: install chromium"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=program, args=list(_SWITCHES), timeout=_PATIENCE_MS
        )
        yield opened
        opened.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Open a page from a file, as a person does who was sent it."""
    contexts = []

    def opened(html: str, *, width: int = 390, scheme: str = "light") -> Opened:
        path = tmp_path / "report.html"
        path.write_text(html, encoding="utf-8")
        size = {"width": width, "height": 844}
        contexts.append(browser.new_context(viewport=size, color_scheme=scheme))
        contexts[-1].set_default_timeout(_PATIENCE_MS)
        shown = Opened(contexts[-1].new_page())
        shown.page.on("request", lambda request: shown.requests.append(request.url))
        shown.page.on("console", lambda message: shown.complaints.append(message.text))
        shown.page.on("pageerror", lambda error: shown.complaints.append(str(error)))
        shown.page.on("dialog", lambda dialog: shown.complaints.append(dialog.message))
        shown.page.goto(path.as_uri())
        shown.requests.remove(path.as_uri())
        return shown

    yield opened
    for context in contexts:
        context.close()
