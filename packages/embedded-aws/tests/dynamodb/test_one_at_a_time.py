import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.parsing.executors import UpdateExpressionExecutor

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_table

# Long enough for a request that nothing holds up.
BESIDE_SECONDS = 0.5


class Beside:
    """Runs on a separate thread while an item is being written."""

    def __init__(self, action: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[Any] = []
        self._action = action
        self._thread = threading.Thread(target=self._run)
        original: Any = UpdateExpressionExecutor.execute
        first = iter([True])

        def execute(executor: Any, *arguments: Any) -> Any:
            if next(first, False):
                self._thread.start()
                self._thread.join(BESIDE_SECONDS)
            return original(executor, *arguments)

        monkeypatch.setattr(UpdateExpressionExecutor, "execute", execute)

    def _run(self) -> None:
        self.answers.append(self._action())

    def answer(self) -> Any:
        self._thread.join()
        (answer,) = self.answers
        return answer


def claim(aws: EmbeddedAws, owner: str) -> bool:
    try:
        aws.client("dynamodb").update_item(
            TableName="jobs",
            Key={"item": {"S": "job"}},
            UpdateExpression="SET holder = :owner",
            ConditionExpression="attribute_not_exists(holder)",
            ExpressionAttributeValues={":owner": {"S": owner}},
        )
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ConditionalCheckFailedException"
        return False
    return True


def read(aws: EmbeddedAws) -> Any:
    found = aws.client("dynamodb").get_item(TableName="jobs", Key={"item": {"S": "job"}})
    return found.get("Item")


def test_an_item_is_never_seen_half_written(
    aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_table(aws)
    beside = Beside(lambda: read(aws), monkeypatch)
    assert claim(aws, "one")
    assert beside.answer() in (None, {"item": {"S": "job"}, "holder": {"S": "one"}})


def test_one_of_two_simultaneous_claims_of_a_name_is_refused(
    aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_table(aws)
    beside = Beside(lambda: claim(aws, "other"), monkeypatch)
    assert [claim(aws, "one"), beside.answer()] == [True, False]
    assert read(aws)["holder"] == {"S": "one"}
