"""Custom resources receive create, update and delete requests, and their responses are processed.

CloudFormation sends Create, Update and Delete to the function that ServiceToken names, waits up to
ServiceTimeout seconds for a response at ResponseURL, reads PhysicalResourceId and Data from it, and
fails the resource with its Reason. The URL is signed for a PUT without a content type. moto sends
only Create, accepts every response from anybody, and waits without limit.
"""

import contextlib
from typing import Any

from moto.cloudformation import urls
from moto.cloudformation.custom_model import CustomModel
from moto.cloudformation.responses import CloudFormationResponse

from embedded_aws.patching import wrap
from embedded_aws.stacks.custom_resources import Answer, as_texts, ask, take_answer
from embedded_aws.stacks.reasons import PlainReasonError


def install() -> None:
    """Patch the resource, and the page that receives responses."""
    wrap(CustomModel, "create_from_cloudformation_json", _make_create)
    wrap(CustomModel, "update_from_cloudformation_json", _make_update)
    wrap(CustomModel, "get_cfn_attribute", _make_get_attribute)
    CustomModel.delete = _delete  # type: ignore[attr-defined]
    wrap(CloudFormationResponse, "cfnresponse", _make_cfnresponse)
    _route_answers()


def _route_answers() -> None:
    """Route the page to the patched method: moto's routes keep what they were imported with."""
    (page,) = [path for path in urls.url_paths if path.endswith("/cfnresponse$")]
    urls.url_paths[page] = CloudFormationResponse.cfnresponse


def _make_create(original: Any) -> Any:
    def create(
        cls: Any,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **kwargs: Any,
    ) -> Any:
        identity = {
            "StackId": kwargs["StackId"],
            "LogicalResourceId": kwargs["LogicalId"],
            "ResourceType": kwargs["ResourceType"],
        }
        properties = cloudformation_json["Properties"]
        answer = ask(region_name, account_id, properties, RequestType="Create", **identity)
        return _model(cls, region_name, identity, properties, answer)

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
        old, properties = original_resource, cloudformation_json["Properties"]
        answer = ask(
            region_name,
            account_id,
            properties,
            RequestType="Update",
            PhysicalResourceId=old.physical_resource_id,
            OldResourceProperties=as_texts(old.properties),
            **old.identity,
        )
        if answer.physical_id != old.physical_resource_id:
            # A new physical id is a new resource: the old one is cleaned up, and the update does
            # not fail when that fails.
            with contextlib.suppress(PlainReasonError):
                old.delete(account_id, region_name)
        return _model(cls, region_name, old.identity, properties, answer)

    return update


def _delete(self: Any, account_id: str, region_name: str) -> None:
    ask(
        region_name,
        account_id,
        self.properties,
        RequestType="Delete",
        PhysicalResourceId=self.physical_resource_id,
        **self.identity,
    )


def _model(
    cls: Any, region: str, identity: dict[str, str], properties: dict[str, Any], answer: Answer
) -> Any:
    # moto shows its resource name as its physical id.
    model = cls(region, "", identity["LogicalResourceId"], answer.physical_id)
    model.set_data(answer.data)
    model.identity, model.properties = identity, properties
    return model


def _make_get_attribute(original: Any) -> Any:
    def get_cfn_attribute(self: Any, attribute_name: str) -> Any:
        if attribute_name not in self.data:
            raise PlainReasonError(
                f"CustomResource attribute error: Vendor response doesn't contain {attribute_name}"
                f" attribute in object {self.resource_name}"
            )
        return self.data[attribute_name]

    return get_cfn_attribute


def _make_cfnresponse(original: Any) -> Any:
    def cfnresponse(cls: Any, request: Any, full_url: str, headers: Any) -> Any:
        given = (request.args.get("RequestId", ""), request.args.get("Signature", ""))
        is_as_signed = request.method == "PUT" and not request.headers.get("Content-Type")
        if not is_as_signed or not take_answer(*given, request.get_data()):
            return 403, {}, "<Error><Code>SignatureDoesNotMatch</Code></Error>"
        return 200, {}, ""

    return cfnresponse
