"""The gateways to AWS, each made when it is first asked for: a cold start pays for no other."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from parris.aws.bucket import Bucket
from parris.aws.closing import Closing
from parris.aws.executions import Executions
from parris.aws.images import Images
from parris.aws.instances import Instances
from parris.aws.jobs_table import JobsTable
from parris.aws.prices import PRICE_LIST_REGION, Prices
from parris.aws.profiles import Profiles
from parris.aws.spot_prices import SpotPrices
from parris.aws.stacks import Stacks
from parris.aws.user_files import UserFiles
from parris.aws.volumes import Volumes
from parris.aws.waker import Waker

if TYPE_CHECKING:
    from parris.settings import Settings

# Short: what these few tries do not heal, the state machine retries with a longer breath.
_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 3},
    connect_timeout=5,
    read_timeout=20,
    user_agent_extra="parris",
)


class Gateways:
    """AWS as one deployment's Lambdas use it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def stacks(self) -> Stacks:
        """Return the gateway to CloudFormation."""
        return Stacks(boto3.client("cloudformation", config=_CONFIG))

    @cached_property
    def instances(self) -> Instances:
        """Return the gateway to EC2."""
        return Instances(boto3.client("ec2", config=_CONFIG))

    @cached_property
    def spot_prices(self) -> SpotPrices:
        """Return the gateway to the prices of spot instances."""
        return SpotPrices(boto3.client("ec2", config=_CONFIG))

    @cached_property
    def volumes(self) -> Volumes:
        """Return the gateway to the volumes of EC2."""
        return Volumes(boto3.client("ec2", config=_CONFIG))

    @cached_property
    def bucket(self) -> Bucket:
        """Return the gateway to the training bucket."""
        return Bucket(boto3.client("s3", config=_CONFIG), self._settings.training_bucket)

    @cached_property
    def user_files(self) -> UserFiles:
        """Return where trainer scripts come from."""
        return UserFiles(self.bucket, self._settings.layers_root)

    @cached_property
    def jobs_table(self) -> JobsTable:
        """Return the gateway to the jobs table."""
        return JobsTable(boto3.client("dynamodb", config=_CONFIG), self._settings.jobs_table)

    @cached_property
    def closing(self) -> Closing:
        """Return the gateway to the mark that the deployment is being deleted."""
        return Closing(boto3.client("dynamodb", config=_CONFIG), self._settings.jobs_table)

    @cached_property
    def executions(self) -> Executions:
        """Return the gateway to Step Functions."""
        return Executions(boto3.client("stepfunctions", config=_CONFIG))

    @cached_property
    def images(self) -> Images:
        """Return the gateway to machine images."""
        ec2, ssm = boto3.client("ec2", config=_CONFIG), boto3.client("ssm", config=_CONFIG)
        return Images(ec2, ssm)

    @cached_property
    def profiles(self) -> Profiles:
        """Return the gateway to instance profiles."""
        return Profiles(boto3.client("iam", config=_CONFIG))

    @cached_property
    def waker(self) -> Waker:
        """Return the gateway to the wake function."""
        return Waker(boto3.client("lambda", config=_CONFIG), self._settings.wake_function)

    @cached_property
    def prices(self) -> Prices:
        """Return the gateway to the price list."""
        client = boto3.client("pricing", region_name=PRICE_LIST_REGION, config=_CONFIG)
        return Prices(client, self._settings.region)
