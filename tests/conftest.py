"""How all tests are shared out over processes: the long ones first, a file's on one of them."""

import pytest

# Seconds to minutes each, most of it waiting: begun last, one of them would be left alone.
LONG = ("end_to_end", "smoke", "permissions", "state_machine", "machine")
# Its files share what takes long to make.
ON_ONE_PROCESS = frozenset({"state_machine"})


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)
    for item in items:
        file = item.nodeid.partition("::")[0]
        group = _folder(item) if _folder(item) in ON_ONE_PROCESS else file
        item.add_marker(pytest.mark.xdist_group(group))


def _rank(item: pytest.Item) -> int:
    return LONG.index(_folder(item)) if _folder(item) in LONG else len(LONG)


def _folder(item: pytest.Item) -> str:
    return item.nodeid.split("/")[1]
