"""A training server of the embedded AWS, as the environment's template makes it, and its jobs."""

import hashlib
import json
import shutil
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws.packaging.deploy import deploy_template
from embedded_aws.processes import find_marked
from embedded_aws_helpers.instances import await_state, journal, root_of, state_of
from embedded_aws_helpers.waiting import wait_until
from parris.targets.runner_files import runner_archive
from parris.timestamps import format_timestamp
from parris_cli.project_files import PROJECT

TEMPLATES = PROJECT / "templates"
BUCKET, DEPLOYMENT = "training-123456789012", "parris"
_QUICK = {
    "server.py": ("POLL_SECONDS = 5.0", "POLL_SECONDS = 0.2"),
    "runner_stop_request.py": ("_POLL_SECONDS = 10.0", "_POLL_SECONDS = 0.1"),
}
_LIMITS = {
    "time_limit_seconds": None,
    "cost_limit_seconds": None,
    "ends_at_seconds": 8700 * 3600,
    "gone_at_seconds": 8700 * 3600,
}


@dataclass
class ServerSite:
    """One deployed server. `hand_over` does what the functions do."""

    aws: EmbeddedAws
    folder: Path
    role_id: str = ""
    role_arn: str = ""
    server_id: str = ""
    runner: bytes = b""
    service: bytes = b""
    _jobs: list[str] = field(default_factory=list)

    def set_up(self) -> None:
        """Make bucket, roles and server, which sleeps until it is started."""
        self.aws.client("s3").create_bucket(Bucket=BUCKET)
        self.aws.client("logs").create_log_group(logGroupName="/trainers")
        self.runner = runner_archive(_quick(TEMPLATES / "runner", self.folder))
        self.service = runner_archive(
            _quick(TEMPLATES / "ec2-server", self.folder), self.folder / "runner"
        )
        self.put("servers/service.zip", self.service)
        self._make_jobs_role()
        outputs = deploy_template(
            self.aws.client,
            TEMPLATES / "ec2-server" / "environment.yaml",
            "parris-ec2-server",
            {"TrainingBucketName": BUCKET, "ServerJobsRoleArn": self.role_arn},
            lambda is_true: wait_until(lambda: not is_true()),
        )
        self.server_id = outputs["ServerId"]
        await_state(self.aws, self.server_id, "stopped")

    def start(self) -> None:
        self.aws.client("ec2").start_instances(InstanceIds=[self.server_id])
        await_state(self.aws, self.server_id, "running")

    def stop(self) -> None:
        self.aws.client("ec2").stop_instances(InstanceIds=[self.server_id])
        await_state(self.aws, self.server_id, "stopped")

    def hand_over(self, script: str, *, seconds: float = 3600, **changes: Any) -> str:
        """Hand a job over to the server and return its machine id."""
        machine_id = f"{self.server_id}-{len(self._jobs):016x}"
        self._jobs.append(machine_id)
        user_id = f"{self.role_id}:{machine_id}"
        body = script.encode()
        job = {
            "job_id": "digits-1",
            "training_job_name": "digits",
            "bucket": BUCKET,
            "prefix": f"machines/{user_id}",
            "region": "us-east-1",
            "script": {"filename": "train.sh", "sha256": hashlib.sha256(body).hexdigest()},
            "environment": {},
            "hyperparameters": {},
            "input_data": [],
            "save_grace_seconds": 5,
            "limits": _LIMITS,
            "termination_limit_minutes": 90,
            "log_group": "/trainers",
            "log_stream": f"digits/{machine_id}",
            "launched_at": format_timestamp(datetime.now(UTC)),
        }
        self.put(f"steering/{user_id}/train.sh", body)
        self.put(f"steering/{user_id}/job.json", json.dumps(job).encode())
        self.put(f"steering/{user_id}/runner.zip", self.runner)
        gone_at = datetime.fromtimestamp(time.time() + seconds, UTC)
        handed_over = {
            "format": 1,
            "machine_id": machine_id,
            "user_id": user_id,
            "role_arn": self.role_arn,
            "role_session_name": machine_id,
            "gone_at": format_timestamp(gone_at),
            "save_grace_seconds": 5,
            "is_server_to_stop": False,
            "service_sha256": hashlib.sha256(self.service).hexdigest(),
            **changes,
        }
        self.put(f"servers/{self.server_id}/job.json", json.dumps(handed_over).encode())
        return machine_id

    def release(self) -> None:
        self.aws.client("s3").delete_object(Bucket=BUCKET, Key=f"servers/{self.server_id}/job.json")

    def put(self, key: str, body: bytes) -> None:
        self.aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)

    def find(self, key: str) -> dict[str, Any] | None:
        s3 = self.aws.client("s3")
        try:
            found = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        except s3.exceptions.NoSuchKey:
            return None
        read: dict[str, Any] = json.loads(found)
        return read

    def report(self, machine_id: str) -> dict[str, Any] | None:
        """Return the exit report of a job, once it is final."""
        found = self.find(f"machines/{self.role_id}:{machine_id}/exit.json")
        return found if found and found["is_final"] else None

    def results(self, machine_id: str) -> dict[str, str]:
        prefix = f"machines/{self.role_id}:{machine_id}/results/"
        s3 = self.aws.client("s3")
        listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return {
            one["Key"].removeprefix(prefix): s3.get_object(Bucket=BUCKET, Key=one["Key"])["Body"]
            .read()
            .decode()
            for one in listed
        }

    def marker(self, machine_id: str, name: str) -> dict[str, Any] | None:
        return self.find(f"servers/{self.server_id}/{machine_id}/{name}")

    def await_end(self, machine_id: str) -> dict[str, Any]:
        """Return ended.json of a job, once it is there."""
        wait_until(lambda: self.marker(machine_id, "ended.json") is not None)
        ended = self.marker(machine_id, "ended.json")
        assert ended is not None
        return ended

    def await_training(self, machine_id: str) -> None:
        """Wait until the script of a job has written its first result."""
        results = self.job_folder(machine_id) / "results"
        wait_until(lambda: results.is_dir() and any(results.iterdir()))

    def job_folder(self, machine_id: str) -> Path:
        return root_of(self.aws, self.server_id) / "var/lib/parris-jobs" / machine_id

    def processes(self, unit: str) -> set[int]:
        """Return the processes of a unit of the server."""
        description = self.aws.context.folder / "machines" / self.server_id / "machine.json"
        marker = json.loads(description.read_text())["marker"]
        return find_marked(f"{marker}/{unit}", "EMBEDDED_UNIT")

    def state(self) -> str:
        return state_of(self.aws, self.server_id)

    def log(self) -> str:
        return journal(self.aws, self.server_id)

    def _make_jobs_role(self) -> None:
        own, bucket = "${aws:userid}", f"arn:aws:s3:::{BUCKET}"
        trust = {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:PrincipalTag/parris:server": DEPLOYMENT}},
        }
        statements = [
            _allow("s3:GetObject", f"{bucket}/steering/{own}/*", f"{bucket}/machines/{own}/*"),
            _allow("s3:PutObject", f"{bucket}/machines/{own}/*"),
            {
                **_allow("s3:ListBucket", bucket),
                "Condition": {
                    "StringLike": {"s3:prefix": [f"steering/{own}/*", f"machines/{own}/*"]}
                },
            },
            _allow("logs:*", "*"),
        ]
        iam = self.aws.client("iam")
        made = iam.create_role(RoleName="jobs", AssumeRolePolicyDocument=_policy(trust))["Role"]
        iam.put_role_policy(RoleName="jobs", PolicyName="job", PolicyDocument=_policy(*statements))
        self.role_arn, self.role_id = made["Arn"], made["RoleId"]


def _allow(action: str, *resources: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": list(resources)}


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _quick(source: Path, folder: Path) -> Path:
    """Return a copy of a folder of programs that poll more often."""
    copy = folder / source.name
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for name, (slow, quick) in _QUICK.items():
        path = copy / name
        if path.exists():
            assert slow in path.read_text()
            path.write_text(path.read_text().replace(slow, quick))
    return copy
