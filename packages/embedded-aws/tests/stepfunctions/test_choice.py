from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import run

ENDS: dict[str, Any] = {"Yes": {"Type": "Succeed"}, "No": {"Type": "Fail", "Error": "No"}}


def test_a_choice_on_a_missing_path_fails_the_execution(aws: EmbeddedAws) -> None:
    rule = {"Variable": "$.missing", "StringEquals": "a", "Next": "Yes"}
    ended = run(aws, {"Is": {"Type": "Choice", "Choices": [rule], "Default": "No"}, **ENDS})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    assert "Invalid path '$.missing'" in ended["cause"]


def test_only_is_present_may_ask_for_a_missing_path(aws: EmbeddedAws) -> None:
    rule = {"Variable": "$.missing", "IsPresent": False, "Next": "Yes"}
    ended = run(aws, {"Is": {"Type": "Choice", "Choices": [rule], "Default": "No"}, **ENDS})
    assert ended["status"] == "SUCCEEDED"


def test_a_choice_that_nothing_matches_says_so(aws: EmbeddedAws) -> None:
    rule = {"Variable": "$.word", "StringEquals": "a", "Next": "Yes"}
    states = {"Is": {"Type": "Choice", "Choices": [rule]}, "Yes": ENDS["Yes"]}
    ended = run(aws, states, {"word": "b"})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.NoChoiceMatched")


def test_a_path_operator_reads_the_context(aws: EmbeddedAws) -> None:
    rule = {"Variable": "$.name", "StringEqualsPath": "$$.State.Name", "Next": "Yes"}
    states = {"Is": {"Type": "Choice", "Choices": [rule], "Default": "No"}, **ENDS}
    assert run(aws, states, {"name": "Is"})["status"] == "SUCCEEDED"
