"""What the conformance suite needs of each target: configs, a job, its end, a view of AWS.

A new target adds one stage here, and passes every test of this folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from embedded_aws import EmbeddedAws
from parris.costs.offer import Offer
from parris.job import Job
from parris.payloads import Payload
from tests.builders import a_job, a_rate, an_offer
from tests.handlers.conftest import put_json
from tests.handlers.test_ending import BODY, SCRIPT, until
from tests.parris.targets.sagemaker.builders import IMAGE, a_sagemaker_job
from tests.targets.conformance import batch_stage, server_stage
from tests.targets.toy_target.insert import NAME


@dataclass(frozen=True, slots=True)
class Examples:
    """Configs of a target, and what it offers.

    `ways` are the values of `on-termination` with what becomes of the resources: `gone`, `kept` or
    `released`; the first is the default. `config` is sound. `bad_config` has several violations,
    at `bad_paths`. AWS has no price for `unpriced_config`. Of `offers`, AWS refuses the first when
    it is launched, with a reason that has `refusal` in it, and takes the second.

    `has_runner` says that a runner of ours reports from the machine. `has_disk_to_keep` says that
    results which are in doubt can be kept on the machine. `is_woken_by_report` says that the exit
    report of a machine is traced to it; otherwise its service reports the end of it as soon.
    """

    ways: Mapping[str, str]
    config: Payload
    bad_config: Payload
    bad_paths: frozenset[str]
    unpriced_config: Payload
    offers: tuple[Offer, Offer]
    refusal: str
    has_runner: bool = True
    has_disk_to_keep: bool = True
    is_woken_by_report: bool = True


class Stage(Protocol):
    """One target as the suite plays with it."""

    examples: Examples

    def prepare(self, aws: EmbeddedAws) -> None:
        """Make what the target needs beside its deployment."""

    def job(self, aws: EmbeddedAws, **changes: Any) -> Job:
        """Return a job that can be launched and runs for minutes."""

    def strike(self, aws: EmbeddedAws, machine_id: str) -> None:
        """End what the job runs on as an outsider would, and wait until it is over."""

    def event(self, machine_id: str) -> Payload:
        """Return the event by which AWS says that it is over."""

    def there(self, aws: EmbeddedAws) -> set[str]:
        """Return the ids of all that is there of any job, asked of AWS itself."""


class Ec2StackStage:
    examples = Examples(
        ways={"delete-stack": "gone", "stop-instance": "kept"},
        config={"instance-type": ["t3.micro", "c5.large"]},
        bad_config={
            "instance-type": "x99.huge",
            "instance-iam-role-name": "of-nobody",
            "purchase-option": "spot",
            "on-termination": "stop-instance",
        },
        bad_paths=frozenset({"/instance-type", "/instance-iam-role-name", "/on-termination"}),
        unpriced_config={"instance-type": "mac2.metal"},
        offers=(an_offer("p3.2xlarge", a_rate()), an_offer("t3.micro", a_rate())),
        refusal="p3.2xlarge",
    )

    def prepare(self, aws: EmbeddedAws) -> None:
        """Do nothing."""

    def job(self, aws: EmbeddedAws, **changes: Any) -> Job:
        put_json(aws, "train.sh", BODY)
        return a_job(script=SCRIPT, **changes)

    def strike(self, aws: EmbeddedAws, machine_id: str) -> None:
        aws.client("ec2").terminate_instances(InstanceIds=[machine_id])
        until(lambda: {"found": str(machine_id in self.there(aws))}, "found", "False")

    def event(self, machine_id: str) -> Payload:
        return {
            "source": "aws.ec2",
            "detail-type": "EC2 Instance State-change Notification",
            "detail": {"instance-id": machine_id, "state": "terminated"},
        }

    def there(self, aws: EmbeddedAws) -> set[str]:
        ec2 = aws.client("ec2")
        instances = [
            one["InstanceId"]
            for group in ec2.describe_instances()["Reservations"]
            for one in group["Instances"]
            if one["State"]["Name"] != "terminated"
        ]
        volumes = [one["VolumeId"] for one in ec2.describe_volumes()["Volumes"]]
        stacks = [
            one["StackId"]
            for one in aws.client("cloudformation").describe_stacks()["Stacks"]
            if one["StackName"].startswith("parris-")
        ]
        return {*instances, *volumes, *stacks}


class OneParameterStage:
    examples = Examples(
        ways={"delete": "gone", "keep": "kept", "release": "released"},
        config={"tier": "Advanced"},
        bad_config={"tier": ["Free", "Standard"], "on-termination": "burn"},
        bad_paths=frozenset({"/tier", "/on-termination"}),
        unpriced_config={"tier": "Standard"},
        offers=(
            Offer("Sold-Out", a_rate(), 60, {"tier": "Sold-Out"}),
            Offer("Advanced", a_rate(), 60, {"tier": "Advanced"}),
        ),
        refusal="no parameter of the tier Sold-Out is left",
    )

    def prepare(self, aws: EmbeddedAws) -> None:
        """Do nothing."""

    def job(self, aws: EmbeddedAws, **changes: Any) -> Job:
        put_json(aws, "train.sh", BODY)
        changes = {"on_termination": "delete", **changes}
        return a_job(target=NAME, script=SCRIPT, **changes)

    def strike(self, aws: EmbeddedAws, machine_id: str) -> None:
        aws.client("ssm").delete_parameter(Name=machine_id)

    def event(self, machine_id: str) -> Payload:
        return {"source": "aws.ssm", "detail": {"name": machine_id, "operation": "Delete"}}

    def there(self, aws: EmbeddedAws) -> set[str]:
        found = aws.client("ssm").describe_parameters()["Parameters"]
        return {one["Name"] for one in found if one["Name"].startswith("/parris-machines/")}


class SageMakerStage:
    examples = Examples(
        ways={"stop-job": "gone"},
        config={"image": IMAGE, "instance-type": ["ml.m5.large", "ml.m5.xlarge"]},
        bad_config={
            "image": IMAGE,
            "instance-type": "ml.x99.huge",
            "execution-role-arn": "arn:aws:iam::123456789012:role/of-nobody",
            "subnet-ids": ["subnet-1"],
        },
        bad_paths=frozenset({"/instance-type", "/execution-role-arn", "/security-group-ids"}),
        unpriced_config={"image": IMAGE, "instance-type": "ml.c8i.12xlarge"},
        offers=(
            Offer("ml.p3.2xlarge", a_rate(), 3600, {"instance_type": "ml.p3.2xlarge"}),
            Offer("ml.m5.large", a_rate(), 3600, {"instance_type": "ml.m5.large"}),
        ),
        refusal="Unable to provision",
        has_runner=False,
        has_disk_to_keep=False,
    )

    def prepare(self, aws: EmbeddedAws) -> None:
        """Do nothing."""

    def job(self, aws: EmbeddedAws, **changes: Any) -> Job:
        put_json(aws, "train.sh", BODY)
        return a_sagemaker_job(script=SCRIPT, **changes)

    def strike(self, aws: EmbeddedAws, machine_id: str) -> None:
        sagemaker = aws.client("sagemaker")
        sagemaker.stop_training_job(TrainingJobName=machine_id)
        until(
            lambda: sagemaker.describe_training_job(TrainingJobName=machine_id),
            "TrainingJobStatus",
            "Stopped",
        )

    def event(self, machine_id: str) -> Payload:
        detail: Payload = {
            "TrainingJobName": machine_id,
            "TrainingJobStatus": "Stopped",
            "SecondaryStatus": "Stopped",
        }
        return {"source": "aws.sagemaker", "detail": detail}

    def there(self, aws: EmbeddedAws) -> set[str]:
        jobs = aws.client("sagemaker").list_training_jobs()["TrainingJobSummaries"]
        living = {"InProgress", "Stopping"}
        roles = aws.client("iam").list_roles(PathPrefix="/parris/")["Roles"]
        names = {one["RoleName"] for one in roles}
        return names | {
            one["TrainingJobName"] for one in jobs if one["TrainingJobStatus"] in living
        }


class BatchStage:
    examples = Examples(
        ways={"terminate-job": "gone"},
        config=batch_stage.configs()["sound"],
        bad_config=batch_stage.configs()["bad"],
        bad_paths=frozenset({"/job-queue", "/command"}),
        unpriced_config=batch_stage.configs()["unpriced"],
        offers=batch_stage.offers(),
        refusal="got no machine from the queue sold-out",
        has_disk_to_keep=False,
        is_woken_by_report=False,
    )

    def prepare(self, aws: EmbeddedAws) -> None:
        batch_stage.prepare_batch(aws)

    def job(self, aws: EmbeddedAws, **changes: Any) -> Job:
        return batch_stage.a_batch_job(aws, **changes)

    def strike(self, aws: EmbeddedAws, machine_id: str) -> None:
        batch_stage.terminate(aws, machine_id)

    def event(self, machine_id: str) -> Payload:
        detail: Payload = {
            "jobId": machine_id,
            "jobName": "iris-0123456789abcdef" if machine_id != "of-nobody" else machine_id,
            "status": "FAILED",
        }
        return {"source": "aws.batch", "detail": detail}

    def there(self, aws: EmbeddedAws) -> set[str]:
        return batch_stage.living(aws)


class Ec2ServerStage:
    examples = Examples(
        ways={"release-server": "gone"},
        config={"task-type": server_stage.KIND},
        bad_config={"server-id": "i-0123456789abcdef0", "input-data": ["s3://of-nobody/data/"]},
        bad_paths=frozenset({"/server-id", "/input-data/0"}),
        unpriced_config={"task-type": server_stage.UNPRICED},
        offers=server_stage.offers(),
        refusal="InsufficientInstanceCapacity",
        has_disk_to_keep=False,
    )

    def prepare(self, aws: EmbeddedAws) -> None:
        server_stage.prepare_servers(aws)

    def job(self, aws: EmbeddedAws, **changes: Any) -> Job:
        return server_stage.a_server_job(aws, **changes)

    def strike(self, aws: EmbeddedAws, machine_id: str) -> None:
        server_stage.stop(aws, machine_id)

    def event(self, machine_id: str) -> Payload:
        server_id = machine_id.rpartition("-")[0]
        return {"source": "aws.ec2", "detail": {"instance-id": server_id, "state": "stopped"}}

    def there(self, aws: EmbeddedAws) -> set[str]:
        return server_stage.held(aws)


STAGES: Mapping[str, Stage] = {
    "batch": BatchStage(),
    "ec2-server": Ec2ServerStage(),
    "ec2-stack": Ec2StackStage(),
    "sagemaker": SageMakerStage(),
    NAME: OneParameterStage(),
}
