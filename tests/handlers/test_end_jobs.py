"""EndJobs: running jobs are stopped, orphans end as they would have, and kept resources stay."""

import json
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from end_jobs import run
from parris import resource_entrypoint
from parris.entrypoint import Deps
from parris.errors import AwsThrottledError, DeploymentEndingError
from parris.payloads import Payload
from tests.builders import BUCKET, a_job
from tests.handlers.conftest import ec2_of, noted, put_json
from tests.handlers.test_create_stack import a_machine
from tests.handlers.test_ending import NOW, SCRIPT, alive_instances, launched, running, until

TOPIC = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


def a_stack(aws: EmbeddedAws, name: str = "parris", tags: dict[str, str] | None = None) -> str:
    created = aws.client("cloudformation").create_stack(
        StackName=name,
        TemplateBody=json.dumps(TOPIC),
        Tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()],
    )
    return str(created["StackId"])


def look(deps: Deps, stack_id: str) -> tuple[str, ...]:
    return run({"StackId": stack_id, "now": NOW}, deps)


def look_until_gone(deps: Deps, stack_id: str) -> None:
    until(lambda: {"left": str(len(look(deps, stack_id)))}, "left", "0")


def test_an_orphan_saves_and_is_deleted_and_a_foreign_stack_is_not_touched(
    deps: Deps, aws: EmbeddedAws
) -> None:
    deployment = a_stack(aws)
    foreign = {"parris:deployment": "another", "parris:execution": "arn:x"}
    a_stack(aws, "parris-of-others", foreign)
    running(deps, launched(deps, aws, a_job(script=SCRIPT)))
    assert look(deps, deployment)
    look_until_gone(deps, deployment)
    assert alive_instances(aws) == []
    shown = aws.client("cloudformation").describe_stacks()["Stacks"]
    assert {one["StackName"] for one in shown} == {"parris", "parris-of-others"}


def test_an_instance_that_a_person_asked_to_keep_is_stopped_and_kept(
    deps: Deps, aws: EmbeddedAws
) -> None:
    deployment = a_stack(aws)
    running(deps, launched(deps, aws, a_job(script=SCRIPT, on_termination="stop-instance")))
    look_until_gone(deps, deployment)
    assert alive_instances(aws) == ["stopped"]


def test_results_that_were_not_saved_are_kept(deps: Deps, aws: EmbeddedAws) -> None:
    deployment = a_stack(aws)
    run_seen = running(deps, launched(deps, aws, a_job(script=SCRIPT)))
    ec2_of(deps).instances.stop(str(run_seen["machine_id"]))
    until(lambda: {"states": "".join(alive_instances(aws))}, "states", "stopped")
    folder = noted(deps, a_job()).folder
    aws.client("s3").delete_object(Bucket=BUCKET, Key=folder.exit_key)
    put_json(aws, folder.started_key, {})
    assert look(deps, deployment) == ()
    assert alive_instances(aws) == ["stopped"]


