from typing import Any

from tests.architecture.definition import DEFINITION
from tests.state_machine.quick_definition import quick_definition

GROWING_WAIT = "$.end.failed_checks.wait_seconds"
SECONDS = {
    "Seconds",
    "IntervalSeconds",
    "MaxDelaySeconds",
    "BackoffRate",
    "wait_seconds.$",
}


def without_seconds(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_seconds(inner) for k, inner in value.items() if k not in SECONDS}
    if isinstance(value, list):
        return [without_seconds(inner) for inner in value]
    if not isinstance(value, str):
        return value
    named = value.replace("arn:${Partition}:states", "arn:aws:states")
    return "..." if "${" in named or "function:" in named else named


def test_the_definition_that_is_run_differs_in_seconds_and_names_of_functions_only() -> None:
    quick = quick_definition()
    for name in ("AwaitLaunchEvent", "AwaitWakeOrNextCheck", "AwaitEndEvent"):
        quick["States"][name]["Parameters"]["TableName"] = "${JobsTableName}"
    for name in (
        "NotifyConfigRejected",
        "NotifyValidationFailed",
        "NotifyNearLimit",
        "NotifySilence",
        "NotifyEnd",
    ):
        quick["States"][name]["Parameters"]["TopicArn"] = "${NotifyTopicArn}"
    assert quick["States"]["WaitBeforeConfirmAgain"].pop("Seconds") == 1
    quick["States"]["WaitBeforeConfirmAgain"]["SecondsPath"] = GROWING_WAIT
    assert without_seconds(quick) == without_seconds(DEFINITION)


def test_no_placeholder_is_left() -> None:
    assert "${" not in str(quick_definition())
