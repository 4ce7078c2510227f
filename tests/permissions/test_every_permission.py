"""Nothing that the template allows is superfluous, and nothing is missing. `make permissions`."""

from pathlib import Path

import pytest

from embedded_aws.permissions.decisions import Decision
from tests.permissions.account import is_needed_by
from tests.permissions.conftest import strict_account
from tests.permissions.scenarios.every_scenario import SCENARIOS
from tests.permissions.scenarios.scenario import Scenario
from tests.permissions.template_permissions import Permission, all_permissions

pytestmark = pytest.mark.permissions

PERMISSIONS = all_permissions()
# Statements of which another one gives the same to the launches that are made here.
OTHER_WAYS = {
    "ReadSharedFolders": "each of its resources is a folder, and these runs read one",
    "StoreExperimentElsewhere": "no run here stores its experiment in another bucket",
    "ListInputBuckets": "no run here has data in another bucket",
    "ReadInputBuckets": "no run here has data in another bucket",
    "ReadMachineNote": "only a run that dies while its machine is given its files needs it",
    "LaunchTagged": "the launch template gives it too",
    "LaunchFromOwnTemplate": "the tags of the launch give it too",
    "TagAtLaunch": "tagging afterwards is allowed too",
    "TagAfterLaunch": "tagging in the launch is allowed too",
    "DescribeTheirMachines": "the checks of instances give it too, and no launch template is used",
    "DescribeTheirInstances": "the launch of instances gives it too",
    "ReadArchitectureOfImages": "the images of these runs are public, and nothing is read of them",
    "ReadPricesOfMachines": "only the first check of a machine needs it, whichever that is",
    "TerminateDuplicateJobs": "only where a response to a submission was lost",
    "TerminateFailedLaunches": "only where a queue had no machine for as long as a job may wait",
    "EndAfterFailedMap": "only where the map of a sweep fails, which it does for no trial",
    "StartChildrenOfMap": "the embedded AWS runs the children of a map without such a call",
    "AwaitAndStopChildrenOfMap": "the embedded AWS ends the children of a map without such a call",
    "AwaitEndsOfTrials": "the embedded AWS makes no rule to learn that an execution has ended",
    "ReadStatusesAndReports": "each function of the training API reads them, one first",
    "WriteStatuses": "each function of the training API writes them, one first",
    "ReadJobs": "each function of the training API asks, only some while a job runs",
    "ReadEndedJobs": "each function of the training API asks, only some after the end",
    "DeleteRequestsOfEndedJobs": "the first function that sees the end of a job does it",
    "DistinguishMissingStatuses": "a status is missing before the first job of a kind only",
    "StoreLargeMapResults": "the embedded AWS stores the results of a map in one request each",
}
# What no run here can show, and why.
_ANOTHER_WAY = "only another way of CloudFormation's to launch asks for it: test_instance_launch.py"
NOT_SHOWN = {
    ("StackRole", "ec2:AssociateIamInstanceProfile"): _ANOTHER_WAY,
    ("StackRole", "ec2:ModifyInstanceAttribute"): _ANOTHER_WAY,
    ("StackRole", "ec2:ModifyInstanceCreditSpecification"): _ANOTHER_WAY,
    ("StackRole", "ssm:DescribeAssociation"): _ANOTHER_WAY,
    ("StackRole", "ssm:ListAssociations"): _ANOTHER_WAY,
    (
        "CreateTrainingJobFunctionRole",
        "sagemaker:ListTags",
    ): "only where SageMaker's response to a launch was lost, and the launch is repeated",
    (
        "CreateTrainingJobFunctionRole",
        "iam:GetRole",
    ): "of a role that somebody else has deleted while its job is launched",
    (
        "SubmitBatchJobFunctionRole",
        "batch:DescribeJobs",
    ): "only where Batch's response to a submission was lost, and the launch is repeated",
    (
        "TrainersRole",
        "s3:AbortMultipartUpload",
    ): "a runner or an aws command asks for it only where the upload of a large file breaks off",
    (
        "SweepStateMachineRole",
        "states:StopExecution",
    ): "the embedded AWS does not stop the trials of a sweep that is stopped; EndSweep does",
    (
        "EndJobsFunctionRole",
        "dynamodb:Scan",
    ): "two statements give it: one lists the jobs of the table, and one the leases of servers",
    (
        "WaitForRunningFunctionRole",
        "ec2:DescribeInstances",
    ): "two statements give it: for stacks, and for the instances of containers",
    (
        "ValidateConfigFunctionRole",
        "ec2:DescribeInstanceTypes",
    ): "two statements give it: for stacks, and for the machines of containers",
    (
        "TrainingApiStartFunctionRole",
        "lambda:InvokeFunction",
    ): "only where another job of the kind runs, and this one's config may let it wait",
    (
        "EndJobsFunctionRole",
        "ec2:CreateTags",
    ): "it marks what it keeps only where a dead run that was "
    "heard of by no cleanup could not save its results",
}
# No run here has a server: tests/server runs jobs on one, with roles enforced.
ROLES_OF_SERVERS = {"StartServerFunctionRole", "ReleaseServerFunctionRole", "ServerJobsRole"}
RIGHTS_OF_SERVERS = {
    "DescribeServersAndTheirDisks",
    "FindLeases",
    "HandOverToServers",
    "ReadConsoleOfServers",
    "ReadHandovers",
    "ReadLease",
    "StopServersOfThisDeployment",
    "WithdrawFromServers",
}
_OF_UNKNOWN_JOBS = "only of a run of which nothing is known but its resources"
# What depends on when it looks.
SOMETIMES_SHOWN = {
    ("TerminateBatchJobFunctionRole", "batch:DescribeJobQueues"): _OF_UNKNOWN_JOBS,
    ("ConfirmEndedFunctionRole", "batch:DescribeJobQueues"): _OF_UNKNOWN_JOBS,
    **{
        ("FindRunFunctionRole", f"batch:{action}"): _OF_UNKNOWN_JOBS
        for action in (
            "DescribeJobs",
            "ListJobs",
            "DescribeJobQueues",
            "DescribeJobDefinitions",
        )
    },
    (
        "EndJobsFunctionRole",
        "ec2:ModifyInstanceAttribute",
    ): "only if it finds a machine that has saved everything and is not off yet",
}
_EXPECTED = {*NOT_SHOWN, *SOMETIMES_SHOWN}
# Lambda writes the last lines of the function that ends the deployment's jobs when the log group,
# or the function's own role, is gone already.
WRITES_AFTER_THE_END = "parris-EndJobsFunctionRole-"
WAITS_FOR_ITS_FILES = "parris-batch-job-"
AFTER_THE_END = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")


