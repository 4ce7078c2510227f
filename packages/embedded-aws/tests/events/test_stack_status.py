from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, deleted, settled
from embedded_aws_helpers.events import heard, listen

PATTERN = {"source": ["aws.cloudformation"], "detail-type": ["CloudFormation Stack Status Change"]}


def test_a_stack_sends_every_status(aws: EmbeddedAws) -> None:
    url = listen(aws, PATTERN)
    stack = create_stack(aws, {"Topic": {"Type": "AWS::SNS::Topic"}}, ClientRequestToken="token-1")
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    deleted(aws, stack)
    events = heard(aws, url, 4)
    assert {event["detail"]["stack-id"] for event in events} == {stack}
    assert events[0]["detail"]["client-request-token"] == "token-1"
    assert [event["detail"]["status-details"]["status"] for event in events] == [
        "CREATE_IN_PROGRESS",
        "CREATE_COMPLETE",
        "DELETE_IN_PROGRESS",
        "DELETE_COMPLETE",
    ]


def test_a_failure_includes_its_reason(aws: EmbeddedAws) -> None:
    failed = {"detail": {"status-details": {"status": ["ROLLBACK_IN_PROGRESS"]}}}
    url = listen(aws, {**PATTERN, **failed})
    permission = {
        "FunctionName": "none",
        "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
    }
    create_stack(aws, {"Lost": {"Type": "AWS::Lambda::Permission", "Properties": permission}})
    (event,) = heard(aws, url, 1)
    assert "[Lost]" in event["detail"]["status-details"]["status-reason"]
