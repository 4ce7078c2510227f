"""AWS::Logs::QueryDefinition is created, changed in place and deleted. moto does not know it.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-querydefinition.html
"""

from typing import Any

from moto.logs.models import logs_backends

from embedded_aws.gaps.logs.query_definitions import query_definitions, save_query
from embedded_aws.stacks.api_properties import CreatingCall
from embedded_aws.stacks.plain_model import Made, register_type

_CALL = CreatingCall(
    "logs",
    "PutQueryDefinition",
    {"Name": "name", "QueryString": "queryString", "LogGroupNames": "logGroupNames"},
)


def install() -> None:
    """Register the type."""
    register_type(
        "AWS::Logs::QueryDefinition", _create, _delete, ("QueryDefinitionId",), update=_update
    )


def _create(name: str, properties: dict[str, Any], account: str, region: str) -> Made:
    query_id = save_query(account, region, _CALL.parameters(properties))
    return Made(query_id, {"QueryDefinitionId": query_id})


def _update(physical_id: str, properties: dict[str, Any], account: str, region: str) -> Made:
    given = {**_CALL.parameters(properties), "queryDefinitionId": physical_id}
    return Made(save_query(account, region, given), {"QueryDefinitionId": physical_id})


def _delete(physical_id: str, account: str, region: str) -> None:
    query_definitions(logs_backends[account][region]).pop(physical_id, None)
