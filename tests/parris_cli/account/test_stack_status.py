from typing import Any, get_args

import pytest
from mypy_boto3_cloudformation.literals import StackStatusType

from parris_cli.account.stack_status import Use, require_usable
from parris_cli.errors import RefusedError

STATUSES = get_args(StackStatusType)
SOUND = {
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
}


def a_stack(status: str) -> Any:
    return {"StackName": "team", "StackStatus": status}


@pytest.mark.parametrize("status", [*STATUSES, "SOMETHING_NEW"])
@pytest.mark.parametrize("use", Use)
def test_every_status_is_sound_or_refused_with_what_to_do(status: str, use: Use) -> None:
    if status in SOUND:
        require_usable(a_stack(status), use)
        return
    try:
        require_usable(a_stack(status), use)
    except RefusedError as err:
        assert f"the stack team is {status}" in str(err)
        assert "--stack-name team" in str(err)
    else:
        assert use is not Use.START


@pytest.mark.parametrize("status", ["CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"])
def test_a_first_deployment_that_failed_is_to_be_deleted_first(status: str) -> None:
    for use in Use:
        with pytest.raises(RefusedError) as raised:
            require_usable(a_stack(status), use)
        lines = str(raised.value).splitlines()
        assert lines[-2:] == [
            "aws cloudformation delete-stack --stack-name team",
            "parris deploy --stack-name team",
        ]


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_FAILED", "DELETE_FAILED"])
def test_a_job_can_be_stopped_where_none_can_be_started(status: str) -> None:
    require_usable(a_stack(status), Use.REACH)
    with pytest.raises(RefusedError, match="no job can be started"):
        require_usable(a_stack(status), Use.START)
