"""What is known of jobs, for tests of their report: much, little, and what is hostile."""

import math
from decimal import Decimal
from typing import Any

from parris.metric_rows import MetricValue
from parris.payloads import Json, Payload
from parris.timestamps import format_timestamp
from parris_cli.following.history import Transition
from parris_cli.following.path import PhaseBegun
from parris_cli.following.phase import Phase
from parris_cli.job_report.job_facts import JobFacts, LogTail, Metrics, ResultFile, Results
from parris_cli.reports.next_steps import next_steps
from parris_cli.runs.one_run import OneRun
from tests.builders import a_job
from tests.parris_cli.runs.some_runs import a_run, hours_ago

EVIL = "<script>alert('x')</script>\x1b[31m\x00"


def an_attempt(number: int, began: float, hours: float, usd: str, reason: str) -> Json:
    return {
        "number": number,
        "title": "g5.xlarge",
        "reason": reason,
        "cause": "",
        "started_at": format_timestamp(hours_ago(began)),
        "ended_at": format_timestamp(hours_ago(began - hours)),
        "runtime_seconds": int(hours * 3600),
        "estimated_cost_usd": usd,
    }


def facts_of_an_ended_job(text: str = "iris", **changes: Any) -> JobFacts:
    """Return a job of two attempts that has succeeded; `text` is wherever a user can write."""
    run = a_run(
        name=text,
        owner=text,
        title=text,
        target="ec2-stack",
        started_at=hours_ago(2.9),
        ended_at=hours_ago(1),
        runtime_seconds=5400,
        cost_usd=Decimal("1.506"),
        time_limit_seconds=7200,
        cost_limit_usd=Decimal(2),
        results_uri="s3://bucket/machines/one/results/",
    )
    record: Payload = {
        "config": {"training-job-name": text, "hyperparameters": {text: text}},
        "script": {"filename": text, "source": text, "sha256": "0" * 64},
        "outcome": {
            "exit_status": 0,
            "attempts": [
                an_attempt(1, 2.9, 0.5, "0.5", "INSTANCE_LOST"),
                an_attempt(2, 2, 1, "1.006", text),
            ],
            "cost_basis": {"components": [{"part": "instance", "usd": "1.5"}]},
        },
    }
    path = (
        PhaseBegun(Phase.CHECKING, hours_ago(3)),
        PhaseBegun(Phase.LAUNCHING, hours_ago(2.9)),
        PhaseBegun(Phase.TRAINING, hours_ago(2.8)),
        PhaseBegun(Phase.LAUNCHING, hours_ago(2.2), 2),
        PhaseBegun(Phase.TRAINING, hours_ago(2), 2),
        PhaseBegun(Phase.CLEANING_UP, hours_ago(1.02), 2),
    )
    transitions = tuple(
        Transition(state, hours_ago(at), is_entered=True)
        for state, at in (("ValidateConfig", 3.0), ("CreateStack", 2.9), ("JobCompleted", 1.0))
    )
    parts: dict[str, Any] = {
        "one": OneRun(run, f"{text}\nlast line", path, record, transitions=transitions),
        "place": "deployment parris",
        "log": LogTail(("parris: starting train.py", text, "step=1 loss=0.5"), is_cut=True),
        "results": Results.of_files([ResultFile(text, 3_500_000)], "s3://bucket/results/"),
        "metrics": Metrics(
            tuple(
                value
                for step in range(1, 41)
                for value in (
                    MetricValue(text, step, math.exp(-step / 4)),
                    MetricValue("accuracy", None, 1 - 0.8**step),
                )
            )
        ),
        "steps": next_steps(run.job_id, None, None, is_running=False),
        "console_url": "https://us-east-1.console.aws.amazon.com/states/home",
        **changes,
    }
    return JobFacts(**parts)


def facts_of_a_running_job() -> JobFacts:
    """Return a job that trains, at a price that is known."""
    run = a_run(
        state="training",
        is_running=True,
        target="batch",
        time_limit_seconds=36_000,
        started_at=hours_ago(1),
    )
    path = (PhaseBegun(Phase.CHECKING, hours_ago(1.1)), PhaseBegun(Phase.TRAINING, hours_ago(1)))
    left = Transition(
        "Launch", hours_ago(1), is_entered=False, output={"job": a_job().to_payload()}
    )
    one = OneRun(run, path=path, ends="ends by 16:00 UTC at the latest", transitions=(left,))
    steps = next_steps(run.job_id, None, None, is_running=True)
    return JobFacts(one, "deployment parris", steps=steps)


def facts_of_a_rejected_config() -> JobFacts:
    """Return a run of which nothing but its end is known."""
    run = a_run(state="CONFIG_REJECTED", runtime_seconds=None, cost_usd=None, title="")
    return JobFacts(OneRun(run, "/instance-type: t3.micr is none"), "deployment parris")
