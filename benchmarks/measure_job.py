"""Runs one job through the real workflow and measures it."""

import json
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from benchmarks.bench_aws import BenchAws, History
from benchmarks.calls import Calls, count_calls, count_machine_calls
from benchmarks.failures import instance_of, wake_and_throttle
from benchmarks.floor import floor_of
from benchmarks.function_cost import FunctionCost, cost_of_function
from benchmarks.job_plans import Ending, JobPlan
from embedded_aws.metering.orchestration_cost import orchestration_cost
from embedded_aws.metering.usage import Mark, mark, usage_since
from parris.ec2.spot_spending import SMALLEST_SHARE
from parris.job import Job

_GONE = frozenset({"stopped", "shutting-down", "terminated"})


@dataclass(frozen=True, slots=True)
class AfterTheScript:
    """From the script's end to the call that ends the stack: virtual seconds and counts.

    `wakes` are those that ended a sleep; a later one finds no sleeping run.
    """

    seconds: float
    wakes: int
    polls: int
    timed_checks: int


@dataclass(frozen=True, slots=True)
class Bill:
    """What a job with a cost limit is billed, and the range that it must be in.

    The least is the limit without the cost of the time to save and to stop, and on a spot instance
    without the share of the limit that is not worth another check.
    """

    usd: Decimal
    limit_usd: Decimal
    least_usd: Decimal


@dataclass(frozen=True, slots=True)
class JobFigures:
    """What one job took. `engine_seconds` are this machine's; None: does not apply.

    `floor` is the number of transitions if no state had been entered twice. `calls` are those of
    functions and states, `machine_calls` those of the machine itself. `validation` is a part
    of both calls and cost.
    """

    plan: JobPlan
    execution_arn: str
    reason: str
    history_events: int
    transitions: int
    floor: int
    invocations: int
    api_calls: int
    usd: Decimal
    after_the_script: AfterTheScript | None
    overshoot_seconds: float | None
    bill: Bill | None
    engine_seconds: float
    validation: FunctionCost
    calls: Calls
    machine_calls: Counter[str]


def measure_job(bench: BenchAws, plan: JobPlan) -> JobFigures:
    """Run the job, with its failures, to its end."""
    since, began = mark(bench.meter), time.monotonic()
    execution_arn = bench.start(plan.config())
    wake_and_throttle(bench, execution_arn, plan.name)
    gone_at = _run_until_gone(bench, execution_arn)
    bench.clock.run_while(lambda: bench.is_running(execution_arn))
    history = bench.history(execution_arn)
    usage = usage_since(bench.meter, since, [history])
    ended = bench.describe(execution_arn)
    outcome = json.loads(ended.get("output") or ended.get("cause") or "{}")
    job = _job_in(history)
    launched_at = datetime.fromisoformat(outcome["started_at"])
    return JobFigures(
        plan=plan,
        execution_arn=execution_arn,
        reason=str(outcome["reason"]),
        history_events=usage.history_events,
        transitions=usage.state_transitions,
        floor=floor_of(history),
        invocations=sum(usage.invocations.values()),
        api_calls=sum(usage.api_calls.values()),
        usd=orchestration_cost(usage).usd,
        after_the_script=_after_the_script(bench, since, job, history)
        if plan.ending is Ending.SCRIPT
        else None,
        overshoot_seconds=_overshoot_seconds(job, launched_at, gone_at),
        bill=_bill(job, outcome),
        engine_seconds=time.monotonic() - began,
        validation=cost_of_function(bench, "ValidateConfigFunction", since, transitions=1),
        calls=count_calls(bench, since),
        machine_calls=count_machine_calls(bench, since),
    )


def _run_until_gone(bench: BenchAws, execution_arn: str) -> datetime:
    """Let time pass until EC2 no longer bills the instance, and return that time."""
    instance_id = instance_of(bench, execution_arn)

    def is_billed() -> bool:
        found = bench.account.client("ec2").describe_instances(InstanceIds=[instance_id])
        return found["Reservations"][0]["Instances"][0]["State"]["Name"] not in _GONE

    bench.clock.run_while(is_billed)
    return bench.clock.now()


def _job_in(history: History) -> Job:
    """Return the job from the last state that had it."""
    outputs = [
        event["stateExitedEventDetails"].get("output", "")
        for event in history
        if event.get("stateExitedEventDetails", {}).get("name") == "WaitForRunning"
    ]
    return Job.from_state(json.loads(outputs[-1]))


def _overshoot_seconds(job: Job, launched_at: datetime, gone_at: datetime) -> float | None:
    if job.limits.time_limit_seconds is None:
        return None
    limit_at = launched_at + timedelta(seconds=job.limits.time_limit_seconds)
    return max(0.0, (gone_at - limit_at).total_seconds())


def _bill(job: Job, outcome: dict[str, Any]) -> Bill | None:
    limits, rate = job.limits, job.rate
    if limits.cost_limit_usd is None or rate is None:
        return None
    reserved_seconds = limits.save_grace_seconds + limits.stopping_allowance_seconds
    limit_usd = Decimal(limits.cost_limit_usd)
    unspent_usd = rate.usd_per_hour * reserved_seconds / 3600
    if job.has_variable_price:
        unspent_usd += limit_usd / SMALLEST_SHARE
    return Bill(
        usd=Decimal(outcome["estimated_cost_usd"]),
        limit_usd=limit_usd,
        least_usd=limit_usd - unspent_usd,
    )


def _after_the_script(bench: BenchAws, since: Mark, job: Job, history: History) -> AfterTheScript:
    report = bench.account.s3.get_object(Bucket=job.folder.bucket, Key=job.folder.exit_key)
    ended_at = datetime.fromisoformat(json.loads(report["Body"].read())["ended_at"])
    end_call_at = next(
        call.at for call in bench.meter.calls[since.calls :] if call.action == "DeleteStack"
    )

    def is_between(moment: datetime) -> bool:
        return ended_at <= moment <= end_call_at

    poll = bench.function("PollTerminationConditionFunction")
    calls = bench.meter.calls[since.calls :]
    invocations = bench.meter.invocations[since.invocations :]
    timed_out = [event for event in history if event["type"] == "TaskTimedOut"]
    return AfterTheScript(
        seconds=(end_call_at - ended_at).total_seconds(),
        wakes=sum(one.action == "SendTaskSuccess" and is_between(one.at) for one in calls),
        polls=sum(one.function_name == poll and is_between(one.at) for one in invocations),
        timed_checks=sum(is_between(event["timestamp"]) for event in timed_out),
    )
