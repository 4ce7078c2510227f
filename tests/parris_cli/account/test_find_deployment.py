"""Which deployment is meant by whom who names none."""

import json
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Settings
from parris_cli.account.find_deployment import find_deployment
from parris_cli.errors import RefusedError

OUTPUTS = ("StateMachineArn", "WakeFunctionName", "DeploymentName")


def a_stack(aws: EmbeddedAws, name: str, outputs: tuple[str, ...]) -> None:
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {output: {"Value": name} for output in outputs},
    }
    client = aws.client("cloudformation")
    client.create_stack(StackName=name, TemplateBody=json.dumps(template))
    client.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )


def test_the_only_one_is_taken_and_several_are_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = Settings(stack_create_seconds=0.1, enforce_roles=False)
    with EmbeddedAws(quick, folder=tmp_path / "aws") as aws:
        for name, value in aws.environment().items():
            monkeypatch.setenv(name, value)
        assert find_deployment("iris") == "parris"
        a_stack(aws, "of-somebody", ("StateMachineArn",))
        a_stack(aws, "team", OUTPUTS)
        assert find_deployment("iris") == "team"
        a_stack(aws, "other-team", OUTPUTS)
        with pytest.raises(RefusedError, match="here: other-team, team; choose one"):
            find_deployment("iris")


def test_the_deployment_of_an_arn_is_the_one_that_is_in_it() -> None:
    arn = "arn:aws:states:us-east-1:123456789012:execution:team-training:iris-1"
    assert find_deployment(arn) == "team"


def test_without_permission_to_list_stacks_it_is_parris(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    assert find_deployment("iris") == "parris"
