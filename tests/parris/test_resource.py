"""Which resources must not outlive their deployment."""

from dataclasses import replace

import pytest

from parris.resource import Resource
from parris.retention.keep_until import ALWAYS

MACHINE = Resource(
    "ec2-stack", "instance", "i-1", "https://console", "end it", runs_job=True, is_billed=True
)
DISK = Resource("ec2-stack", "volume", "vol-1", "https://console", "delete it", is_billed=True)


@pytest.mark.parametrize(
    ("resource", "is_left_behind"),
    [
        (MACHINE, True),
        (replace(MACHINE, keep_until=ALWAYS), True),
        (replace(MACHINE, is_over=True), False),
        (DISK, True),
        (replace(DISK, is_in_use=True), False),
        (replace(DISK, keep_until=ALWAYS), False),
        (replace(DISK, keep_until="2026-12-01T00:00:00.000Z"), False),
        (replace(DISK, is_billed=False), False),
    ],
)
def test_what_runs_or_is_billed_for_nothing_is_left_behind(
    resource: Resource, is_left_behind: bool
) -> None:
    assert resource.is_left_behind is is_left_behind
