"""Until when something is kept, and when that is over."""

import pytest

from parris.retention.keep_until import ALWAYS, is_expired, keep_until_expiry
from parris.timestamps import format_timestamp
from tests.builders import after

DAY_SECONDS = 24 * 3600


def test_what_is_kept_expires_after_the_deployments_days_and_not_a_second_before() -> None:
    until = keep_until_expiry(after(0), keep_days=7)
    assert until == format_timestamp(after(7 * DAY_SECONDS))
    assert not is_expired(until, after(7 * DAY_SECONDS - 1))
    assert is_expired(until, after(7 * DAY_SECONDS))


@pytest.mark.parametrize("mark", [None, ALWAYS, "", "next week", "2026-11-20T12:00:00"])
def test_what_has_no_utc_timestamp_never_expires(mark: str | None) -> None:
    assert not is_expired(mark, after(10_000 * DAY_SECONDS))
