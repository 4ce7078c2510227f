"""The role that EC2 itself needs before an account can launch spot instances.

The principal that launches the first spot instance creates it. Source:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html
"""

import json

from embedded_aws.permissions.documents import Demand
from embedded_aws.permissions.principals import iam_backend

_SERVICE = "spot.amazonaws.com"
_NAME = "AWSServiceRoleForEC2Spot"
_PATH = f"/aws-service-role/{_SERVICE}/"


def spot_role_demands() -> list[Demand]:
    """Return what launching a spot instance needs for this role: nothing if the role exists."""
    if _is_there():
        return []
    arn = f"arn:aws:iam::{iam_backend().account_id}:role{_PATH}{_NAME}"
    return [Demand("iam:CreateServiceLinkedRole", arn, (("iam:awsservicename", _SERVICE),))]


def make_spot_role() -> None:
    """Create the role if the account has none."""
    if _is_there():
        return
    statement = {"Effect": "Allow", "Principal": {"Service": _SERVICE}, "Action": "sts:AssumeRole"}
    iam_backend().create_role(
        role_name=_NAME,
        assume_role_policy_document=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        path=_PATH,
        permissions_boundary=None,
        description="",
        tags=[],
        max_session_duration="3600",
    )


def _is_there() -> bool:
    return any(role.name == _NAME for role in list(iam_backend().roles.values()))
