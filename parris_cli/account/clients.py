"""The AWS clients of the command, for one deployment of Parris."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_ecr import ECRClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient

    from parris.settings import Settings


@dataclass(frozen=True, slots=True)
class Deployment:
    """The outputs of a deployed template.yaml.

    `image_repository`, `runs_table`, `schedule_role` and what sweeps need are empty for a
    deployment of an earlier version.
    """

    state_machine_arn: str
    bucket: str
    log_group: str
    wake_function: str
    validate_function: str
    image_repository: str = ""
    runs_table: str = ""
    sweep_machine_arn: str = ""
    sweeps_table: str = ""
    end_sweep_function: str = ""
    schedule_role: str = ""

    @property
    def name(self) -> str:
        """Return the stack name."""
        # The state machine of a deployment is called <deployment>-training.
        return self.state_machine_arn.rpartition(":")[2].removesuffix("-training")

    @classmethod
    def from_outputs(cls, outputs: Mapping[str, str]) -> Self:
        """Return the deployment that a stack's outputs describe.

        Raises:
            KeyError: naming the output that is missing.
        """
        return cls(
            state_machine_arn=outputs["StateMachineArn"],
            bucket=outputs["TrainingBucketName"],
            log_group=outputs["TrainerLogGroupName"],
            wake_function=outputs["WakeFunctionName"],
            validate_function=outputs["ValidateConfigFunctionName"],
            image_repository=outputs.get("ImageRepositoryUri", ""),
            runs_table=outputs.get("RunsTableName", ""),
            sweep_machine_arn=outputs.get("SweepStateMachineArn", ""),
            sweeps_table=outputs.get("SweepsTableName", ""),
            end_sweep_function=outputs.get("EndSweepFunctionName", ""),
            schedule_role=outputs.get("ScheduleRoleArn", ""),
        )


class Account:
    """One deployment and the clients that reach it.

    Args:
        make_client: returns a boto3 client for the name of a service.
        deployment: the deployment's resources.
        is_embedded: whether this AWS shuts down with the command.
        environment: the variables by which other programs reach an embedded AWS.
    """

    def __init__(
        self,
        make_client: Callable[[str], Any],
        deployment: Deployment,
        is_embedded: bool,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._make_client = make_client
        self.deployment = deployment
        self.is_embedded = is_embedded
        self.environment = environment or {}

    def client(self, service_name: str, region_name: str | None = None) -> Any:
        """Return a client for any service, as the gateways of the functions request it."""
        return self._make_client(service_name)

    def settings(self, execution_arn: str) -> Settings:
        """Return the function settings that are needed to find the resources of a run."""
        from parris.notifications.links import region_of
        from parris.settings import Settings

        # The state machine of a deployment is called <deployment>-training.
        machine_name = execution_arn.split(":")[-2]
        return Settings(
            deployment=machine_name.removesuffix("-training"),
            region=region_of(execution_arn),
            training_bucket=self.deployment.bucket,
            jobs_table="",
            trainer_log_group=self.deployment.log_group,
            layers_root=Path(),
        )

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        """Return the client for CloudFormation."""
        client: CloudFormationClient = self._make_client("cloudformation")
        return client

    @cached_property
    def ecr(self) -> ECRClient:
        """Return the client for ECR."""
        client: ECRClient = self._make_client("ecr")
        return client

    @cached_property
    def functions(self) -> LambdaClient:
        """Return the client for Lambda."""
        client: LambdaClient = self._make_client("lambda")
        return client

    @cached_property
    def logs(self) -> CloudWatchLogsClient:
        """Return the client for CloudWatch Logs."""
        client: CloudWatchLogsClient = self._make_client("logs")
        return client

    @cached_property
    def s3(self) -> S3Client:
        """Return the client for S3."""
        client: S3Client = self._make_client("s3")
        return client

    @cached_property
    def stepfunctions(self) -> SFNClient:
        """Return the client for Step Functions."""
        client: SFNClient = self._make_client("stepfunctions")
        return client
