import json

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import describe, settled

TEMPLATE = {
    "Parameters": {
        "Names": {"Type": "CommaDelimitedList", "Default": "x,y"},
        "Word": {"Type": "String"},
    },
    "Resources": {
        "Topic": {
            "Type": "AWS::SNS::Topic",
            "Properties": {
                "DisplayName": {"Fn::Join": ["-", {"Ref": "Names"}]},
                "TopicName": {"Ref": "Word"},
            },
        }
    },
}


def test_a_list_that_keeps_its_previous_value_stays_a_list(aws: EmbeddedAws) -> None:
    formation, body = aws.client("cloudformation"), json.dumps(TEMPLATE)
    formation.create_stack(
        StackName="kept",
        TemplateBody=body,
        Parameters=[{"ParameterKey": "Word", "ParameterValue": "one"}],
    )
    settled(aws, "kept")
    for word in ("two", "three"):
        formation.create_change_set(
            StackName="kept",
            ChangeSetName=f"to-{word}",
            ChangeSetType="UPDATE",
            TemplateBody=body,
            Parameters=[
                {"ParameterKey": "Word", "ParameterValue": word},
                {"ParameterKey": "Names", "UsePreviousValue": True},
            ],
        )
        formation.execute_change_set(ChangeSetName=f"to-{word}", StackName="kept")
        assert settled(aws, "kept")["StackStatus"] == "UPDATE_COMPLETE"
    (topic,) = aws.client("sns").list_topics()["Topics"]
    described = aws.client("sns").get_topic_attributes(TopicArn=topic["TopicArn"])
    assert described["Attributes"]["DisplayName"] == "x-y"
    shown = {p["ParameterKey"]: p["ParameterValue"] for p in describe(aws, "kept")["Parameters"]}
    assert shown == {"Names": "x,y", "Word": "three"}
