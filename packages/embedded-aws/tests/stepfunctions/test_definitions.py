from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_machine

DONE: dict[str, Any] = {"Type": "Succeed"}
CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "Nowhere"}]
TASK = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:listBuckets", "Catch": CATCH}
RULE = {"Variable": "$.a", "IsPresent": True, "Next": "Nowhere"}
BRANCH = {"StartAt": "In", "States": {"In": {"Type": "Pass", "Next": "Nowhere"}}}


@pytest.mark.parametrize(
    "first",
    [
        {"Type": "Pass", "Next": "Nowhere"},
        {**TASK, "Next": "Done"},
        {"Type": "Choice", "Choices": [RULE], "Default": "Done"},
        {"Type": "Choice", "Choices": [{**RULE, "Next": "Done"}], "Default": "Nowhere"},
        {"Type": "Parallel", "Branches": [BRANCH], "Next": "Done"},
    ],
    ids=["next", "catch", "choice", "default", "branch"],
)
def test_a_transition_to_nowhere_is_refused(aws: EmbeddedAws, first: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match=r"InvalidDefinition.*MISSING_TRANSITION_TARGET"):
        create_machine(aws, {"First": first, "Done": DONE})


def test_a_state_that_nothing_leads_to_is_refused(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match='State "Lost" is not reachable'):
        create_machine(aws, {"Done": DONE, "Lost": DONE})
