import re
from datetime import UTC, datetime

import pytest

from parris_cli.starting.start_job import make_job_id

NOW = datetime(2026, 11, 20, 13, 5, 9, tzinfo=UTC)


def test_a_job_id_contains_its_name_and_time() -> None:
    assert re.fullmatch(r"iris-20261120t130509-[0-9a-f]{4}", make_job_id("iris", NOW))


def test_two_jobs_of_one_second_differ() -> None:
    assert len({make_job_id("iris", NOW) for _ in range(20)}) > 1


@pytest.mark.parametrize("name", ["x" * 100, "", "wrong name/with: signs", "Größe"])
def test_any_name_gives_an_id_that_step_functions_takes(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9-]{1,80}", make_job_id(name, NOW))
