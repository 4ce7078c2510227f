"""Roles for the tests of permissions, and clients that act as them."""

import json
from typing import Any

import boto3

from embedded_aws import EmbeddedAws

ACCOUNT_ID = "123456789012"
ACCOUNT = {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def allow(actions: str | list[str], resources: str | list[str] = "*", **more: Any) -> Any:
    """Return a statement that allows."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions: str | list[str], resources: str | list[str] = "*", **more: Any) -> Any:
    """Return a statement that denies."""
    return {**allow(actions, resources, **more), "Effect": "Deny"}


def document(*statements: Any) -> str:
    """Return a policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def make_role(
    aws: EmbeddedAws, name: str, *statements: Any, trusts: Any = None, **settings: Any
) -> str:
    """Create a role that the account's own identities may assume, or those in `trusts`."""
    trust = {"Effect": "Allow", "Principal": trusts or ACCOUNT, "Action": "sts:AssumeRole"}
    iam = aws.client("iam")
    created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust), **settings)
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=document(*statements))
    return str(created["Role"]["Arn"])


def acting_as(aws: EmbeddedAws, role_arn: str, service: str, **request: Any) -> Any:
    """Return a client with a role's credentials."""
    session = aws.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="test", **request)[
        "Credentials"
    ]
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=aws.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )


def client_that_may(aws: EmbeddedAws, service: str, *statements: Any) -> Any:
    """Return a client of a new role with only these permissions."""
    count = len(aws.client("iam").list_roles()["Roles"])
    return acting_as(aws, make_role(aws, f"role-{count}", *statements), service)
