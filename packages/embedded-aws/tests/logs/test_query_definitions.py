"""Queries are saved, listed by prefix, replaced and deleted."""

import pytest

from embedded_aws import EmbeddedAws


def test_queries_are_saved_listed_replaced_and_deleted(aws: EmbeddedAws) -> None:
    logs = aws.client("logs")
    first = logs.put_query_definition(name="a/one", queryString="fields @message")
    logs.put_query_definition(name="b/two", queryString="fields @message", logGroupNames=["group"])
    query_id = first["queryDefinitionId"]
    logs.put_query_definition(name="a/1", queryString="limit 5", queryDefinitionId=query_id)
    (found,) = logs.describe_query_definitions(queryDefinitionNamePrefix="a/")["queryDefinitions"]
    assert found["queryDefinitionId"] == query_id
    assert (found["name"], found["queryString"]) == ("a/1", "limit 5")
    assert logs.delete_query_definition(queryDefinitionId=query_id)["success"]
    (left,) = logs.describe_query_definitions()["queryDefinitions"]
    assert left["logGroupNames"] == ["group"]
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.delete_query_definition(queryDefinitionId=query_id)