def test_a_living_run_is_reported_and_named(
    deps: Deps, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr(deps.aws.signals, "stop", lambda *request: sent.append(request))
    execution = a_machine(aws)
    deps.aws.jobs_table.claim("iris", execution, NOW)
    deps.aws.jobs_table.claim("of-a-dead-run", execution + "-dead", NOW)
    assert look(deps, a_stack(aws)) == (execution,)
    assert sent == [("iris", execution, NOW)]


def test_a_living_run_that_is_ending_is_woken_at_each_check_as_its_events_may_not_come(
    deps: Deps, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The deletion of the deployment removes the rules of these events early.
    sent: list[tuple[str, ...]] = []
    for request in ("stop", "request_check"):
        monkeypatch.setattr(
            deps.aws.signals, request, lambda *given, name=request: sent.append((name, *given))
        )
    execution, deployment = a_machine(aws), a_stack(aws)
    deps.aws.jobs_table.claim("iris", execution, NOW)
    deps.aws.jobs_table.note("iris", execution, {"stop_requested_at": NOW})
    assert look(deps, deployment) == (execution,)
    assert sent == []  # it is awake

    sleep = {"task_token": "token", "waiting_for": "deleting"}
    deps.aws.jobs_table.note("iris", execution, sleep)
    assert look(deps, deployment) == (execution,)
    assert look(deps, deployment) == (execution,)
    assert sent == [("request_check", "iris", execution)] * 2


def test_what_a_living_run_still_owns_is_named_though_it_holds_no_name_any_more(
    deps: Deps, aws: EmbeddedAws
) -> None:
    running(deps, launched(deps, aws, a_job(script=SCRIPT, execution_arn=a_machine(aws))))
    deps.aws.jobs_table.release(
        "iris", deps.aws.deployment_deletion.held_names()["iris"].execution_arn
    )
    left = look(deps, a_stack(aws))
    assert [one for one in left if one.startswith("i-")]
    assert alive_instances(aws) == ["running"]


def test_a_cleanup_that_still_runs_is_waited_for(deps: Deps, aws: EmbeddedAws) -> None:
    steps = aws.client("stepfunctions")
    arn = deps.settings.cleanup_machine_arn
    cleanup = steps.start_execution(stateMachineArn=arn, name="of-one")["executionArn"]
    deployment = a_stack(aws)
    assert look(deps, deployment) == (cleanup,)
    steps.stop_execution(executionArn=cleanup)
    assert look(deps, deployment) == ()


def test_no_run_launches_anything_from_then_on(deps: Deps, aws: EmbeddedAws) -> None:
    look(deps, a_stack(aws))
    with pytest.raises(DeploymentEndingError, match="being deleted"):
        launched(deps, aws, a_job(script=SCRIPT))
    shown = aws.client("cloudformation").describe_stacks()["Stacks"]
    assert [one["StackName"] for one in shown] == ["parris"]


def test_an_update_that_takes_the_resource_away_ends_no_job(deps: Deps, aws: EmbeddedAws) -> None:
    deployment = a_stack(aws)
    until(lambda: aws.client("cloudformation").describe_stacks()["Stacks"][0], *CREATED)
    changed = {"Resources": {**TOPIC["Resources"], "Second": {"Type": "AWS::SNS::Topic"}}}
    aws.client("cloudformation").update_stack(StackName="parris", TemplateBody=json.dumps(changed))
    assert look(deps, deployment) == ()
    assert not deps.aws.deployment_deletion.has_begun()
    assert launched(deps, aws, a_job(script=SCRIPT))


CREATED = ("StackStatus", "CREATE_COMPLETE")
REQUEST: dict[str, Any] = {
    "ResponseURL": "https://answers.test/",
    "StackId": "arn:stack",
    "RequestId": "request-1",
    "LogicalResourceId": "EndJobs",
}


class Context:
    """As much of Lambda's context as is read."""

    function_name = function_version = memory_limit_in_mb = "of-a-test"
    invoked_function_arn = aws_request_id = log_stream_name = "of-a-test"

    def __init__(self, looks_left: int) -> None:
        self.looks_left = looks_left

    def get_remaining_time_in_millis(self) -> int:
        self.looks_left -= 1
        return 900_000 if self.looks_left else 1000


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(
        resource_entrypoint, "put_response", lambda url, answer: given.append(answer)
    )
    monkeypatch.setattr(resource_entrypoint, "deps_of_deployment", lambda: None)
    monkeypatch.setattr("parris.resource_entrypoint.time.sleep", lambda seconds: None)
    return given


def ask(request_type: str, *looks: Any) -> list[Any]:
    """Request a removal whose checks show these things, or raise these errors.

    Returns:
        The checks that were not needed.
    """
    remaining = list(looks)

    def removal(event: Payload, deps: Deps) -> tuple[str, ...]:
        found = remaining.pop(0)
        if isinstance(found, Exception):
            raise found
        return tuple(found)

    event = {**REQUEST, "RequestType": request_type}
    handler: Any = resource_entrypoint.resource_handler(removal)
    handler(event, Context(len(looks)))
    return remaining


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_making_and_changing_it_is_answered_and_nothing_else(
    answers: list[dict[str, Any]], request_type: str
) -> None:
    ask(request_type)
    (answer,) = answers
    assert (answer["Status"], answer["RequestId"]) == ("SUCCESS", "request-1")
    assert answer["PhysicalResourceId"] == "EndJobs"


def test_gone_is_what_was_seen_to_be_gone_twice(answers: list[dict[str, Any]]) -> None:
    looks: tuple[Any, ...] = (
        ["i-1"],
        [],
        ["i-1"],
        AwsThrottledError("slow down"),
        [],
        [],
        ["not needed"],
    )
    assert ask("Delete", *looks) == [["not needed"]]
    assert answers[0]["Status"] == "SUCCESS"


def test_what_is_left_when_the_time_is_over_is_named(answers: list[dict[str, Any]]) -> None:
    ask("Delete", ["i-1"], ["i-1", "parris-iris"])
    assert answers[0]["Status"] == "FAILED"
    assert "still there: i-1, parris-iris" in answers[0]["Reason"]


def test_an_error_is_answered_too(answers: list[dict[str, Any]]) -> None:
    ask("Delete", ValueError("what is this?"))
    assert answers[0]["Status"] == "FAILED"
    assert "ValueError: what is this?" in answers[0]["Reason"]


def test_a_reason_fits_into_an_answer(answers: list[dict[str, Any]]) -> None:
    ask("Delete", [f"arn:aws:cloudformation:stack/parris-{number}" for number in range(500)])
    assert len(json.dumps(answers[0])) < 4096
