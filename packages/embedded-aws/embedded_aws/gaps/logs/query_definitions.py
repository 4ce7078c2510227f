"""Saved queries of Logs Insights: PutQueryDefinition, DescribeQueryDefinitions, their deletion.

moto has none of them. Source:
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
"""

import json
import uuid
from typing import Any

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogsBackend, logs_backends
from moto.logs.responses import LogsResponse

from embedded_aws.context import current

_KEPT = "embedded_query_definitions"


def install() -> None:
    """Add the three operations."""
    for operation in (put_query_definition, describe_query_definitions, delete_query_definition):
        setattr(LogsResponse, operation.__name__, operation)


def query_definitions(backend: LogsBackend) -> dict[str, dict[str, Any]]:
    """Return the saved queries of a Region, by id."""
    found: dict[str, dict[str, Any]] = vars(backend).setdefault(_KEPT, {})
    return found


def save_query(account: str, region: str, given: dict[str, Any]) -> str:
    """Save a query, in place of the one with its `queryDefinitionId`, and return its id.

    Raises:
        ResourceNotFoundException: when it names one that does not exist.
    """
    kept = query_definitions(logs_backends[account][region])
    query_id = str(given.get("queryDefinitionId") or uuid.uuid4())
    if "queryDefinitionId" in given and query_id not in kept:
        raise ResourceNotFoundException("The specified query definition does not exist.")
    kept[query_id] = {
        "queryDefinitionId": query_id,
        "name": given["name"],
        "queryString": given["queryString"],
        "logGroupNames": given.get("logGroupNames", []),
        "lastModified": int(current().clock.now().timestamp() * 1000),
    }
    return query_id


def put_query_definition(response: LogsResponse) -> str:
    """Respond to PutQueryDefinition."""
    backend = response.logs_backend
    query_id = save_query(backend.account_id, backend.region_name, json.loads(response.body))
    return json.dumps({"queryDefinitionId": query_id})


def describe_query_definitions(response: LogsResponse) -> str:
    """Respond to DescribeQueryDefinitions, on one page."""
    prefix = json.loads(response.body).get("queryDefinitionNamePrefix", "")
    kept = query_definitions(response.logs_backend).values()
    found = [one for one in kept if one["name"].startswith(prefix)]
    return json.dumps({"queryDefinitions": found})


def delete_query_definition(response: LogsResponse) -> str:
    """Respond to DeleteQueryDefinition."""
    query_id = json.loads(response.body)["queryDefinitionId"]
    if query_definitions(response.logs_backend).pop(query_id, None) is None:
        raise ResourceNotFoundException("The specified query definition does not exist.")
    return json.dumps({"success": True})
