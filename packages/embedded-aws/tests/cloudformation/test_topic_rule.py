from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, deleted, outputs

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:of-a-test"
RULE = {
    "Clicked": {
        "Type": "AWS::IoT::TopicRule",
        "Properties": {
            "TopicRulePayload": {
                "Sql": "SELECT * FROM 'iotbutton/+'",
                "AwsIotSqlVersion": "2016-03-23",
                "RuleDisabled": False,
                "Actions": [{"Lambda": {"FunctionArn": FUNCTION}}],
            }
        },
    }
}


def test_a_topic_rule_is_made_and_removed(aws: EmbeddedAws) -> None:
    arn = {"Fn::GetAtt": ["Clicked", "Arn"]}
    names = {"Name": {"Value": {"Ref": "Clicked"}}, "Arn": {"Value": arn}}
    stack = create_stack(aws, RULE, StackName="stack-of-a-test", outputs=names)
    said = outputs(aws, stack)
    iot = aws.client("iot")
    made = iot.get_topic_rule(ruleName=said["Name"])
    assert made["ruleArn"] == said["Arn"]
    assert made["rule"]["actions"] == [{"lambda": {"functionArn": FUNCTION}}]
    assert made["rule"]["ruleDisabled"] is False
    assert said["Name"].startswith("stackofatestClicked")  # a rule's name has no hyphens
    deleted(aws, stack)
    assert iot.list_topic_rules()["rules"] == []
