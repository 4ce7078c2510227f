"""The jobs of the smoke suite: one for each method, and one that is asked to end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_ENDLESS = "while true; do sleep 1; done\n"
_SAVES = 'echo saved > "$PARRIS_RESULTS_DIR/result"\n'


@dataclass(frozen=True, slots=True)
class SmokeJob:
    """A job, how it has to end, and whether a stop is requested."""

    name: str
    script: str
    config: dict[str, Any]
    reason: str
    is_stopped: bool = False


def smoke_jobs(
    prefix: str,
    instance_types: Sequence[str],
    script_seconds: int,
    limit_seconds: int,
    cost_limit_usd: float,
) -> list[SmokeJob]:
    """Return the jobs.

    Args:
        prefix: what their names begin with.
        instance_types: what they run on, the first of them that AWS has to give.
        script_seconds: how long a script runs that ends by itself.
        limit_seconds: when the time limit is reached, counted from the launch.
        cost_limit_usd: more than a minute of the machine costs.
    """
    machine = {"instance_type": list(instance_types)}
    ends_by_itself = f"{_SAVES}sleep {script_seconds}\n"
    return [
        SmokeJob(
            f"{prefix}-cost",
            _SAVES + _ENDLESS,
            {
                **machine,
                "termination_method": "around-cost-threshold",
                "termination_options": {"cost-limit": cost_limit_usd},
            },
            "COST_LIMIT",
        ),
        SmokeJob(
            f"{prefix}-time",
            _SAVES + _ENDLESS,
            {
                **machine,
                "termination_method": "at-fixed-time",
                "termination_options": {"time-limit": limit_seconds / 3600},
            },
            "TIME_LIMIT",
        ),
        SmokeJob(f"{prefix}-complete", ends_by_itself, {**machine}, "COMPLETED"),
        # Should the request be lost, the time limit ends it.
        SmokeJob(
            f"{prefix}-stop",
            _SAVES + _ENDLESS,
            {
                **machine,
                "termination_method": ["on-complete", "at-fixed-time"],
                "termination_options": {"time-limit": 0.5},
            },
            "ABORTED",
            is_stopped=True,
        ),
    ]
