import pytest

from parris_cli import formatting
from tests.builders import a_job, some_limits


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3725, "1 h 2 min"),
        (3605, "1 h 5 s"),
        (31_320_000, "362 d 12 h"),
    ],
)
def test_a_duration_is_told_in_its_two_largest_units(seconds: int, said: str) -> None:
    assert formatting.duration(seconds) == said


def test_the_plan_says_what_ends_the_job() -> None:
    job = a_job(
        methods=("at-fixed-time", "around-cost-threshold"),
        limits=some_limits(time_limit_seconds=36000, cost_limit_usd="300"),
    )
    assert formatting.plan(job) == (
        "t3.micro at 0.0104 USD per hour;"
        " ends when the script ends or after 10 h or at 300 USD, whichever is first"
    )


def test_a_job_without_limits_ends_with_its_script_only() -> None:
    job = a_job(methods=("on-complete",), limits=some_limits(time_limit_seconds=None))
    assert formatting.plan(job) == "t3.micro at 0.0104 USD per hour; ends when the script ends"


def test_an_unknown_price_is_called_unknown() -> None:
    assert "at an unknown price" in formatting.plan(a_job(rate=None))
