from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import ROLE_ARN, create_stack, deleted, outputs

TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}
SCHEDULE = {
    "Schedule": {
        "Type": "AWS::Scheduler::Schedule",
        "Properties": {
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "ScheduleExpression": "rate(1 hour)",
            "Target": {"Arn": {"Ref": "Topic"}, "RoleArn": ROLE_ARN},
        },
    }
}


def test_a_schedule_is_made_and_removed(aws: EmbeddedAws) -> None:
    arn = {"Arn": {"Value": {"Fn::GetAtt": ["Schedule", "Arn"]}}}
    stack = create_stack(aws, {**TOPIC, **SCHEDULE}, outputs=arn)
    made = outputs(aws, stack)["Arn"]
    (schedule,) = aws.client("scheduler").list_schedules()["Schedules"]
    assert made == schedule["Arn"]
    deleted(aws, stack)
    assert aws.client("scheduler").list_schedules()["Schedules"] == []
