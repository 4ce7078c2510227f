"""A deployment with the training API, open to everyone: texts on a server, images on instances."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws.fault_injection.aws_call import AwsCall
from embedded_aws.fault_injection.call_faults import strike_calls
from parris_cli.account.clients import Account, Deployment
from parris_cli.deployment.embedded_environment import deploy_target
from parris_cli.project_files import PROJECT
from tests.patience import PATIENCE_SECONDS
from tests.training_api import TrainingApi

EXAMPLE = PROJECT / "config" / "training-api"
CONFIG = json.loads((EXAMPLE / "training-config.json").read_text())
ON_AN_INSTANCE = {**CONFIG, "target": "ec2-stack", "instance-type": "t3.micro"}
ENDLESS = {**ON_AN_INSTANCE, "hyperparameters": {"epochs": 10_000, "seconds-per-epoch": 0.5}}
PARAMETERS = {
    "TrainingApi": "true",
    "TrainingApiAuthorization": "open-to-everyone",
    "TaskTypes": "text,images",
}
_POLL_SECONDS = 0.3


class HeldCalls:
    """Lets calls of one operation wait, so that a test sees what is true until they are made."""

    def __init__(self) -> None:
        self._held: dict[str, threading.Event] = {}

    def __call__(self, call: AwsCall) -> None:
        """Wait while calls of this operation are held."""
        released = self._held.get(call.operation)
        if released is not None:
            assert released.wait(PATIENCE_SECONDS), f"{call.operation} was held too long"

    def hold(self, operation: str) -> None:
        """Hold calls of this operation from now on."""
        self._held[operation] = threading.Event()

    def release(self, operation: str) -> None:
        """Let the held calls through, and the later ones."""
        self._held.pop(operation).set()


class TrainingSite:
    """The deployment, its API and its bucket. The server of texts sleeps."""

    def __init__(self, aws: EmbeddedAws) -> None:
        outputs = aws.deploy(PROJECT / "template.yaml", "parris", PARAMETERS)
        account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
        deploy_target(account, "ec2-server", None)
        (stack,) = aws.client("cloudformation").describe_stacks(StackName="parris-ec2-server")[
            "Stacks"
        ]
        found = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
        self.aws, self.server_id, self.calls = aws, found["ServerId"], HeldCalls()
        strike_calls(self.calls)
        self.s3 = aws.client("s3")
        self.bucket = outputs["TrainingBucketName"]
        self.api = TrainingApi(aws.endpoint_url, outputs["TrainingApiUrl"])
        self.put("team/train.py", (EXAMPLE / "train.py").read_text())
        self.put("training-config.json", CONFIG)
        self.put("images/training-config.json", {**ENDLESS, "training-job-name": "images"})

    def put(self, key: str, content: Any) -> None:
        """Put a text, or an object as JSON."""
        body = content if isinstance(content, str) else json.dumps(content)
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body.encode())

    def read_json(self, key: str) -> Any:
        """Return the JSON of a file."""
        return json.loads(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def keys(self, prefix: str) -> list[str]:
        """Return the keys below a prefix."""
        found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix)
        return [one["Key"] for one in found.get("Contents", [])]

    def status_of(self, kind: str) -> dict[str, Any]:
        """Return what the API says of a kind of task."""
        status: dict[str, Any] = self.api.get(f"/status?task_type={kind}").body
        return status

    def await_status(self, kind: str, is_reached: Callable[[dict[str, Any]], bool]) -> Any:
        """Wait until the status of a kind is so, and return it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_reached(status := self.status_of(kind)):
            assert time.monotonic() < deadline, status
            time.sleep(_POLL_SECONDS)
        return status

    def await_log(self, job_id: str, text: str) -> dict[str, Any]:
        """Wait until a line of a job's log has a text, and return the job."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            job: dict[str, Any] = self.api.get(f"/jobs/{job_id}").body
            if any(text in line for line in job["log"]):
                return job
            assert time.monotonic() < deadline, job
            time.sleep(_POLL_SECONDS)


def is_step(step: str) -> Callable[[dict[str, Any]], bool]:
    """Return the condition that a kind is in a step."""
    return lambda status: bool(status["status"] == step)


def has_ended(status: dict[str, Any]) -> bool:
    """Return whether the job of a kind has ended."""
    return bool(status["status"] == "sleeping" and (status["job"] or {}).get("reason"))
