"""What happens to each measured job: an early wake, after which three attempts fail."""

import json
from datetime import timedelta

from benchmarks.bench_aws import BenchAws

EARLY_WAKE_AFTER = timedelta(seconds=300)
RETRIES = 3
_POLL = "PollTerminationConditionFunction"


def wake_and_throttle(bench: BenchAws, execution_arn: str) -> None:
    """Wait until five minutes after the start, wake the job, and throttle its next poll.

    The wake is the event of a change that ends nothing. The Poll that follows is throttled by
    Lambda three times, and succeeds at its third retry.
    """
    started_at = bench.describe(execution_arn)["startDate"]
    bench.clock.run_until(started_at + EARLY_WAKE_AFTER)
    functions, poll = bench.account.functions, bench.function(_POLL)
    functions.put_function_concurrency(FunctionName=poll, ReservedConcurrentExecutions=0)
    detail = {"instance-id": instance_of(bench, execution_arn), "state": "running"}
    answer = functions.invoke(
        FunctionName=bench.account.deployment.wake_function,
        Payload=json.dumps({"source": "aws.ec2", "detail": detail}),
    )
    if json.loads(answer["Payload"].read()).get("was_notified") is not True:
        raise RuntimeError("the early wake has reached no run")
    bench.clock.run_while(lambda: _failed_tries(bench, execution_arn) < RETRIES)
    functions.delete_function_concurrency(FunctionName=poll)


def instance_of(bench: BenchAws, execution_arn: str) -> str:
    """Return the id of the instance of an execution."""
    (reservation,) = bench.account.client("ec2").describe_instances(
        Filters=[{"Name": "tag:parris:execution", "Values": [execution_arn]}]
    )["Reservations"]
    return str(reservation["Instances"][0]["InstanceId"])


def _failed_tries(bench: BenchAws, execution_arn: str) -> int:
    return sum(event["type"] == "TaskFailed" for event in bench.history(execution_arn))
