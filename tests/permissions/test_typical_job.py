"""A sample, quick enough for `make test`: an everyday job, whole and with a permission less."""

from collections.abc import Iterator

import pytest

from embedded_aws.permissions.decisions import Decision
from embedded_aws.permissions.documents import Demand
from tests.permissions.account import StrictAccount, find_role_of, is_needed_by
from tests.permissions.conftest import strict_account
from tests.permissions.scenarios.ends import everyday
from tests.permissions.scenarios.launches import second_attempt
from tests.permissions.scenarios.reaper import reaped, silent
from tests.permissions.scenarios.scenario import Scenario
from tests.permissions.scenarios.starts import clicked, scheduled
from tests.permissions.template_permissions import Permission, all_permissions, without

PERMISSIONS = all_permissions()
OF_OTHER_TARGETS = {
    "CreateTrainingJobFunctionRole",
    "StopTrainingJobFunctionRole",
    "SubmitBatchJobFunctionRole",
    "TerminateBatchJobFunctionRole",
    "StartServerFunctionRole",
    "ReleaseServerFunctionRole",
}
OF_SWEEPS = {"DescribeSweeps", "ReadStopRequests", "EndSweeps"}
READS_OF_WHAT_IS_THERE = {"ReadOwnersOfTrainingJobs", "ReadJobRoles", "FindBatchJobs", *OF_SWEEPS}
"""What the reaper reads of each training job, role, job queue and sweep; there are none here."""
OF_ATTEMPTS = ("ForgetEarlierMachine", "HandResultsToTheNextAttempt")


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictAccount]:
    """One for all the tests, of which none may leave it with a permission less."""
    with strict_account(tmp_path_factory.mktemp("account")) as ready:
        yield ready


def the(role: str, action: str) -> Permission:
    return next(one for one in PERMISSIONS if (one.role, one.action) == (role, action))


def launching() -> Permission:
    """Return the permission to launch from an image, which no other statement gives."""
    return next(one for one in PERMISSIONS if one.sid == "LaunchInto")


def test_an_everyday_job_is_refused_nothing_and_needs_what_it_is_given(
    account: StrictAccount,
) -> None:
    reduced = account.reduced_roles(PERMISSIONS)
    decisions = account.run((everyday,))
    assert [one for one in decisions if not one.is_allowed] == []
    needed = {one for one in PERMISSIONS if is_needed_by(reduced[one], decisions)}
    assert {one.role for one in PERMISSIONS} - {one.role for one in needed} <= {
        "CleanupStateMachineRole",
        "CleanupStateMachineRunDiedRole",
        "CreateTrainingJobFunctionRole",
        "EndJobsFunctionRole",
        "EndSweepFunctionRole",
        "FindRunFunctionRole",
        "ReapOrphansFunctionRole",
        "ReleaseServerFunctionRole",
        "RecordSweepFunctionRole",
        "ReserveTrialFunctionRole",
        "ResumeRole",
        "SchedulesRole",
        "ServerJobsRole",
        "SettleTrialFunctionRole",
        "StartOnClickFunctionRole",
        "StartServerFunctionRole",
        "StopTrainingJobFunctionRole",
        "SubmitBatchJobFunctionRole",
        "SuggestTrialFunctionRole",
        "SweepStateMachineRole",
        "TerminateBatchJobFunctionRole",
        "TrainersRole",
        "TrainingApiStartFunctionRole",
        "TrainingApiStopFunctionRole",
        "TrainingApiTrainFunctionRole",
        "ValidateSweepFunctionRole",
    }
    assert launching() in needed


@pytest.mark.parametrize(
    "permission",
    [
        the("ValidateConfigFunctionRole", "s3:GetObject"),
        the("CreateStackFunctionRole", "cloudformation:CreateStack"),
        launching(),
    ],
    ids=str,
)
def test_a_job_fails_at_the_call_that_it_may_not_make_and_says_so(
    account: StrictAccount, permission: Permission
) -> None:
    with account.taken_away(permission):
        ended = account.run_job(permission.action.replace(":", "-"), "exit 0\n")
    assert ended.status == "FAILED"
    assert permission.action in ended.cause
    assert ended.left == []
    assert account.was_refused(permission)


@pytest.mark.long
def test_a_second_attempt_is_refused_nothing_and_needs_what_it_is_given(
    account: StrictAccount,
) -> None:
    of_attempts = [
        one
        for one in PERMISSIONS
        if one.role == "ResumeRole" or (one.sid in OF_ATTEMPTS and one.role not in OF_OTHER_TARGETS)
    ]
    reduced = account.reduced_roles(of_attempts)
    decisions = account.run((second_attempt,))
    assert [one for one in decisions if not one.is_allowed] == []
    assert [one for one in of_attempts if not is_needed_by(reduced[one], decisions)] == []


def test_the_reaper_is_refused_nothing_and_needs_what_it_is_given(
    account: StrictAccount,
) -> None:
    of_the_reaper = [
        one
        for one in PERMISSIONS
        if one.role == "ReapOrphansFunctionRole" and one.sid not in READS_OF_WHAT_IS_THERE
    ]
    reduced = account.reduced_roles(of_the_reaper)
    decisions = account.run((reaped,)) + account.run((silent,))
    assert [one for one in decisions if not one.is_allowed] == []
    assert [one for one in of_the_reaper if not is_needed_by(reduced[one], decisions)] == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("permission", "scenario"),
    [
        (the("SchedulesRole", "states:StartExecution"), scheduled),
        (the("StartOnClickFunctionRole", "states:StartExecution"), clicked),
    ],
    ids=lambda one: getattr(one, "role", ""),
)
def test_what_starts_jobs_by_itself_needs_its_one_permission(
    account: StrictAccount, permission: Permission, scenario: Scenario
) -> None:
    reduced = account.reduced_roles([permission])
    decisions = account.run((scenario,))
    assert [one for one in decisions if not one.is_allowed] == []
    assert is_needed_by(reduced[permission], decisions)


@pytest.mark.parametrize(
    ("lost", "is_needed"), [("s3:AbortMultipartUpload", False), ("s3:PutObject", True)]
)
def test_what_a_machine_was_allowed_in_its_own_place_is_asked_again_as_that_machine(
    account: StrictAccount, lost: str, is_needed: bool
) -> None:
    permission = the("TrainersRole", lost)
    reduced = account.reduced_roles([permission])[permission]
    user_id = f"{find_role_of(reduced.name).id}:i-1"
    bucket = account.deployed.account.deployment.bucket
    demand = Demand("s3:PutObject", f"arn:aws:s3:::{bucket}/machines/{user_id}/exit.json")
    decision = Decision(reduced.name, demand, "us-east-1", is_allowed=True, user_id=user_id)
    assert is_needed_by(reduced, [decision]) is is_needed


def test_what_is_taken_away_is_one_action_on_one_resource() -> None:
    statement = {"Sid": "S", "Effect": "Allow", "Action": ["a:A", "a:B"], "Resource": ["x", "y"]}
    left = without({"Statement": [statement]}, Permission("Role", "S", "a:B", 0))
    assert [(one["Action"], one["Resource"]) for one in left["Statement"]] == [
        (["a:A"], ["x", "y"]),
        (["a:B"], ["y"]),
    ]
