import json
from typing import TYPE_CHECKING

from moto import mock_aws

from embedded_aws_helpers.builders import IMAGE_ID
from parris_cli.account.clients import Account
from parris_cli.reports.leftovers import find_leftovers
from tests.parris_cli.sample_account import EXECUTION_ARN, an_account

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import TagTypeDef

OTHER_ARN = EXECUTION_ARN + "0"


def tag(execution_arn: str) -> "TagTypeDef":
    return {"Key": "parris:execution", "Value": execution_arn}


def launch(account: Account, execution_arn: str) -> str:
    answer = account.client("ec2").run_instances(
        ImageId=IMAGE_ID,
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": [tag(execution_arn)]}],
    )
    return str(answer["Instances"][0]["InstanceId"])


@mock_aws
def test_an_instance_a_volume_and_a_stack_of_the_job_are_found() -> None:
    account = an_account()
    instance_id = launch(account, EXECUTION_ARN)
    volume_id = account.client("ec2").create_volume(
        AvailabilityZone="us-east-1a",
        Size=8,
        TagSpecifications=[{"ResourceType": "volume", "Tags": [tag(EXECUTION_ARN)]}],
    )["VolumeId"]
    stack_id = account.cloudformation.create_stack(
        StackName="parris-iris",
        TemplateBody=json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}),
        Tags=[{"Key": "parris:execution", "Value": EXECUTION_ARN}],
    )["StackId"]
    found = find_leftovers(account, EXECUTION_ARN)
    assert [(one["kind"], one["id"], one["state"]) for one in found] == [
        ("instance", instance_id, "running"),
        ("volume", volume_id, "available"),
        ("stack", stack_id, "CREATE_COMPLETE"),
    ]
    for one in found:
        assert one["removal_command"].endswith(one["id"])
        assert one["console_url"].startswith("https://us-east-1.console.aws.amazon.com/")


@mock_aws
def test_a_stopped_instance_is_still_there_and_a_terminated_one_is_not() -> None:
    account = an_account()
    stopped, terminated = launch(account, EXECUTION_ARN), launch(account, EXECUTION_ARN)
    account.client("ec2").stop_instances(InstanceIds=[stopped])
    account.client("ec2").terminate_instances(InstanceIds=[terminated])
    found = find_leftovers(account, EXECUTION_ARN)
    assert [(one["id"], one["state"]) for one in found] == [(stopped, "stopped")]


@mock_aws
def test_what_belongs_to_another_execution_is_not_counted() -> None:
    account = an_account()
    launch(account, OTHER_ARN)
    assert find_leftovers(account, EXECUTION_ARN) == []


@mock_aws
def test_only_the_services_of_the_jobs_target_are_asked() -> None:
    instance_id = launch(an_account(), EXECUTION_ARN)
    used: set[str] = set()
    account = an_account(used)
    found = find_leftovers(account, EXECUTION_ARN, "ec2-stack")
    assert [one["id"] for one in found] == [instance_id]
    assert used == {"ec2", "cloudformation"}


@mock_aws
def test_a_job_of_an_unknown_target_is_searched_for_in_the_services_of_all_targets() -> None:
    used: set[str] = set()
    account = an_account(used)
    assert find_leftovers(account, EXECUTION_ARN) == []
    assert used == {"ec2", "cloudformation", "sagemaker", "iam", "batch"}
