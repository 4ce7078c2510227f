"""The gateways of this target, each created on first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from parris.aws.target_gateways import TargetGateways

if TYPE_CHECKING:
    from parris.aws.ec2.prices import Prices
    from parris.aws.ec2.quotas import Quotas
    from parris.aws.ec2.spot_prices import SpotPrices
    from parris.aws.image_architectures import ImageArchitectures
    from parris.aws.image_repositories import ImageRepositories
    from parris.targets.batch.aws.container_instances import ContainerInstances
    from parris.targets.batch.aws.container_roles import ContainerRoles
    from parris.targets.batch.aws.fargate_prices import FargatePriceList
    from parris.targets.batch.aws.job_definitions import JobDefinitions
    from parris.targets.batch.aws.job_queues import JobQueues
    from parris.targets.batch.aws.jobs import Jobs
    from parris.targets.batch.aws.launch_templates import LaunchTemplates
    from parris.targets.batch.aws.logs import ContainerLogs
    from parris.targets.batch.aws.machine_types import MachineTypes
    from parris.targets.batch.aws.queues import Queues
    from parris.targets.batch.settings import BatchSettings


class BatchGateways(TargetGateways):
    """The gateways that this target uses."""

    @cached_property
    def settings(self) -> BatchSettings:
        """Return the settings of this target."""
        from parris.targets.batch.settings import BatchSettings

        return BatchSettings.of(self._settings)

    @cached_property
    def queues(self) -> Queues:
        """Return the gateway to job queues and compute environments."""
        from parris.targets.batch.aws.queues import Queues

        return Queues(self._clients.client("batch"))

    @cached_property
    def machine_types(self) -> MachineTypes:
        """Return the gateway to the instance types of EC2."""
        from parris.targets.batch.aws.machine_types import MachineTypes

        return MachineTypes(self._clients.client("ec2"))

    @cached_property
    def launch_templates(self) -> LaunchTemplates:
        """Return the gateway to the launch templates of compute environments."""
        from parris.targets.batch.aws.launch_templates import LaunchTemplates

        return LaunchTemplates(self._clients.client("ec2"))

    @cached_property
    def image_repositories(self) -> ImageRepositories:
        """Return the gateway to the repositories of images."""
        from parris.aws.image_repositories import ImageRepositories

        return ImageRepositories(self._clients.client("ecr"))

    @cached_property
    def image_architectures(self) -> ImageArchitectures:
        """Return the gateway to what images say of themselves."""
        from parris.aws.image_architectures import ImageArchitectures

        return ImageArchitectures(self._clients.client("ecr"))

    @cached_property
    def quotas(self) -> Quotas:
        """Return the gateway to the account's quotas."""
        from parris.aws.ec2.quotas import Quotas

        return Quotas(self._clients.client("service-quotas"))

    @cached_property
    def prices(self) -> Prices:
        """Return the gateway to the prices of instances, volumes and addresses."""
        from parris.aws.ec2.prices import Prices
        from parris.aws.price_list import price_list_client

        return Prices(
            price_list_client(self._clients, self._settings.region), self._settings.region
        )

    @cached_property
    def fargate_prices(self) -> FargatePriceList:
        """Return the gateway to the prices of Fargate."""
        from parris.aws.price_list import price_list_client
        from parris.targets.batch.aws.fargate_prices import FargatePriceList

        return FargatePriceList(
            price_list_client(self._clients, self._settings.region), self._settings.region
        )

    @cached_property
    def spot_prices(self) -> SpotPrices:
        """Return the gateway to the prices of spot instances."""
        from parris.aws.ec2.spot_prices import SpotPrices

        return SpotPrices(self._clients.client("ec2"))

    @cached_property
    def jobs(self) -> Jobs:
        """Return the gateway to jobs."""
        from parris.targets.batch.aws.jobs import Jobs

        return Jobs(self._clients.client("batch"))

    @cached_property
    def job_definitions(self) -> JobDefinitions:
        """Return the gateway to job definitions."""
        from parris.targets.batch.aws.job_definitions import JobDefinitions

        return JobDefinitions(self._clients.client("batch"))

    @cached_property
    def job_queues(self) -> JobQueues:
        """Return the gateway to the names of job queues."""
        from parris.targets.batch.aws.job_queues import JobQueues

        return JobQueues(self._clients.client("batch"))

    @cached_property
    def container_instances(self) -> ContainerInstances:
        """Return the gateway to the machines of containers."""
        from parris.targets.batch.aws.container_instances import ContainerInstances

        return ContainerInstances(self._clients.client("ecs"), self._clients.client("ec2"))

    @cached_property
    def container_roles(self) -> ContainerRoles:
        """Return the gateway to the roles of the containers."""
        from parris.targets.batch.aws.container_roles import ContainerRoles

        settings, iam = self.settings, self._clients.client("iam")
        return ContainerRoles(iam, settings.job_role_arn, settings.execution_role_arn)

    @cached_property
    def logs(self) -> ContainerLogs:
        """Return the gateway to the logs of containers."""
        from parris.targets.batch.aws.logs import ContainerLogs

        return ContainerLogs(self._clients.client("logs"), self.settings.container_log_group)
