"""aws:PrincipalTag in trust policies is the tag of the caller's role."""

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.roles import ACCOUNT, acting_as, allow, document, make_role


def test_a_trust_policy_may_require_a_tag_of_the_callers_role(strict_aws: EmbeddedAws) -> None:
    may_assume = allow("sts:AssumeRole")
    tags = [{"Key": "team:server", "Value": "parris"}]
    tagged = acting_as(strict_aws, make_role(strict_aws, "tagged", may_assume, Tags=tags), "sts")
    untagged = acting_as(strict_aws, make_role(strict_aws, "untagged", may_assume), "sts")
    needs_tag = {"StringEquals": {"aws:PrincipalTag/team:server": "parris"}}
    trust = allow("sts:AssumeRole", Condition=needs_tag, Principal=ACCOUNT)
    del trust["Resource"]
    job_role = strict_aws.client("iam").create_role(
        RoleName="jobs", AssumeRolePolicyDocument=document(trust)
    )["Role"]["Arn"]
    assert tagged.assume_role(RoleArn=job_role, RoleSessionName="one")["Credentials"]
    with pytest.raises(ClientError, match="trust policy"):
        untagged.assume_role(RoleArn=job_role, RoleSessionName="one")
