"""Headless Chromium for tests, through Playwright, with what a page does that it should not."""

import shutil
from contextlib import contextmanager

import pytest

CHROMIUM = shutil.which("chromium")
# In a container there is no sandbox for root; without the others the browser itself asks for hosts of Google.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def launched():
    """A browser; the test is skipped, with the reason, where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install '.[browser]'")
    if CHROMIUM is None:
        pytest.skip("needs Chromium on the path: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Log:
    """What a page said on the console, and what it asked for."""

    def __init__(self, page):
        self.messages, self.requests = [], []
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("dialog", lambda dialog: self.messages.append(dialog.message))
