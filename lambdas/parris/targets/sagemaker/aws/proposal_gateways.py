"""The gateways that checks of configs use, each created on first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways
    from parris.aws.user_files import UserFiles
    from parris.settings import Settings
    from parris.targets.sagemaker.aws.image_repositories import ImageRepositories
    from parris.targets.sagemaker.aws.instance_types import InstanceTypes
    from parris.targets.sagemaker.aws.prices import Prices
    from parris.targets.sagemaker.aws.quotas import Quotas


class ProposalGateways:
    """The gateways that this target uses before a job is launched. None of them changes AWS."""

    def __init__(self, shared: Gateways, settings: Settings) -> None:
        self._shared = shared
        self._clients = shared.clients
        self._region = settings.region

    @property
    def user_files(self) -> UserFiles:
        """Return the gateway to the files that configs name."""
        return self._shared.user_files

    @cached_property
    def image_repositories(self) -> ImageRepositories:
        """Return the gateway to container images."""
        from parris.targets.sagemaker.aws.image_repositories import ImageRepositories

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
        from parris.aws.price_list import price_list_region
        from parris.targets.sagemaker.aws.prices import Prices

        place = price_list_region(self._region)
        client = None if place is None else self._clients.client("pricing", place)
        return Prices(client, self._region)
