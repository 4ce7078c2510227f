from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_function, create_stack, deleted, settled


def test_an_event_invoke_config_is_made(aws: EmbeddedAws) -> None:
    create_function(aws, "def handle(event, context): pass")
    config = {
        "FunctionName": "function-of-a-test",
        "Qualifier": "$LATEST",
        "MaximumRetryAttempts": 1,
    }
    stack = create_stack(
        aws, {"Config": {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": config}}
    )
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    found = aws.client("lambda").get_function_event_invoke_config(FunctionName="function-of-a-test")
    assert found["MaximumRetryAttempts"] == 1
    deleted(aws, stack)


def test_an_alias_is_made(aws: EmbeddedAws) -> None:
    create_function(aws, "def handle(event, context): pass")
    aws.client("lambda").publish_version(FunctionName="function-of-a-test")
    alias = {"FunctionName": "function-of-a-test", "FunctionVersion": "1", "Name": "live"}
    stack = create_stack(aws, {"Alias": {"Type": "AWS::Lambda::Alias", "Properties": alias}})
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    found = aws.client("lambda").get_alias(FunctionName="function-of-a-test", Name="live")
    assert found["FunctionVersion"] == "1"
    deleted(aws, stack)
