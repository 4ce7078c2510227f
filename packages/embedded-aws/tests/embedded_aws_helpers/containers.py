"""Runs containers of training jobs without the service around them."""

import queue
from pathlib import Path
from typing import Any

from embedded_aws.local_container.container import LocalContainer
from embedded_aws.local_container.driver import LocalContainers
from embedded_aws_helpers.waiting import wait_until

JOB = "digits-0123456789abcdef"
SCRIPT = "/opt/ml/input/data/code/train.py"
_END_SECONDS = 60


def training_request(**more: Any) -> dict[str, Any]:
    """Return the parameters of CreateTrainingJob for a Python script in the channel `code`."""
    algorithm = {"TrainingInputMode": "File", "ContainerEntrypoint": ["python3", SCRIPT]}
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/code/"}
    return {
        "TrainingJobName": JOB,
        "AlgorithmSpecification": {**algorithm, **more.pop("algorithm", {})},
        "RoleArn": "arn:aws:iam::123456789012:role/trainer",
        "InputDataConfig": [{"ChannelName": "code", "DataSource": {"S3DataSource": source}}],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/output/"},
        "ResourceConfig": {
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "VolumeSizeInGB": 30,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        **more,
    }


class RunContainer:
    """A container that has been started."""

    def __init__(
        self,
        driver: LocalContainers,
        folder: Path,
        script: str,
        request: dict[str, Any] | None = None,
        host: str = "algo-1",
    ) -> None:
        """Write the script into the channel `code`, and start the container."""
        self.ml_folder = folder / "ml"
        code = self.ml_folder / "input" / "data" / "code"
        code.mkdir(parents=True)
        (code / "train.py").write_text(script)
        self._exits: queue.Queue[int] = queue.Queue()
        self.container: LocalContainer = driver.make_container(
            request or training_request(), host, self.ml_folder
        )
        self.container.start(self._exits.put)

    @property
    def log(self) -> str:
        """What it has written so far."""
        return self.container.read_log().decode()

    def await_said(self, text: str) -> None:
        """Wait until the text is in its log."""
        wait_until(lambda: text in self.log)

    def await_exit(self) -> int:
        """Return its exit status once it has ended."""
        return self._exits.get(timeout=_END_SECONDS)
