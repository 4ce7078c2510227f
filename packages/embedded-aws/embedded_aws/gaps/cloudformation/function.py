"""AWS::Lambda::Function and AWS::Lambda::LayerVersion have all properties of the template.

moto ignores a function's Layers, Architectures, TracingConfig, LoggingConfig, EphemeralStorage and
Tags, and a `Ref` to a layer version is not its ARN.
"""

from typing import Any

from moto.awslambda.models import LambdaFunction, LayerVersion, lambda_backends

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the creation and update of functions, and the layer's `Ref`."""
    wrap(LambdaFunction, "create_from_cloudformation_json", _make_create)
    wrap(LambdaFunction, "update_from_cloudformation_json", _make_update)
    LayerVersion.physical_resource_id = property(lambda self: self.arn)  # type: ignore[attr-defined]
    wrap(LayerVersion, "delete_from_cloudformation_json", _make_delete_layer)


def _make_create(original: Any) -> Any:
    def create(
        cls: Any,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **kwargs: Any,
    ) -> Any:
        function = original(
            cls, resource_name, cloudformation_json, account_id, region_name, **kwargs
        )
        _keep(function, cloudformation_json["Properties"])
        return function

    return create


def _make_update(original: Any) -> Any:
    def update(cls: Any, original_resource: Any, **kwargs: Any) -> Any:
        function = original(cls, original_resource=original_resource, **kwargs)
        _keep(function, kwargs["cloudformation_json"]["Properties"])
        return function

    return update


def _keep(function: Any, properties: dict[str, Any]) -> None:
    function.layers = function._get_layers_data(properties.get("Layers", []))
    function.architectures = properties.get("Architectures", ["x86_64"])
    function.tracing_config = properties.get("TracingConfig", {"Mode": "PassThrough"})
    function.ephemeral_storage = properties.get("EphemeralStorage", {"Size": 512})["Size"]
    function.tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    function.timeout = int(function.timeout)
    function.memory_size = int(function.memory_size)
    log_group = properties.get("LoggingConfig", {}).get("LogGroup")
    function.logs_group_name = log_group or f"/aws/lambda/{function.function_name}"


def _make_delete_layer(original: Any) -> Any:
    def delete(
        cls: Any,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> None:
        name, version = resource_name.split(":")[-2:]
        lambda_backends[account_id][region_name].delete_layer_version(name, version)

    return delete
