"""The gateways of this target, each created on first use, and the shared ones."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.aws.bucket import Bucket
    from parris.aws.code_archives import CodeArchives
    from parris.aws.gateways import Gateways
    from parris.aws.user_files import UserFiles
    from parris.settings import Settings
    from parris.targets.sagemaker.aws.logs import TrainingLogs
    from parris.targets.sagemaker.aws.objects import Objects
    from parris.targets.sagemaker.aws.roles import Roles
    from parris.targets.sagemaker.aws.training_jobs import TrainingJobs
    from parris.targets.sagemaker.settings import SageMakerSettings


class SageMakerGateways:
    """The gateways that this target uses."""

    def __init__(self, shared: Gateways, settings: Settings) -> None:
        self.shared = shared
        self._clients = shared.clients
        self._settings = settings

    @property
    def bucket(self) -> Bucket:
        """Return the gateway to the training bucket."""
        return self.shared.bucket

    @property
    def user_files(self) -> UserFiles:
        """Return the gateway to the files that configs name."""
        return self.shared.user_files

    @property
    def code_archives(self) -> CodeArchives:
        """Return the gateway to the code archives of jobs."""
        return self.shared.code_archives

    @cached_property
    def settings(self) -> SageMakerSettings:
        """Return the settings of this target."""
        from parris.targets.sagemaker.settings import SageMakerSettings

        return SageMakerSettings.of(self._settings)

    @cached_property
    def training_jobs(self) -> TrainingJobs:
        """Return the gateway to training jobs."""
        from parris.targets.sagemaker.aws.training_jobs import TrainingJobs

        return TrainingJobs(self._clients.client("sagemaker"))

    @cached_property
    def roles(self) -> Roles:
        """Return the gateway to the roles of jobs."""
        from parris.targets.sagemaker.aws.roles import Roles
        from parris.targets.sagemaker.settings import role_path

        return Roles(self._clients.client("iam"), role_path(self._settings))

    @cached_property
    def objects(self) -> Objects:
        """Return the gateway to the objects that SageMaker has uploaded."""
        from parris.targets.sagemaker.aws.objects import Objects

        return Objects(self._clients.client("s3"))

    @cached_property
    def logs(self) -> TrainingLogs:
        """Return the gateway to the logs of training jobs."""
        from parris.targets.sagemaker.aws.logs import TrainingLogs
        from parris.targets.sagemaker.describe import LOG_GROUP

        return TrainingLogs(self._clients.client("logs"), LOG_GROUP)
