import json
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import (
    ROLE_ARN,
    create_stack,
    create_table,
    end_of,
    outputs,
    settled,
    token_in,
    token_wait,
)

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


def test_a_running_execution_keeps_the_definition_that_it_was_started_with(
    aws: EmbeddedAws,
) -> None:
    def say(word: str) -> dict[str, Any]:
        states: dict[str, Any] = {
            "Wait": {**token_wait("jobs"), "ResultPath": "$", "Next": "Say"},
            "Say": SAY["States"]["Say"],
        }
        del states["Wait"]["End"]
        definition = json.dumps({"StartAt": "Wait", "States": states})
        given = {"Word": word, "NotGiven": ""}
        return machine(DefinitionString=definition, DefinitionSubstitutions=given)

    create_table(aws)
    out = {"Arn": {"Value": {"Fn::GetAtt": ["Machine", "Arn"]}}}
    stack = create_stack(aws, say("before"), outputs=out)
    client = aws.client("stepfunctions")
    started = client.start_execution(stateMachineArn=outputs(aws, stack)["Arn"])
    token = token_in(aws, "jobs")
    aws.client("cloudformation").update_stack(
        StackName=stack, TemplateBody=json.dumps({"Resources": say("after"), "Outputs": out})
    )
    assert settled(aws, stack)["StackStatus"] == "UPDATE_COMPLETE"
    client.send_task_success(taskToken=token, output="{}")
    assert json.loads(end_of(aws, started["executionArn"])["output"]) == "before "
    arn = started["executionArn"]
    kept = client.describe_state_machine_for_execution(executionArn=arn)["definition"]
    assert "before" in kept
