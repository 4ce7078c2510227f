from collections.abc import Mapping
from itertools import chain

import pytest

from tests.state_machine.engine import Ran, run_all_cases, step_functions
from tests.state_machine.histories import Visit, visits_in


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Ran]:
    """Every case, run to its end."""
    with step_functions(tmp_path_factory.mktemp("step-functions")) as client:
        return run_all_cases(client)


@pytest.fixture(scope="session")
def visits(ran: Mapping[str, Ran]) -> list[Visit]:
    """Every visit of every state, over all cases."""
    return list(chain.from_iterable(visits_in(one.events) for one in ran.values()))
