"""Starts the real training stack, with the real bootstrap and runner, on the embedded AWS."""

import hashlib
import json
from pathlib import Path
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.instances import make_profile
from embedded_aws_helpers.waiting import wait_until
from parris.targets.runner_files import runner_archive
from tests.runner.trainer import MACHINE_FILES

BUCKET = "training.bucket"
TEMPLATE = Path(__file__).parents[2] / "templates" / "ec2-stack" / "training-stack.yaml"


class TrainingStack:
    """One job's stack, and the files of its machine."""

    def __init__(self, aws: EmbeddedAws, script: bytes, sha256: str | None = None) -> None:
        self.aws = aws
        make_profile(aws)
        self._role_id = aws.client("iam").get_role(RoleName="trainer")["Role"]["RoleId"]
        self._user_id = ""
        aws.client("s3").create_bucket(Bucket=BUCKET)
        aws.client("logs").create_log_group(logGroupName="/trainers")
        self._script = script
        self._job = {
            "job_id": "digits-1",
            "training_job_name": "digits",
            "execution_arn": "arn",
            "bucket": BUCKET,
            "region": "us-east-1",
            "script": {
                "filename": "train.sh",
                "sha256": sha256 or hashlib.sha256(script).hexdigest(),
            },
            "environment": {},
            "hyperparameters": {},
            "input_data": [],
            "save_grace_seconds": 10,
            "limits": {
                "time_limit_seconds": None,
                "cost_limit_seconds": None,
                "ends_at_seconds": 8700 * 3600,
                "gone_at_seconds": 8700 * 3600,
            },
            "termination_limit_minutes": 10,
            "log_group": "/trainers",
            "log_stream": "digits/digits-1",
        }

    def _steer(self, instance_id: str) -> None:
        """Write the machine's files as WaitForRunning does, the bootstrap last."""
        self._user_id = f"{self._role_id}:{instance_id}"
        files = {
            "bootstrap.sh": (MACHINE_FILES / "bootstrap.sh").read_bytes(),
            "runner.zip": runner_archive(MACHINE_FILES),
            "train.sh": self._script,
        }
        job = {**self._job, "prefix": f"machines/{self._user_id}"}
        files["job.json"] = json.dumps(job).encode()
        for name in sorted(files, key=lambda name: (name == "bootstrap.sh", name)):
            key = f"steering/{self._user_id}/{name}"
            self.aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=files[name])

    def create(self, **parameters: str) -> str:
        """Create the stack and return its instance's id, once it is complete."""
        values = {
            "DeploymentName": "parris",
            "ExecutionArn": "arn:aws:states:us-east-1:123456789012:execution:parris:digits-1",
            "TrainingJobName": "digits",
            "Deadline": "2040-01-01T00:00:00Z",
            "BucketName": BUCKET,
            "InstanceType": "t3.micro",
            "InstanceProfileName": "trainer",
            "VolumeSizeGib": "40",
            "BackstopSeconds": "600",
            "SaveGraceSeconds": "10",
            **parameters,
        }
        cloudformation = self.aws.client("cloudformation")
        cloudformation.create_stack(
            StackName="parris-digits",
            TemplateBody=TEMPLATE.read_text(),
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
        )
        described: list[dict[str, Any]] = []

        def is_complete() -> bool:
            described[:] = cloudformation.describe_stacks(StackName="parris-digits")["Stacks"]
            return bool(described[0]["StackStatus"] == "CREATE_COMPLETE")

        wait_until(is_complete)
        outputs = {each["OutputKey"]: each["OutputValue"] for each in described[0]["Outputs"]}
        self._steer(outputs["InstanceId"])
        return str(outputs["InstanceId"])

    def delete(self) -> None:
        self.aws.client("cloudformation").delete_stack(StackName="parris-digits")

    def read(self, name: str) -> bytes:
        found = self.aws.client("s3").get_object(
            Bucket=BUCKET, Key=f"machines/{self._user_id}/{name}"
        )
        return bytes(found["Body"].read())

    def end(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.read("exit.json"))
        return found
