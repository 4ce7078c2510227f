"""The status checks of an instance are `initializing` at first, and can fail.

moto's checks pass at once. EC2 checks the system below an instance and the instance itself, and
only while the instance is running.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from moto.ec2.models.instances import Instance

from embedded_aws.context import current, is_running
from embedded_aws.patching import wrap

INITIALIZING_FOR = timedelta(minutes=2)
"""EC2 checks every minute, and the first result takes some minutes after a launch.
Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html
"""


def install() -> None:
    """Patch the reported checks of an instance."""
    wrap(Instance, "instance_status", _make_instance_status)
    wrap(Instance, "system_status", _make_system_status)


def impair(instance: Any, at: datetime) -> None:
    """Make the instance status check fail from that time on: the system does not respond."""
    instance.impaired_since = at


def _make_instance_status(original: Any) -> Any:
    def read(self: Any) -> dict[str, Any]:
        since: datetime | None = getattr(self, "impaired_since", None)
        if self.state == "running" and since is not None:
            details = {"Name": "reachability", "Status": "failed", "ImpairedSince": since}
            return {"Status": "impaired", "Details": [details]}
        return _initializing(self) or _passed(self, original)

    return property(read)


def _make_system_status(original: Any) -> Any:
    def read(self: Any) -> dict[str, Any]:
        return _initializing(self) or _passed(self, original)

    return property(read)


def _passed(instance: Any, original: Any) -> dict[str, Any]:
    found: dict[str, Any] = original.fget(instance)
    return found


def _initializing(instance: Any) -> dict[str, Any] | None:
    if instance.state != "running" or not is_running():
        return None
    if current().clock.now() >= instance.launch_time.replace(tzinfo=UTC) + INITIALIZING_FOR:
        return None
    details = {"Name": "reachability", "Status": "initializing"}
    return {"Status": "initializing", "Details": [details]}
