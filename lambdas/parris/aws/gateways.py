"""The gateways to AWS, each made when it is first asked for: a cold start pays for no other.

Nor for the import of any other: the modules are imported where they are used.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from parris.aws.clients import Clients

if TYPE_CHECKING:
    from parris.aws.bucket import Bucket
    from parris.aws.deployment_deletion import Closing
    from parris.aws.executions import Executions
    from parris.aws.images import Images
    from parris.aws.instances import Instances
    from parris.aws.jobs_table import JobsTable
    from parris.aws.prices import Prices
    from parris.aws.profiles import Profiles
    from parris.aws.signals import Waker
    from parris.aws.spot_prices import SpotPrices
    from parris.aws.stacks import Stacks
    from parris.aws.user_files import UserFiles
    from parris.aws.volumes import Volumes
    from parris.settings import Settings


class Gateways:
    """AWS as one deployment's Lambdas use it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._clients = Clients(is_patient=settings.is_patient)

    @cached_property
    def stacks(self) -> Stacks:
        """Return the gateway to CloudFormation."""
        from parris.aws.stacks import Stacks

        return Stacks(self._clients.client("cloudformation"))

    @cached_property
    def instances(self) -> Instances:
        """Return the gateway to EC2."""
        from parris.aws.instances import Instances

        return Instances(self._clients.client("ec2"))

    @cached_property
    def spot_prices(self) -> SpotPrices:
        """Return the gateway to the prices of spot instances."""
        from parris.aws.spot_prices import SpotPrices

        return SpotPrices(self._clients.client("ec2"))

    @cached_property
    def volumes(self) -> Volumes:
        """Return the gateway to the volumes of EC2."""
        from parris.aws.volumes import Volumes

        return Volumes(self._clients.client("ec2"))

    @cached_property
    def bucket(self) -> Bucket:
        """Return the gateway to the training bucket."""
        from parris.aws.bucket import Bucket

        return Bucket(self._clients.client("s3"), self._settings.training_bucket)

    @cached_property
    def user_files(self) -> UserFiles:
        """Return where trainer scripts come from."""
        from parris.aws.user_files import UserFiles

        return UserFiles(self.bucket, self._settings.layers_root)

    @cached_property
    def jobs_table(self) -> JobsTable:
        """Return the gateway to the jobs table."""
        from parris.aws.jobs_table import JobsTable

        return JobsTable(self._clients.client("dynamodb"), self._settings.jobs_table)

    @cached_property
    def closing(self) -> Closing:
        """Return the gateway to the mark that the deployment is being deleted."""
        from parris.aws.deployment_deletion import Closing

        return Closing(self._clients.client("dynamodb"), self._settings.jobs_table)

    @cached_property
    def executions(self) -> Executions:
        """Return the gateway to Step Functions."""
        from parris.aws.executions import Executions

        return Executions(self._clients.client("stepfunctions"))

    @cached_property
    def images(self) -> Images:
        """Return the gateway to machine images."""
        from parris.aws.images import Images

        ec2, ssm = self._clients.client("ec2"), self._clients.client("ssm")
        return Images(ec2, ssm)

    @cached_property
    def profiles(self) -> Profiles:
        """Return the gateway to instance profiles."""
        from parris.aws.profiles import Profiles

        return Profiles(self._clients.client("iam"))

    @cached_property
    def waker(self) -> Waker:
        """Return the gateway to the wake function."""
        from parris.aws.signals import Waker

        return Waker(self._clients.client("lambda"), self._settings.wake_function)

    @cached_property
    def prices(self) -> Prices:
        """Return the gateway to the price list."""
        from parris.aws.prices import Prices, price_list_region

        region = self._settings.region
        place = price_list_region(region)
        client = None if place is None else self._clients.client("pricing", place)
        return Prices(client, region)
