"""The account of these tests: made once in a process, and put back for each test.

Each test has an embedded AWS of its own, which starts with a copy of that account. The clients are
the same for all tests: they cost more than the calls of most tests.
"""

import functools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws import Settings as AwsSettings
from embedded_aws.access_key import make_access_key
from embedded_aws.batch_delays import BatchDelays
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.context import current, is_at_work
from embedded_aws.in_process_calls import call_in_process
from embedded_aws.own_clients import make_client
from embedded_aws.persistence.account_pickle import dump_account, load_own_account
from embedded_aws_helpers.batch import IdleTasks
from embedded_aws_helpers.idle_containers import IdleContainers
from embedded_aws_helpers.idle_instances import IdleInstances
from parris.aws.clients import Clients
from tests.builders import BUCKET
from tests.runs_table import make_runs_table
from tests.sweeps_table import make_sweeps_table

TABLE = "jobs"
START = datetime(2026, 11, 20, 12, tzinfo=UTC)
_OWNER = AwsSettings().account_id
STACK_ROLE_ARN = f"arn:aws:iam::{_OWNER}:role/stack-role"
CLEANUP_MACHINE_ARN = f"arn:aws:states:us-east-1:{_OWNER}:stateMachine:parris-cleanup"
INSTANCE_PROFILE = "trainers"
BATCH_ROLE_ARN = f"arn:aws:iam::{_OWNER}:role/parris-batch-job"
QUICK = AwsSettings(
    instances=IdleInstances(),  # what runs inside an instance is tested elsewhere
    stack_create_seconds=0.2,
    stack_delete_seconds=0,
    training_containers=IdleContainers(),
    batch_containers=IdleTasks(IdleContainers()),
    batch_delays=BatchDelays(environment=0),
    unavailable_instance_types=frozenset({"p3.2xlarge", "ml.p3.2xlarge"}),
    instance_types_beyond_quota=frozenset({"p4d.24xlarge"}),
    enforce_roles=False,  # the stack role of these tests is a name only
)
_ADMINISTRATOR = make_access_key()


class InProcessAws(EmbeddedAws):
    """An embedded AWS at a clock that stands still, whose clients need no socket."""

    def __init__(self, folder: Path, settings: AwsSettings) -> None:
        super().__init__(
            settings, folder=folder, clock=VirtualClock(START), administrator=_ADMINISTRATOR
        )

    def client(self, service_name: str, *, in_process: bool = True) -> Any:
        return _client(service_name, self.settings.region)


class _InProcessClients(Clients):
    def client(self, service_name: str, region_name: str | None = None) -> Any:
        return _settling(call_in_process(super().client(service_name, region_name)))


@functools.cache
def shared_clients(*, uses_adaptive_retries: bool) -> Clients:
    """Return the functions' clients, which read their key from the environment."""
    return _InProcessClients(uses_adaptive_retries=uses_adaptive_retries)


def put_account_back(aws: EmbeddedAws) -> None:
    """Fill an empty account as a deployment does: bucket, tables, roles, cleanup."""
    if not _made:
        _make_account(aws)
        _made.append(dump_account())
    else:
        load_own_account(_made[0])


_made: list[bytes] = []


def _make_account(aws: EmbeddedAws) -> None:
    aws.client("s3").create_bucket(Bucket=BUCKET)
    aws.client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "item", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "item", "KeyType": "HASH"}],
    )
    make_runs_table(aws.client("dynamodb"))
    make_sweeps_table(aws.client("dynamodb"))
    make_image(aws.client("ecr"))
    iam = aws.client("iam")
    for name in ("stack-role", "cleanup", INSTANCE_PROFILE):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    of_trainers = {"InstanceProfileName": INSTANCE_PROFILE}
    iam.create_instance_profile(**of_trainers)
    iam.add_role_to_instance_profile(**of_trainers, RoleName=INSTANCE_PROFILE)
    # In place of the real one: its cleanup takes long.
    wait = {"Type": "Wait", "Seconds": 9999, "End": True}
    aws.client("stepfunctions").create_state_machine(
        name=CLEANUP_MACHINE_ARN.rpartition(":")[2],
        definition=json.dumps({"StartAt": "Wait", "States": {"Wait": wait}}),
        roleArn=iam.get_role(RoleName="cleanup")["Role"]["Arn"],
    )


def make_image(ecr: Any) -> None:
    """Put an image that training jobs may name into the account's repository `training`."""
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    manifest = {
        "schemaVersion": 2,
        "mediaType": kind,
        "config": {"mediaType": kind, "size": 1, "digest": f"sha256:{'0' * 64}"},
        "layers": [],
    }
    ecr.create_repository(repositoryName="training")
    ecr.put_image(repositoryName="training", imageTag="1", imageManifest=json.dumps(manifest))


@functools.cache
def _client(service_name: str, region: str) -> Any:
    client = make_client(
        service_name,
        endpoint_url="http://127.0.0.1",
        region_name=region,
        aws_access_key_id=_ADMINISTRATOR.id,
        aws_secret_access_key=_ADMINISTRATOR.secret,
    )
    return _settling(call_in_process(client))


def _settling(client: Any) -> Any:
    """Let each call return only when all that it set going has finished or waits for the clock.

    So nothing in a test depends on how quickly the threads of the embedded AWS get their turn.
    """
    client.meta.events.register("after-call", _await_nobody_busy, unique_id="settling")
    return client


def _await_nobody_busy(**_: Any) -> None:
    work = current().work
    if not is_at_work(work):
        with work.changed:
            work.changed.wait_for(work.is_nobody_busy)
