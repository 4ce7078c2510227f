"""AWS::Lambda::Alias and ::EventInvokeConfig are created. moto's CloudFormation knows neither."""

from typing import Any

from moto.awslambda.models import lambda_backends

from embedded_aws.stacks.plain_model import Made, register_type


def install() -> None:
    """Register the types."""
    register_type("AWS::Lambda::Alias", _create_alias, _delete_alias)
    register_type("AWS::Lambda::EventInvokeConfig", _create_config, _delete_config)


def _create_alias(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    alias = lambda_backends[account][region].create_alias(
        name=properties["Name"],
        function_name=properties["FunctionName"],
        function_version=properties["FunctionVersion"],
        description=properties.get("Description", ""),
        routing_config=properties.get("RoutingConfig", ""),
    )
    return Made(alias.arn, {})


def _delete_alias(physical_id: str, account: str, region: str) -> None:
    function_name, alias = physical_id.split(":")[-2:]
    lambda_backends[account][region].delete_alias(alias, function_name)


def _create_config(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    config = {k: v for k, v in properties.items() if k not in ("FunctionName", "Qualifier")}
    lambda_backends[account][region].put_function_event_invoke_config(
        properties["FunctionName"], config
    )
    return Made(properties["FunctionName"], {})


def _delete_config(physical_id: str, account: str, region: str) -> None:
    lambda_backends[account][region].delete_function_event_invoke_config(physical_id)
