"""A deployer's policies allow what CloudFormation's handlers read of the deployment's resources."""

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.definition import CLONE

POLICIES = CLONE / "docs" / "policies"
STATEMENTS: list[dict[str, Any]] = [
    statement
    for path in sorted(POLICIES.glob("deployer*.json"))
    for statement in json.loads(path.read_text())["Statement"]
]
# Without white space, which AWS does not count.
# Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_LONGEST_MANAGED_POLICY = 6144

_TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/parris-JobsTable-1"
_FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:parris-WakeFunction-1"
_GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:/parris/parris/functions"
_TOPIC = "arn:aws:sns:eu-west-1:123456789012:parris-NotifyTopic-1"
_REPOSITORY = "arn:aws:ecr:eu-west-1:123456789012:repository/parris-imagerepository-1"
_BUCKET = "arn:aws:s3:::parris-trainingbucket-1"
# The read lists of the resource types' handlers in CloudFormation's resource schemas. Which of the
# calls are made, and whether a refusal is fatal, is not documented.
READS = {
    _TABLE: """dynamodb:DescribeTable dynamodb:DescribeContinuousBackups
        dynamodb:DescribeContributorInsights dynamodb:DescribeKinesisStreamingDestination
        dynamodb:DescribeTimeToLive dynamodb:GetResourcePolicy dynamodb:ListTagsOfResource""",
    _FUNCTION: """lambda:GetFunction lambda:GetFunctionCodeSigningConfig lambda:ListTags
        lambda:GetFunctionRecursionConfig lambda:GetFunctionScalingConfig lambda:GetPolicy
        lambda:GetRuntimeManagementConfig""",
    _GROUP: "logs:GetDataProtectionPolicy logs:ListTagsForResource",
    _TOPIC: """sns:GetTopicAttributes sns:GetDataProtectionPolicy sns:ListTagsForResource
        sns:ListSubscriptionsByTopic""",
    _REPOSITORY: """ecr:DescribeRepositories ecr:GetLifecyclePolicy ecr:GetRepositoryPolicy
        ecr:ListTagsForResource""",
    "arn:aws:events:eu-west-1:123456789012:rule/parris-WakeFunction-1": """events:DescribeRule
        events:ListTargetsByRule events:ListTagsForResource""",
    "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:parris-cleanup-failed": """
        cloudwatch:DescribeAlarms cloudwatch:ListTagsForResource""",
    "arn:aws:states:eu-west-1:123456789012:stateMachine:parris-training": """
        states:DescribeStateMachine states:ListTagsForResource""",
    "arn:aws:iam::123456789012:role/parris-StackRole-1": """iam:GetRole iam:GetRolePolicy
        iam:ListRolePolicies iam:ListAttachedRolePolicies iam:ListRoleTags""",
    "arn:aws:iam::123456789012:policy/parris-SageMakerJobsBoundary-1": """iam:GetPolicy
        iam:GetPolicyVersion iam:ListEntitiesForPolicy iam:ListPolicyVersions""",
    "arn:aws:iam::123456789012:instance-profile/parris-1": """iam:GetInstanceProfile
        iam:ListInstanceProfileTags""",
    "arn:aws:ec2:eu-west-1:123456789012:instance/i-1": """ec2:DescribeInstances
        ec2:DescribeIamInstanceProfileAssociations ec2:DescribeInstanceAttribute
        ec2:DescribeInstanceCreditSpecifications ec2:DescribeNetworkInterfaces
        ec2:DescribeVolumes""",
    "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-1": """ec2:DescribeSecurityGroups
        ec2:DescribeSecurityGroupRules""",
    _BUCKET: """s3:GetAccelerateConfiguration s3:GetAnalyticsConfiguration s3:GetBucketCORS
        s3:GetBucketLogging s3:GetBucketNotification s3:GetBucketObjectLockConfiguration
        s3:GetBucketOwnershipControls s3:GetBucketPublicAccessBlock s3:GetBucketTagging
        s3:GetBucketVersioning s3:GetBucketWebsite s3:GetEncryptionConfiguration
        s3:GetIntelligentTieringConfiguration s3:GetInventoryConfiguration s3:ListBucket
        s3:GetLifecycleConfiguration s3:GetMetricsConfiguration s3:GetReplicationConfiguration""",
}


def is_allowed(action: str, resource: str) -> bool:
    return any(
        any(fnmatchcase(action, one) for one in listed(statement["Action"]))
        and any(fnmatchcase(resource, one) for one in listed(statement["Resource"]))
        for statement in STATEMENTS
    )


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@pytest.mark.parametrize("resource", READS, ids=lambda one: one.split(":")[2])
def test_what_the_handlers_read_of_a_resource_is_allowed(resource: str) -> None:
    assert [one for one in READS[resource].split() if not is_allowed(one, resource)] == []


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", f"{_BUCKET}/jobs/one/run/results/model.json"),
        ("s3:GetObjectVersion", f"{_BUCKET}/jobs/one/run/results/model.json"),
        ("logs:GetLogEvents", f"{_GROUP}:log-stream:one"),
        ("logs:FilterLogEvents", _GROUP),
        ("dynamodb:GetItem", _TABLE),
        ("dynamodb:Query", _TABLE),
        ("sns:Publish", _TOPIC),
        ("ecr:BatchGetImage", _REPOSITORY),
    ],
)
def test_nothing_that_jobs_have_made_can_be_read(action: str, resource: str) -> None:
    assert not is_allowed(action, resource)


@pytest.mark.parametrize("path", sorted(POLICIES.glob("*.json")), ids=lambda path: path.stem)
def test_a_policy_fits_into_a_managed_policy(path: Path) -> None:
    assert len(re.sub(r"\s", "", path.read_text())) <= _LONGEST_MANAGED_POLICY
