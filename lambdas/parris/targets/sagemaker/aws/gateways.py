"""The gateways of this target, each created on first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from parris.aws.target_gateways import TargetGateways

if TYPE_CHECKING:
    from parris.aws.image_repositories import ImageRepositories
    from parris.targets.sagemaker.aws.instance_types import InstanceTypes
    from parris.targets.sagemaker.aws.logs import TrainingLogs
    from parris.targets.sagemaker.aws.objects import Objects
    from parris.targets.sagemaker.aws.prices import Prices
    from parris.targets.sagemaker.aws.quotas import Quotas
    from parris.targets.sagemaker.aws.roles import Roles
    from parris.targets.sagemaker.aws.training_jobs import TrainingJobs
    from parris.targets.sagemaker.settings import SageMakerSettings


class SageMakerGateways(TargetGateways):
    """The gateways that this target uses."""

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

    @cached_property
    def image_repositories(self) -> ImageRepositories:
        """Return the gateway to container images."""
        from parris.aws.image_repositories import ImageRepositories

        return ImageRepositories(self._clients.client("ecr"))

    @cached_property
    def instance_types(self) -> InstanceTypes:
        """Return the instance types that SageMaker is known to have."""
        from parris.targets.sagemaker.aws.instance_types import InstanceTypes

        return InstanceTypes(self._clients.client("sagemaker"))

    @cached_property
    def quotas(self) -> Quotas:
        """Return the gateway to the account's quotas."""
        from parris.targets.sagemaker.aws.quotas import Quotas

        return Quotas(self._clients.client("service-quotas"))

    @cached_property
    def prices(self) -> Prices:
        """Return the gateway to the price list."""
        from parris.aws.price_list import price_list_client
        from parris.targets.sagemaker.aws.prices import Prices

        return Prices(
            price_list_client(self._clients, self._settings.region), self._settings.region
        )
