"""What happens to each measured job: an early wake, after which three attempts fail."""

import json
from datetime import timedelta

from benchmarks.bench_aws import BenchAws

EARLY_WAKE_AFTER = timedelta(seconds=300)
RETRIES = 3
_POLL = "PollTerminationConditionFunction"


def wake_and_throttle(bench: BenchAws, execution_arn: str, training_job_name: str) -> None:
    """Wait until five minutes after the start, wake the job, and throttle its next poll.

    The wake is a request for a check, which ends nothing. The Poll that follows is throttled by
    Lambda three times, and succeeds at its third retry.

    Raises:
        RuntimeError: if the job was not asleep, or the request did not reach it.
    """
    started_at = bench.describe(execution_arn)["startDate"]
    bench.clock.run_until(started_at + EARLY_WAKE_AFTER)
    functions, poll = bench.account.functions, bench.function(_POLL)
    functions.put_function_concurrency(FunctionName=poll, ReservedConcurrentExecutions=0)
    check = {
        "training_job_name": training_job_name,
        "execution_arn": execution_arn,
        "request": "check",
    }
    answer = functions.invoke(
        FunctionName=bench.account.deployment.wake_function, Payload=json.dumps(check)
    )
    woken = json.loads(answer["Payload"].read())
    if woken.get("was_asleep") is not True:
        raise RuntimeError(f"the early wake found no sleeping job: {woken}")
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
