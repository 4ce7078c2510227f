"""The gateways of this target, each created on first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from parris.aws.target_gateways import TargetGateways

if TYPE_CHECKING:
    from parris.aws.ec2.diagnosis import InstanceDiagnosis
    from parris.aws.ec2.prices import Prices
    from parris.aws.ec2.quotas import Quotas
    from parris.aws.ec2.spot_prices import SpotPrices
    from parris.aws.executions import Executions
    from parris.targets.ec2_stack.aws.images import Images
    from parris.targets.ec2_stack.aws.instances import Instances
    from parris.targets.ec2_stack.aws.places import Places
    from parris.targets.ec2_stack.aws.profiles import Profiles
    from parris.targets.ec2_stack.aws.stacks import Stacks
    from parris.targets.ec2_stack.aws.volumes import Volumes


class Ec2Gateways(TargetGateways):
    """The gateways that this target uses."""

    @property
    def executions(self) -> Executions:
        """Return the gateway to Step Functions."""
        return self.shared.executions

    @cached_property
    def stacks(self) -> Stacks:
        """Return the gateway to CloudFormation."""
        from parris.targets.ec2_stack.aws.stacks import Stacks

        return Stacks(self._clients.client("cloudformation"))

    @cached_property
    def instances(self) -> Instances:
        """Return the gateway to EC2."""
        from parris.targets.ec2_stack.aws.instances import Instances

        return Instances(self._clients.client("ec2"))

    @cached_property
    def diagnosis(self) -> InstanceDiagnosis:
        """Return the gateway to what EC2 says of an instance that is silent."""
        from parris.aws.ec2.diagnosis import InstanceDiagnosis

        return InstanceDiagnosis(self._clients.client("ec2"))

    @cached_property
    def spot_prices(self) -> SpotPrices:
        """Return the gateway to the prices of spot instances."""
        from parris.aws.ec2.spot_prices import SpotPrices

        return SpotPrices(self._clients.client("ec2"))

    @cached_property
    def volumes(self) -> Volumes:
        """Return the gateway to the volumes of EC2."""
        from parris.targets.ec2_stack.aws.volumes import Volumes

        return Volumes(self._clients.client("ec2"))

    @cached_property
    def images(self) -> Images:
        """Return the gateway to machine images."""
        from parris.targets.ec2_stack.aws.images import Images

        ec2, ssm = self._clients.client("ec2"), self._clients.client("ssm")
        return Images(ec2, ssm)

    @cached_property
    def places(self) -> Places:
        """Return the gateway to subnets, security groups, key pairs and instance types."""
        from parris.targets.ec2_stack.aws.places import Places

        return Places(self._clients.client("ec2"))

    @cached_property
    def profiles(self) -> Profiles:
        """Return the gateway to instance profiles."""
        from parris.targets.ec2_stack.aws.profiles import Profiles

        return Profiles(self._clients.client("iam"))

    @cached_property
    def quotas(self) -> Quotas:
        """Return the gateway to the account's quotas."""
        from parris.aws.ec2.quotas import Quotas

        return Quotas(self._clients.client("service-quotas"))

    @cached_property
    def prices(self) -> Prices:
        """Return the gateway to the price list."""
        from parris.aws.ec2.prices import Prices
        from parris.aws.price_list import price_list_client

        return Prices(
            price_list_client(self._clients, self._settings.region), self._settings.region
        )
