from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import history, run


def test_history_comes_in_pages(aws: EmbeddedAws) -> None:
    execution = run(aws, {"Look": {"Type": "Pass", "End": True}})["executionArn"]
    steps = aws.client("stepfunctions")
    first = steps.get_execution_history(executionArn=execution, maxResults=3)
    rest = steps.get_execution_history(executionArn=execution, nextToken=first["nextToken"])
    ids = [event["id"] for event in first["events"] + rest["events"]]
    assert (len(first["events"]), ids, "nextToken" in rest) == (3, [1, 2, 3, 4], False)


def test_history_can_be_read_from_its_end(aws: EmbeddedAws) -> None:
    execution = run(aws, {"Look": {"Type": "Pass", "End": True}})["executionArn"]
    newest = aws.client("stepfunctions").get_execution_history(
        executionArn=execution, reverseOrder=True, maxResults=1
    )
    assert newest["events"] == history(aws, execution)[-1:]
