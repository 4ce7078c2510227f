"""How long a training job may run, and wait."""

import pytest

from parris.limits import Limits
from parris.targets.sagemaker.runtime_limits import max_runtime_seconds, max_wait_seconds

HOUR, DAY = 3_600, 86_400
QUOTA = 5 * DAY


def limits(time_limit: int | None = None, cost_limit: int | None = None) -> Limits:
    return Limits(time_limit, cost_limit, None, save_grace_seconds=120)


@pytest.mark.parametrize(
    ("time_limit", "cost_limit", "expected"),
    [
        pytest.param(None, None, QUOTA, id="no-limit"),
        pytest.param(10 * HOUR, None, 10 * HOUR - 120 - 600, id="ten-minutes-of-upload-at-most"),
        pytest.param(HOUR, None, HOUR - 120 - 180, id="a-twentieth"),
        pytest.param(600, None, 600 - 120 - 60, id="a-minute-of-upload-at-least"),
        pytest.param(10 * HOUR, HOUR, HOUR - 120 - 180, id="the-earlier-limit"),
        pytest.param(None, 30 * DAY, QUOTA, id="never-above-the-quota"),
        pytest.param(100, None, 1, id="at-least-a-second"),
    ],
)
def test_saving_and_upload_lie_within_the_limit(
    time_limit: int | None, cost_limit: int | None, expected: int
) -> None:
    assert max_runtime_seconds(limits(time_limit, cost_limit), QUOTA) == expected


@pytest.mark.parametrize(
    ("time_limit", "requested", "expected"),
    [
        pytest.param(None, None, 28 * DAY, id="no-limit"),
        pytest.param(10 * HOUR, None, 10 * HOUR - 720, id="until-the-time-limit"),
        pytest.param(None, 20 * HOUR, 20 * HOUR, id="requested"),
        pytest.param(None, HOUR, 2 * HOUR, id="never-less-than-the-run-time"),
    ],
)
def test_the_longest_wait_includes_the_run_time(
    time_limit: int | None, requested: int | None, expected: int
) -> None:
    assert max_wait_seconds(limits(time_limit), requested, 2 * HOUR) == expected
