"""How Hypothesis draws: without a deadline, for a slow machine is no error. Tests are named alike in every process."""

import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_collection_modifyitems(items):
    """Refuses a name that holds an address: such a test can be run again by its name in no other process."""
    if named_by_address := [item.nodeid for item in items if " at 0x" in item.nodeid]:
        raise pytest.UsageError(f"give ids to the parameters of {', '.join(named_by_address)}")
