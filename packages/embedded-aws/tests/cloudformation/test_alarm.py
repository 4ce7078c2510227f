from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, deleted, settled

TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}
ALARM = {
    "Alarm": {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "Namespace": "N",
            "MetricName": "M",
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "Period": 60,
            "Threshold": 1,
            "Statistic": "Sum",
            "Dimensions": [{"Name": "D", "Value": {"Ref": "Topic"}}],
            "AlarmActions": [{"Ref": "Topic"}],
        },
    }
}


def test_an_alarm_is_made_and_removed(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, {**TOPIC, **ALARM})
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    (alarm,) = aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert alarm["AlarmActions"][0].startswith("arn:aws:sns:")
    assert alarm["Dimensions"] == [{"Name": "D", "Value": alarm["AlarmActions"][0]}]
    deleted(aws, stack)
    assert aws.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
