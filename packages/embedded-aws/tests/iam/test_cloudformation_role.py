import json
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, deleted, settled
from embedded_aws_helpers.roles import allow

BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
READ_ONLY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


def role(service: str, action: str, managed: str) -> Any:
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": "role",
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
                "ManagedPolicyArns": [managed],
                "Policies": [
                    {
                        "PolicyName": "may",
                        "PolicyDocument": {"Version": "2012-10-17", "Statement": [allow(action)]},
                    }
                ],
            },
        }
    }


def policies(aws: EmbeddedAws) -> tuple[list[str], str, str]:
    iam = aws.client("iam")
    attached = iam.list_attached_role_policies(RoleName="role")["AttachedPolicies"]
    inline = iam.get_role_policy(RoleName="role", PolicyName="may")["PolicyDocument"]
    trust = iam.get_role(RoleName="role")["Role"]["AssumeRolePolicyDocument"]
    return (
        [policy["PolicyArn"] for policy in attached],
        inline["Statement"][0]["Action"],
        trust["Statement"][0]["Principal"]["Service"],
    )


def test_a_role_of_a_stack_has_all_its_policies_and_an_update_changes_them(
    aws: EmbeddedAws,
) -> None:
    stack = create_stack(aws, role("lambda.amazonaws.com", "s3:GetObject", BASIC))
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    assert policies(aws) == ([BASIC], "s3:GetObject", "lambda.amazonaws.com")

    changed = {"Resources": role("ec2.amazonaws.com", "s3:PutObject", READ_ONLY)}
    aws.client("cloudformation").update_stack(
        StackName=stack, TemplateBody=json.dumps(changed), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    assert settled(aws, stack)["StackStatus"] == "UPDATE_COMPLETE"
    assert policies(aws) == ([READ_ONLY], "s3:PutObject", "ec2.amazonaws.com")

    deleted(aws, stack)
    assert aws.client("iam").list_roles()["Roles"] == []
