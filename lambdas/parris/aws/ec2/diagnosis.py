"""EC2: what it says of an instance that is silent or did not start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from parris.aws.translate_errors import translates_errors
from parris.console import Console
from parris.errors import AwsDeniedError
from parris.timestamps import format_timestamp

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import InstanceStatusSummaryTypeDef


class InstanceDiagnosis:
    """Status checks and console output. They are for people, and decide nothing."""

    def __init__(self, client: EC2Client) -> None:
        self._client = client

    def failed_check(self, instance_id: str) -> str | None:
        """Return which of EC2's status checks of an instance fails, or None if none does.

        Checks that are still initializing, and checks without data, do not count as failures. The
        silence timeout applies without this diagnosis, so a missing permission counts as None.
        """
        try:
            return self._failed_check(instance_id)
        except AwsDeniedError:
            return None

    @translates_errors
    def _failed_check(self, instance_id: str) -> str | None:
        response = self._client.describe_instance_status(InstanceIds=[instance_id])
        for found in response["InstanceStatuses"]:
            checks = {
                "system": found.get("SystemStatus", {}),
                "instance": found.get("InstanceStatus", {}),
            }
            for name, check in checks.items():
                if check.get("Status") == "impaired":
                    return f"EC2's {name} status check of the machine fails{_since(check)}"
        return None

    def console(self, instance_id: str) -> Console:
        """Return the latest console output of an instance.

        An error of this call becomes part of the result. EC2 returns the current output of running
        Nitro instances, and output that is minutes old for all others.
        """
        text, refusal = "", ""
        for is_latest in (True, False):
            try:
                response = self._client.get_console_output(InstanceId=instance_id, Latest=is_latest)
                text = response.get("Output", "")
            except (BotoCoreError, ClientError) as err:
                refusal = str(err)
            if text:
                return Console(text)
        return Console("", refusal)


def _since(check: InstanceStatusSummaryTypeDef) -> str:
    timestamps = [
        one["ImpairedSince"] for one in check.get("Details", []) if "ImpairedSince" in one
    ]
    return f" since {format_timestamp(min(timestamps))}" if timestamps else ""
