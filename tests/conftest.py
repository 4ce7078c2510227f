"""Where several processes run the tests: which of them run on one, and which come first."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

# The same examples in each run, on a machine of any speed, as Hypothesis has it for CI.
settings.load_profile("ci")

# Minutes to seconds each: begun last, one of them would be left alone.
LONG = (
    *("faults", "random_faults", "end_to_end", "permissions", "runner", "state_machine"),
    *("targets", "packaging", "smoke", "benchmarks", "model"),
)
# What all files of these folders use is made once for a process.
TOGETHER = frozenset({"state_machine"})


@pytest.fixture(scope="session", autouse=True)
def fork_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What functions and commands are forked from, once for all tests of this process."""
    if "embedded_aws" not in sys.modules:  # no test that was collected needs it
        yield
        return
    from embedded_aws.speed.forking.kept_servers import keeping_fork_servers

    with keeping_fork_servers(tmp_path_factory.mktemp("forking")):
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)


@pytest.hookimpl(optionalhook=True)  # pytest-xdist's
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each process a whole file at a time, so that it makes what the file shares once."""
    from xdist.scheduler import LoadScopeScheduling

    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = _scope_of  # which is what it offers for this
    return scheduler


def _scope_of(nodeid: str) -> str:
    folder = _folder_of(nodeid)
    return folder if folder in TOGETHER else nodeid.partition("::")[0]


def _rank(item: pytest.Item) -> int:
    folder = _folder_of(item.nodeid)
    return LONG.index(folder) if folder in LONG else len(LONG)


def _folder_of(nodeid: str) -> str:
    return nodeid.split("/")[1]
