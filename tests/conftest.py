"""How Hypothesis draws, and how tests are named: alike in every process.

Without a deadline, for a slow machine is no error. A sample is the same each time, so that a change is judged by what
it changes; `--hypothesis-profile=campaign` draws twenty times as many examples, other ones each time.
"""

import pytest
from hypothesis import settings

settings.register_profile("sample", deadline=None, derandomize=True)
settings.register_profile("campaign", deadline=None, max_examples=2_000)
settings.load_profile("sample")


def pytest_collection_modifyitems(items):
    """Refuses a name that holds an address: such a test can be run again by its name in no other process."""
    if named_by_address := [item.nodeid for item in items if " at 0x" in item.nodeid]:
        raise pytest.UsageError(f"give ids to the parameters of {', '.join(named_by_address)}")
