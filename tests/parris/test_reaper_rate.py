"""Whether the reaper runs often enough, or each run has to check itself once a day."""

import pytest

from parris.limits import LONGEST_JOB_SECONDS
from parris.recovery.reaper_rate import longest_sleep_seconds

ONE_DAY_SECONDS = 24 * 3600


@pytest.mark.parametrize(
    "rate",
    [
        "rate(1 hour)",
        "rate(15 minutes)",
        "rate(12 hours)",
        "rate(1 day)",
        "rate(24 hours)",
        "rate(1440 minutes)",
        "cron(0 4 * * ? *)",
        "cron(0/15 * ? * * *)",
    ],
)
def test_a_run_that_the_reaper_watches_makes_no_checks_of_its_own(rate: str) -> None:
    assert longest_sleep_seconds(rate) == LONGEST_JOB_SECONDS


@pytest.mark.parametrize(
    "rate",
    [
        "never",
        "rate(2 days)",
        "rate(25 hours)",
        "rate(1441 minutes)",
        "rate(0 hours)",
        "rate(1 fortnight)",
        "rate(often)",
        "cron(0 4 ? * MON-FRI *)",
        "cron(0 4 1 * ? *)",
        "cron(0 4 * 1 ? *)",
        "cron(0 4 * * ? 2031)",
        "cron(0 4 * *)",
        "",
    ],
)
def test_otherwise_it_checks_once_a_day(rate: str) -> None:
    assert longest_sleep_seconds(rate) == ONE_DAY_SECONDS
