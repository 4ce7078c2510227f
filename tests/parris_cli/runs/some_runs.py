"""Runs for tests: sound by default, each part open to change."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from parris_cli.runs.run import Run
from tests.builders import LAUNCHED_AT

NOW = LAUNCHED_AT + timedelta(hours=3)


def a_run(**changes: Any) -> Run:
    """Return a run that has ended two hours ago."""
    parts: dict[str, Any] = {
        "job_id": "iris-20261120t120000-04f2",
        "execution_arn": "arn:aws:states:us-east-1:1:execution:parris-training:iris-1",
        "name": "iris",
        "state": "COMPLETED",
        "is_running": False,
        "owner": "ada",
        "submitted_at": LAUNCHED_AT,
        "runtime_seconds": 3600,
        "cost_usd": Decimal("1.006"),
        "title": "g5.xlarge",
        **changes,
    }
    return Run(**parts)


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)
