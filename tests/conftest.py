"""How Hypothesis draws, and how tests are named: alike in every process. And a browser, for those that drive one.

Without a deadline, for a slow machine is no error. A sample is the same each time, so that a change is judged by what
it changes; `--hypothesis-profile=campaign` draws twenty times as many examples, other ones each time.
"""

import pytest
from browser import Log, launched
from hypothesis import settings

settings.register_profile("sample", deadline=None, derandomize=True)
settings.register_profile("campaign", deadline=None, max_examples=2_000)
settings.load_profile("sample")


def pytest_collection_modifyitems(items):
    """Refuses a name that holds an address: such a test can be run again by its name in no other process."""
    if named_by_address := [item.nodeid for item in items if " at 0x" in item.nodeid]:
        raise pytest.UsageError(f"give ids to the parameters of {', '.join(named_by_address)}")


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a drawing, or a file. In the end nothing was asked for but the file, and nothing was complained about."""
    contexts, logs = [], []

    def open_page(drawing, report=None, *, place="", **options):
        path = drawing.save(tmp_path / "g.html", report=report) if hasattr(drawing, "save") else drawing
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        logs.append((Log(page), path))
        page.goto(path.as_uri() + place)
        return page

    yield open_page
    for context in contexts:
        context.close()
    for log, path in logs:
        assert log.messages == []
        assert [request.partition("#")[0] for request in log.requests] == [path.as_uri()]
