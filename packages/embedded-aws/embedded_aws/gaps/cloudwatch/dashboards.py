"""A dashboard whose body is not as documented is refused; one of a stack is changed in place.

moto checks only that the body of PutDashboard is JSON, and a dashboard of a stack not even that.
Source:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from typing import Any

from moto.cloudwatch.exceptions import DashboardInvalidInputError
from moto.cloudwatch.models import CloudWatchBackend, Dashboard

from embedded_aws.dashboard_body import violations_in
from embedded_aws.patching import wrap
from embedded_aws.stacks.api_properties import CreatingCall, same_names

_CALL = CreatingCall("cloudwatch", "PutDashboard", same_names("DashboardName", "DashboardBody"))


def install() -> None:
    """Patch the creation of a dashboard, and how CloudFormation creates, changes and deletes it."""
    wrap(CloudWatchBackend, "put_dashboard", _make_put)
    wrap(Dashboard, "create_from_cloudformation_json", _make_create)
    wrap(Dashboard, "update_from_cloudformation_json", _make_update)


def _make_put(original: Any) -> Any:
    def put_dashboard(self: Any, name: str, body: str) -> Any:
        violations = violations_in(body)
        if violations:
            raise DashboardInvalidInputError(
                f"The field DashboardBody must be valid: {'; '.join(violations)}"
            )
        return original(self, name, body)

    return put_dashboard


def _make_create(original: Any) -> Any:
    def create(
        cls: Any, resource_name: str, cloudformation_json: Any, *place: Any, **named: Any
    ) -> Any:
        properties = {"DashboardName": resource_name, **cloudformation_json["Properties"]}
        _CALL.parameters(properties)
        return original(
            cls, resource_name, {**cloudformation_json, "Properties": properties}, *place, **named
        )

    return create


def _make_update(original: Any) -> Any:
    def update(
        cls: Any,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Any:
        properties = {"DashboardName": original_resource.name, **cloudformation_json["Properties"]}
        whole = {**cloudformation_json, "Properties": properties}
        if properties["DashboardName"] != original_resource.name:
            return original(
                cls, original_resource, new_resource_name, whole, account_id, region_name
            )
        return cls.create_from_cloudformation_json(
            new_resource_name, whole, account_id, region_name
        )

    return update