@pytest.fixture(scope="module")
def uses(tmp_path_factory: pytest.TempPathFactory) -> dict[Permission, Scenario]:
    """For each permission the first scenario that needs it, all of them having run as they are."""
    found: dict[Permission, Scenario] = {}
    with strict_account(tmp_path_factory.mktemp("whole")) as account:
        reduced = account.reduced_roles(PERMISSIONS)
        for scenario in SCENARIOS:
            decisions = account.run((scenario,))
            refused = [one for one in decisions if not one.is_allowed]
            assert [one for one in refused if not _is_expected(one)] == []
            for one in PERMISSIONS:
                if one not in found and is_needed_by(reduced[one], decisions):
                    found[one] = scenario
    return found


def _is_expected(decision: Decision) -> bool:
    # A container asks for files that may not be there yet. S3 hides from it which of them are.
    is_waiting = decision.principal_name.startswith(WAITS_FOR_ITS_FILES)
    return (is_waiting and decision.action == "s3:ListBucket") or (
        decision.principal_name.startswith(WRITES_AFTER_THE_END)
        and decision.action in AFTER_THE_END
    )


def is_of_servers(permission: Permission) -> bool:
    return (
        permission.role in ROLES_OF_SERVERS
        or permission.sid in RIGHTS_OF_SERVERS
        or 'ServerFunction"' in permission.resource
    )


def test_every_permission_is_needed_by_some_run(uses: dict[Permission, Scenario]) -> None:
    unused = [
        one
        for one in PERMISSIONS
        if one not in uses and one.sid not in OTHER_WAYS and not is_of_servers(one)
    ]
    not_shown = {(one.role, one.action) for one in unused}
    superfluous = [one for one in unused if (one.role, one.action) not in _EXPECTED]
    assert superfluous == [], "\n".join(map(str, superfluous))
    assert set(NOT_SHOWN) - not_shown == set()


@pytest.mark.parametrize("permission", PERMISSIONS, ids=str)
def test_a_run_fails_at_the_call_whose_permission_is_taken_away(
    permission: Permission, uses: dict[Permission, Scenario], tmp_path: Path
) -> None:
    if (permission.role, permission.action) in NOT_SHOWN:
        pytest.skip(NOT_SHOWN[permission.role, permission.action])
    if (permission.role, permission.action) in SOMETIMES_SHOWN:
        pytest.skip(SOMETIMES_SHOWN[permission.role, permission.action])
    if permission.sid in OTHER_WAYS:
        pytest.skip(OTHER_WAYS[permission.sid])
    if is_of_servers(permission):
        pytest.skip("no run here has a server")
    with strict_account(tmp_path) as account:
        account.take_away(permission)
        account.run_until_refused(uses[permission], permission)
