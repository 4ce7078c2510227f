import json
from typing import Any

from embedded_aws import EmbeddedAws
from tests.embedded_aws.builders import outputs, settled

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
