import json
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, events_of, outputs, settled

TEMPLATE: dict[str, Any] = {
    "Parameters": {"Word": {"Type": "String"}},
    "Conditions": {"SaysB": {"Fn::Equals": [{"Ref": "Word"}, "b"]}},
    "Resources": {
        "Note": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {
                "Name": "note",
                "Type": "String",
                "Value": {"Fn::If": ["SaysB", "it says b", "it says something else"]},
            },
        }
    },
    "Outputs": {"Word": {"Value": {"Ref": "Word"}}},
}


def test_a_change_behind_a_condition_reaches_the_resource(aws: EmbeddedAws) -> None:
    formation, body = aws.client("cloudformation"), json.dumps(TEMPLATE)
    for word, ask in (("a", formation.create_stack), ("b", formation.update_stack)):
        given = [{"ParameterKey": "Word", "ParameterValue": word}]
        ask(StackName="changed", TemplateBody=body, Parameters=given)
        assert settled(aws, "changed")["StackStatus"].endswith("_COMPLETE")
        assert outputs(aws, "changed")["Word"] == word
    assert aws.client("ssm").get_parameter(Name="note")["Parameter"]["Value"] == "it says b"


def test_what_did_not_change_is_left_alone_whatever_moto_adds_to_it(aws: EmbeddedAws) -> None:
    rule = {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": {"source": ["aws.ec2"]}}}
    resources = {"Rule": rule, "Topic": {"Type": "AWS::SNS::Topic"}}
    stack = create_stack(aws, resources)
    settled(aws, stack)
    more = {**resources, "Another": {"Type": "AWS::SNS::Topic"}}
    body = json.dumps({"Resources": more})
    aws.client("cloudformation").update_stack(StackName=stack, TemplateBody=body)
    assert settled(aws, stack)["StackStatus"] == "UPDATE_COMPLETE"
    assert events_of(aws, stack, "Rule") == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
