"""Which services set the source account when they assume a role."""

import json

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.permissions.trust import RoleNotAssumableError, assume_as_service
from embedded_aws_helpers.roles import ACCOUNT_ID


def a_role(aws: EmbeddedAws, service: str, account_id: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": statement})
    made = aws.client("iam").create_role(RoleName="one", AssumeRolePolicyDocument=trust)
    return str(made["Role"]["Arn"])


@pytest.mark.parametrize(
    "service",
    [
        "chatbot.amazonaws.com",
        "states.amazonaws.com",
        "events.amazonaws.com",
        "pipes.amazonaws.com",
        "sagemaker.amazonaws.com",
        "scheduler.amazonaws.com",
    ],
)
def test_these_services_set_the_source_account(strict_aws: EmbeddedAws, service: str) -> None:
    arn = a_role(strict_aws, service, ACCOUNT_ID)
    with strict_aws.context.at_work("test"):
        assert assume_as_service(arn, service, "session").session_name == "session"


def test_another_account_is_not_trusted(strict_aws: EmbeddedAws) -> None:
    arn = a_role(strict_aws, "states.amazonaws.com", "999999999999")
    with strict_aws.context.at_work("test"), pytest.raises(RoleNotAssumableError):
        assume_as_service(arn, "states.amazonaws.com", "session")


@pytest.mark.parametrize("service", ["ec2.amazonaws.com", "lambda.amazonaws.com"])
def test_these_do_not(strict_aws: EmbeddedAws, service: str) -> None:
    arn = a_role(strict_aws, service, ACCOUNT_ID)
    with strict_aws.context.at_work("test"), pytest.raises(RoleNotAssumableError):
        assume_as_service(arn, service, "session")
