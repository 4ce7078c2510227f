import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_table, end_of, run, start, token_in, token_wait


def test_a_task_failure_keeps_its_cause(aws: EmbeddedAws) -> None:
    table = create_table(aws)
    execution = start(aws, {"Await": token_wait(table)})
    aws.client("stepfunctions").send_task_failure(
        taskToken=token_in(aws, table), error="Why", cause="So"
    )
    ended = end_of(aws, execution)
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "Why", "So")


def test_a_token_wakes_its_execution_with_an_output(aws: EmbeddedAws) -> None:
    table = create_table(aws)
    execution = start(aws, {"Await": token_wait(table)})
    aws.client("stepfunctions").send_task_success(taskToken=token_in(aws, table), output='{"a":1}')
    assert end_of(aws, execution)["output"] == '{"a":1}'


def test_a_second_answer_comes_too_late(aws: EmbeddedAws) -> None:
    table = create_table(aws)
    execution = start(aws, {"Await": token_wait(table)})
    token = token_in(aws, table)
    steps = aws.client("stepfunctions")
    steps.send_task_success(taskToken=token, output="{}")
    end_of(aws, execution)
    with pytest.raises(ClientError, match="TaskTimedOut"):
        steps.send_task_success(taskToken=token, output="{}")


def test_an_unknown_token_is_invalid(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match=r"\(InvalidToken\)"):
        aws.client("stepfunctions").send_task_success(taskToken="never seen", output="{}")


def test_a_token_wait_that_times_out_is_caught_as_a_timeout(aws: EmbeddedAws) -> None:
    wait = token_wait(
        create_table(aws),
        TimeoutSecondsPath="$.seconds",
        Catch=[{"ErrorEquals": ["States.Timeout"], "Next": "Caught"}],
    )
    ended = run(aws, {"Await": wait, "Caught": {"Type": "Succeed"}}, {"seconds": 1})
    assert ended["status"] == "SUCCEEDED"
