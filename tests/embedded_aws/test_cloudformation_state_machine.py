import json
from typing import Any

from embedded_aws import EmbeddedAws
from tests.embedded_aws.builders import ROLE_ARN, create_stack, end_of, outputs, settled

SAY: dict[str, Any] = {
    "StartAt": "Say",
    "States": {"Say": {"Type": "Pass", "Result": "${Word} ${NotGiven}", "End": True}},
}


def machine(**properties: Any) -> dict[str, Any]:
    own = {"RoleArn": ROLE_ARN, "StateMachineName": "of-a-test", **properties}
    return {"Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": own}}


def run_of(aws: EmbeddedAws, **properties: Any) -> Any:
    stack = create_stack(
        aws, machine(**properties), outputs={"Arn": {"Value": {"Fn::GetAtt": ["Machine", "Arn"]}}}
    )
    started = aws.client("stepfunctions").start_execution(
        stateMachineArn=outputs(aws, stack)["Arn"]
    )
    return json.loads(end_of(aws, started["executionArn"])["output"])


def test_a_machine_of_a_stack_executes_with_its_substitutions(aws: EmbeddedAws) -> None:
    said = run_of(aws, DefinitionString=json.dumps(SAY), DefinitionSubstitutions={"Word": "hello"})
    assert said == "hello ${NotGiven}"


def test_a_definition_may_lie_in_s3(aws: EmbeddedAws) -> None:
    aws.client("s3").create_bucket(Bucket="definitions")
    aws.client("s3").put_object(Bucket="definitions", Key="say.json", Body=json.dumps(SAY))
    place = {"Bucket": "definitions", "Key": "say.json"}
    said = run_of(aws, DefinitionS3Location=place, DefinitionSubstitutions={"Word": "hello"})
    assert said == "hello ${NotGiven}"


def test_logging_and_tracing_are_kept(aws: EmbeddedAws) -> None:
    stack = create_stack(
        aws,
        machine(
            DefinitionString=json.dumps(SAY),
            LoggingConfiguration={"Level": "ERROR", "IncludeExecutionData": False},
            TracingConfiguration={"Enabled": True},
        ),
        outputs={"Arn": {"Value": {"Ref": "Machine"}}},
    )
    shown = aws.client("stepfunctions").describe_state_machine(
        stateMachineArn=outputs(aws, stack)["Arn"]
    )
    assert shown["loggingConfiguration"]["level"] == "ERROR"
    assert shown["tracingConfiguration"]["enabled"]


def test_a_definition_that_does_not_hold_together_fails_the_stack(aws: EmbeddedAws) -> None:
    broken = {"StartAt": "Say", "States": {"Say": {"Type": "Pass", "Next": "Nowhere"}}}
    stack = create_stack(aws, machine(DefinitionString=json.dumps(broken)))
    assert settled(aws, stack)["StackStatus"] == "ROLLBACK_COMPLETE"
