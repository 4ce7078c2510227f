"""What is read from sam's output, line by line."""

import pytest

from parris_cli.deployment.sam_output import SamOutput, SamPhase
from tests.parris_cli.deployment.sam_prints import (
    CREATES,
    FAILS,
    STARTS,
    TAKEN,
    UNCHANGED,
    UPLOADS,
    change_set,
    events,
)


def read(*lines: str) -> SamOutput:
    output = SamOutput()
    output.begin(SamPhase.UPLOADING)
    for line in lines:
        output.read(f"{line}\n")
    return output


def test_uploads_are_counted_once_for_each_file() -> None:
    output = read(*UPLOADS)
    assert (output.phase, output.sent_bytes) == (SamPhase.UPLOADING, 2_000_000)
    assert output.lines == [
        "\tDeploying with following values",
        "\tStack name  : parris",
        "Waiting for changeset to be created..",
    ]


def test_a_new_stack_is_created_resource_by_resource() -> None:
    output = read(*CREATES)
    assert output.phase is SamPhase.CREATING
    assert output.changed == set(output.changes) == {"TrainingBucket", "StackRole", "JobsTable"}
    assert (output.failures, output.cause) == ([], "")


def test_a_stack_with_other_changes_is_updated() -> None:
    made = change_set("* Wake AWS::Lambda::Function", "- Old AWS::SNS::Topic")
    output = read(*made, *events("UPDATE_COMPLETE AWS::Lambda::Function Wake -"))
    assert output.phase is SamPhase.UPDATING
    assert output.changes == {"Wake": "*", "Old": "-"}
    assert output.changed == {"Wake"}


def test_a_change_set_that_changes_no_resource_is_an_update() -> None:
    assert read(*change_set()).phase is SamPhase.UPDATING
    assert read(*UNCHANGED).changes == {}


def test_the_cause_is_the_first_resource_that_failed_by_itself() -> None:
    output = read(*FAILS)
    assert output.phase is SamPhase.ROLLING_BACK
    assert output.cause == f"TrainingBucket (AWS::S3::Bucket) could not be created: {TAKEN}"


@pytest.mark.parametrize(
    ("status", "verb"), [("UPDATE", "updated"), ("DELETE", "deleted"), ("IMPORT", "changed")]
)
def test_a_reason_on_several_lines_is_joined(status: str, verb: str) -> None:
    failed = f"{status}_FAILED AWS::IAM::Role StackRole You are not authorized"
    output = read(*events(STARTS, failed)[:-1], " " * 90 + "to perform: iam:CreateRole", "  x")
    expected = f"StackRole (AWS::IAM::Role) could not be {verb}: You are not authorized to perform:"
    assert output.cause == f"{expected} iam:CreateRole"


def test_without_a_failed_resource_sams_error_is_the_cause() -> None:
    assert read("Error: Unable to locate credentials").cause == "Unable to locate credentials"
    assert read("nothing of the kind").cause == ""
