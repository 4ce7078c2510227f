"""The gateways of this target, each created on first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from parris.aws.target_gateways import TargetGateways

if TYPE_CHECKING:
    from parris.aws.ec2.diagnosis import InstanceDiagnosis
    from parris.aws.ec2.prices import Prices
    from parris.aws.ec2.quotas import Quotas
    from parris.aws.executions import Executions
    from parris.aws.signals import RunSignals
    from parris.targets.ec2_server.aws.disks import Disks
    from parris.targets.ec2_server.aws.leases import Leases
    from parris.targets.ec2_server.aws.servers import Servers
    from parris.targets.ec2_server.settings import Ec2ServerSettings


class ServerGateways(TargetGateways):
    """The gateways that this target uses."""

    @cached_property
    def settings(self) -> Ec2ServerSettings:
        """Return the settings of this target."""
        from parris.targets.ec2_server.settings import Ec2ServerSettings

        return Ec2ServerSettings.of(self._settings)

    @property
    def executions(self) -> Executions:
        """Return the gateway to Step Functions."""
        return self.shared.executions

    @property
    def signals(self) -> RunSignals:
        """Return the gateway to the wake function."""
        return self.shared.signals

    @cached_property
    def leases(self) -> Leases:
        """Return the gateway to the leases of servers."""
        from parris.targets.ec2_server.aws.leases import Leases

        return Leases(self._clients.client("dynamodb"), self._settings.jobs_table)

    @cached_property
    def servers(self) -> Servers:
        """Return the gateway to servers."""
        from parris.targets.ec2_server.aws.servers import Servers

        return Servers(self._clients.client("ec2"))

    @cached_property
    def disks(self) -> Disks:
        """Return the gateway to the disks of servers."""
        from parris.targets.ec2_server.aws.disks import Disks

        return Disks(self._clients.client("ec2"))

    @cached_property
    def diagnosis(self) -> InstanceDiagnosis:
        """Return the gateway to what EC2 says of a server that is silent."""
        from parris.aws.ec2.diagnosis import InstanceDiagnosis

        return InstanceDiagnosis(self._clients.client("ec2"))

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
