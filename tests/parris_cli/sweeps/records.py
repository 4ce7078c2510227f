"""Records of sweeps for tests."""

from __future__ import annotations

import math
import random
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.payloads import Payload

STARTED = "2031-05-01T08:00:00+00:00"
OPTIMIZERS = ("adam", "sgd")


def record_of_trials(number: int) -> Payload:
    """Return the record of a sweep of so many trials: the first succeeded, some others failed."""
    drawn = random.Random(number)
    trials = trials_of(drawn, number)
    spent = sum((Decimal(str(one["spent_usd"])) for one in trials), Decimal(0))
    return {
        "sweep_id": "iris-20310501t080000-04f2",
        "sweep_name": "iris",
        "execution_arn": "arn:aws:states:eu-west-1:123456789012:execution:parris-sweep:iris",
        "status": "ended",
        "stop_reason": None,
        "started_at": STARTED,
        "ended_at": minutes_later(6 * number + 10),
        "search": {"method": "thompson"},
        "parameters": {
            "learning-rate": {"type": "float", "minimum": 1e-4, "maximum": 0.1, "scale": "log"},
            "depth": {"type": "integer", "minimum": 2, "maximum": 12},
            "optimizer": {"type": "categorical", "values": [*OPTIMIZERS]},
        },
        "goal": {"metric": "loss", "direction": "minimize"},
        "budget": {"cost_limit_usd": "200", "time_limit_seconds": None},
        "max_parallel": 4,
        "spent_usd": str(spent),
        "reserved_usd": "0",
        "counts": counts_of(trials),
        "best_trial": None,
        "trials": [*trials],
    }


def counts_of(trials: list[Payload]) -> Payload:
    """Return how many trials have each status."""
    return dict(Counter(str(one["status"]) for one in trials))


def trials_of(drawn: random.Random, number: int) -> list[Payload]:
    """Return so many trials, each of which began six minutes after the one before."""
    return [trial(drawn, place) for place in range(number)]


def trial(drawn: random.Random, number: int) -> Payload:
    """Return a trial that trained for three minutes."""
    rate, depth = 10 ** drawn.uniform(-4, -1), drawn.randint(2, 12)
    has_failed = number % 7 == 3
    loss = (math.log10(rate) + 2.3) ** 2 + abs(depth - 7) / 10 + drawn.random() / 10
    return {
        "number": number,
        "status": "failed" if has_failed else "succeeded",
        "parameters": {
            "learning-rate": rate,
            "depth": depth,
            "optimizer": drawn.choice(OPTIMIZERS),
        },
        "value": None if has_failed else loss,
        "reason": "SCRIPT_FAILED" if has_failed else "COMPLETED",
        "cause": "the script exited with status 1" if has_failed else None,
        "runs": 1,
        "spent_usd": f"{drawn.uniform(0.02, 0.1):.4f}",
        "reserved_usd": "0",
        "started_at": minutes_later(6 * number),
        "ended_at": minutes_later(6 * number + 3),
        "runtime_seconds": 180,
        "metrics": {},
        "results_uri": None,
        "record_uri": None,
        "training_job_name": f"sweep-iris-{number}",
        "execution_arn": None,
    }


def minutes_later(minutes: int) -> str:
    """Return a time after the start of the sweep."""
    return (datetime.fromisoformat(STARTED) + timedelta(minutes=minutes)).isoformat()
