import json
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import settled

TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "Word": {"Type": "String", "Default": "a"},
        "Queued": {"Type": "String", "Default": "no"},
        "Names": {"Type": "CommaDelimitedList", "Default": "x,y"},
    },
    "Conditions": {
        "SaysB": {"Fn::Equals": [{"Ref": "Word"}, "b"]},
        "HasQueue": {"Fn::Equals": [{"Ref": "Queued"}, "yes"]},
        "Both": {"Fn::And": [{"Condition": "SaysB"}, {"Condition": "HasQueue"}]},
    },
    "Resources": {
        "Named": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Word"}}},
        "Chosen": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"DisplayName": {"Fn::If": ["Both", "both", "not both"]}},
        },
        "Composed": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"DisplayName": {"Fn::Sub": "it says ${Word}"}},
        },
        "Same": {"Type": "AWS::SNS::Topic"},
        "Queue": {"Type": "AWS::SQS::Queue", "Condition": "HasQueue"},
    },
}


def changes(aws: EmbeddedAws, kind: str, **values: str) -> dict[str, str]:
    formation = aws.client("cloudformation")
    name = f"change-{len(values)}-{kind.lower()}-{'-'.join(values.values())}"
    formation.create_change_set(
        StackName="listed",
        ChangeSetName=name,
        ChangeSetType=kind,
        TemplateBody=json.dumps(TEMPLATE),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
    )
    described = formation.describe_change_set(ChangeSetName=name, StackName="listed")
    found = [change["ResourceChange"] for change in described["Changes"]]
    formation.execute_change_set(ChangeSetName=name, StackName="listed")
    assert settled(aws, "listed")["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
    return {change["LogicalResourceId"]: change["Action"] for change in found}


def test_a_change_set_lists_what_it_will_do(aws: EmbeddedAws) -> None:
    added = dict.fromkeys(("Named", "Chosen", "Composed", "Same"), "Add")
    assert changes(aws, "CREATE") == added
    word = dict.fromkeys(("Named", "Chosen", "Composed"), "Modify")
    assert changes(aws, "UPDATE", Word="b") == word
    queue = {"Chosen": "Modify", "Queue": "Add"}
    assert changes(aws, "UPDATE", Word="b", Queued="yes") == queue
    gone = {"Chosen": "Modify", "Queue": "Remove"}
    assert changes(aws, "UPDATE", Word="b", Queued="no") == gone
