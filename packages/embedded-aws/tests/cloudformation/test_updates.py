import json
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_function, settled


def apply(aws: EmbeddedAws, is_first: bool, resources: dict[str, Any]) -> None:
    formation = aws.client("cloudformation")
    ask = formation.create_stack if is_first else formation.update_stack
    ask(StackName="updated", TemplateBody=json.dumps({"Resources": resources}))
    assert settled(aws, "updated")["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def test_the_retention_of_a_log_group_is_changed(aws: EmbeddedAws) -> None:
    for days in (7, 30):
        properties = {"LogGroupName": "group", "RetentionInDays": days}
        group = {"Type": "AWS::Logs::LogGroup", "Properties": properties}
        apply(aws, days == 7, {"Group": group})
    (found,) = aws.client("logs").describe_log_groups()["logGroups"]
    assert found["retentionInDays"] == 30


def test_a_rule_that_changes_keeps_its_name_and_one_that_does_not_is_left_alone(
    aws: EmbeddedAws,
) -> None:
    names = []
    for source in ("one", "two"):
        rule = {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": {"source": [source]}}}
        apply(aws, source == "one", {"Rule": rule})
        (found,) = aws.client("events").list_rules()["Rules"]
        assert json.loads(found["EventPattern"]) == {"source": [source]}
        names.append(found["Name"])
    assert len(set(names)) == 1
    apply(aws, False, {"Rule": rule, "Topic": {"Type": "AWS::SNS::Topic"}})
    events = aws.client("cloudformation").describe_stack_events(StackName="updated")["StackEvents"]
    of_rule = [e for e in events if e["LogicalResourceId"] == "Rule"]
    assert [e["ResourceStatus"] for e in of_rule].count("UPDATE_COMPLETE") == 1


def test_a_permission_is_replaced(aws: EmbeddedAws) -> None:
    function = create_function(aws, "def handle(event, context): return 1")
    for principal in ("events.amazonaws.com", "iot.amazonaws.com"):
        properties = {
            "FunctionName": function,
            "Action": "lambda:InvokeFunction",
            "Principal": principal,
        }
        permission = {"Type": "AWS::Lambda::Permission", "Properties": properties}
        apply(aws, principal.startswith("events"), {"Permission": permission})
    policy = aws.client("lambda").get_policy(FunctionName=function)["Policy"]
    (statement,) = json.loads(policy)["Statement"]
    assert statement["Principal"] == {"Service": "iot.amazonaws.com"}
