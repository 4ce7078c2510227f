"""The policy of the topic denies publishing to all but the roles that are to publish."""

from typing import Any

from tests.architecture.definition import read_template

RESOURCES: dict[str, Any] = read_template()["Resources"]


def statements_of(role: dict[str, Any]) -> list[dict[str, Any]]:
    policies = role["Properties"].get("Policies", [])
    found = [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]
    return [one for one in found if isinstance(one, dict)]


def test_each_role_that_may_publish_is_excepted_from_the_denial() -> None:
    publishing = {
        name
        for name, resource in RESOURCES.items()
        if resource["Type"] == "AWS::IAM::Role"
        and any(one.get("Action") == "sns:Publish" for one in statements_of(resource))
    }
    policy = RESOURCES["NotifyTopicPolicy"]["Properties"]["PolicyDocument"]
    (excepted,) = (
        one["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
        for one in policy["Statement"]
        if "ArnNotEquals" in one.get("Condition", {})
    )
    assert {one.removesuffix(".Arn") for one in excepted} == publishing
    assert len(publishing) == 3
