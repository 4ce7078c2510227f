"""The long tests come first; where several run at once, a file's are on one process."""

import pytest

# Seconds to minutes each, most of it waiting: begun last, one of them would be left alone.
LONG = ("end_to_end", "faults", "smoke", "permissions", "state_machine", "machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    folder = item.nodeid.split("/")[1]
    return LONG.index(folder) if folder in LONG else len(LONG)
