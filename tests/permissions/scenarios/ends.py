"""Jobs that end in different ways: by themselves, at a limit, on request, with the deployment."""

import json
import time
from datetime import UTC, datetime

from embedded_aws import EmbeddedAws
from parris_cli.stopping.request_stop import request_stop
from tests.end_to_end.deployment import ENDLESS, Deployed
from tests.permissions.scenarios.batch_jobs import start_in_container
from tests.permissions.scenarios.scenario import (
    KILLS_ITS_RUNNER,
    SECONDS,
    STOPS_ON_SIGNAL,
    require_reason,
)
from tests.permissions.scenarios.sweeps import start_endless_sweep
from tests.permissions.scenarios.training_jobs import start_training, start_warm_pool


def everyday(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Run a job that saves a result, and whose metric is in CloudWatch."""
    script = 'echo step=1 loss=0.5\necho 1 > "$PARRIS_RESULTS_DIR/result"\n'
    started = deployed.start("everyday", script, cloudwatch_metrics=True)
    require_reason(deployed.end_of(started, SECONDS), "COMPLETED")
    (metric,) = aws.client("cloudwatch").list_metrics(Namespace="Parris")["Metrics"]
    assert metric["MetricName"] == "loss"
    assert metric["Dimensions"] == [{"Name": "Job", "Value": "everyday"}]


def over_time(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Run a job that its time limit ends."""
    started = deployed.start(
        "over-time",
        STOPS_ON_SIGNAL,
        termination_method="at-fixed-time",
        termination_options={"time-limit": 12 / 3600},
    )
    require_reason(deployed.end_of(started, SECONDS), "TIME_LIMIT")


def kept_and_stopped(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Request the stop of a job whose machine must be kept."""
    started = deployed.start("kept", STOPS_ON_SIGNAL, on_termination="stop-instance")
    deployed.wait_for_file(started, "started.json", SECONDS)
    assert request_stop(deployed.account, "kept", started.execution_arn, datetime.now(UTC))
    require_reason(deployed.end_of(started, SECONDS), "ABORTED")


def replaced(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Let one run replace another that is running."""
    first = deployed.start("replaced", STOPS_ON_SIGNAL)
    deployed.wait_for_file(first, "started.json", SECONDS)
    second = deployed.start("replaced", "exit 0\n", stack_replacement=True)
    require_reason(deployed.end_of(first, SECONDS), "SUPERSEDED")
    require_reason(deployed.end_of(second, SECONDS), "COMPLETED")


def left_by_an_abandoned_run(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Take over the name of an aborted run, which left its stack behind."""
    first = deployed.start("left", ENDLESS)
    deployed.wait_for_file(first, "started.json", SECONDS)
    aws.client("stepfunctions").stop_execution(executionArn=first.execution_arn)
    second = deployed.start("left", "exit 0\n", stack_replacement=True)
    require_reason(deployed.end_of(second, SECONDS), "COMPLETED")


def stopped_by_hand(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Stop executions, whose machines a cleanup ends; a cleanup of no run finds nothing."""
    started = deployed.start("stopped", STOPS_ON_SIGNAL)
    training = start_training(deployed, aws, "stopped-training")
    deployed.wait_for_file(started, "started.json", SECONDS)
    steps = aws.client("stepfunctions")
    machines = steps.list_state_machines()["stateMachines"]
    (arn,) = [m["stateMachineArn"] for m in machines if m["name"] == "parris-cleanup"]
    nobody = json.dumps({"executionArn": f"{started.execution_arn}-that-never-was"})
    steps.start_execution(stateMachineArn=arn, name="of-nobody", input=nobody)
    for one in (started, training):
        steps.stop_execution(executionArn=one.execution_arn)
    for one in (started, training):
        _await_cleanups_of(one.execution_arn, arn, aws)
    # Another one finds the end recorded, and checks nevertheless whether something is left.
    for one in (started, training):
        again = json.dumps({"executionArn": one.execution_arn})
        steps.start_execution(stateMachineArn=arn, name=f"again-{one.job_id}", input=again)
    for one in (started, training):
        _await_cleanups_of(one.execution_arn, arn, aws)
    for one in (started, training):
        ended = deployed.end_of(one)
        assert (ended.outcome["reason"], ended.left) == ("ABORTED", []), ended


def _await_cleanups_of(execution_arn: str, machine_arn: str, aws: EmbeddedAws) -> None:
    """Wait until all cleanups of a run have ended: the first one's final check takes minutes."""
    steps, ends_at = aws.client("stepfunctions"), time.monotonic() + SECONDS
    statuses = {"RUNNING"}
    while not statuses or "RUNNING" in statuses:
        assert time.monotonic() < ends_at, f"the cleanup of {execution_arn} has not ended"
        time.sleep(1)
        listed = steps.list_executions(stateMachineArn=machine_arn)["executions"]
        found = [steps.describe_execution(executionArn=one["executionArn"]) for one in listed]
        statuses = {
            one["status"]
            for one in found
            if json.loads(one["input"])["executionArn"] == execution_arn
        }
    assert statuses == {"SUCCEEDED"}


def deployment_ends(deployed: Deployed, aws: EmbeddedAws) -> None:
    """Delete the deployment while a job and a sweep run, and others are abandoned. Comes last."""
    on_sagemaker = (
        start_training(deployed, aws, "dead-in-training"),
        start_warm_pool(deployed, aws, "dead-with-a-warm-pool"),
    )
    on_batch = start_in_container(deployed, "dead-boxed")
    start_endless_sweep(aws, "living-sweep")
    living = deployed.start("living", STOPS_ON_SIGNAL)
    dead = [
        # First, so that its run ends long before its runner does.
        deployed.start("lost-on-spot", f"sleep 20\n{KILLS_ITS_RUNNER}", purchase_option="spot"),
        deployed.start("dead", STOPS_ON_SIGNAL),
        deployed.start("dead-on-spot", STOPS_ON_SIGNAL, purchase_option="spot"),
    ]
    deployed.wait_for_file(living, "started.json", SECONDS)
    # No cleanup is started for abandoned runs: the deployment's own end handles their resources.
    events = aws.client("events")
    rules = [one["Name"] for one in events.list_rules()["Rules"]]
    (of_ends,) = [name for name in rules if name.startswith("parris-CleanupStateMachine")]
    events.disable_rule(Name=of_ends)
    for started in (*on_sagemaker, on_batch):
        aws.client("stepfunctions").stop_execution(executionArn=started.execution_arn)
    for started in dead:
        deployed.wait_for_file(started, "started.json", SECONDS)
        aws.client("stepfunctions").stop_execution(executionArn=started.execution_arn)
    cloudformation = aws.client("cloudformation")
    cloudformation.delete_stack(StackName="parris")
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName="parris", WaiterConfig={"Delay": 1, "MaxAttempts": SECONDS}
    )
