"""AWS::Logs::QueryDefinition is checked, created, changed in place and deleted."""

import json
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, deleted, refusal_of, settled


def query(**changed: Any) -> dict[str, Any]:
    properties = {"Name": "folder/one", "QueryString": "limit 5", **changed}
    return {"Query": {"Type": "AWS::Logs::QueryDefinition", "Properties": properties}}


def test_a_query_is_made_changed_and_removed(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, query(LogGroupNames=["/group"]))
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    logs = aws.client("logs")
    (made,) = logs.describe_query_definitions()["queryDefinitions"]
    assert (made["name"], made["logGroupNames"]) == ("folder/one", ["/group"])
    template = json.dumps({"Resources": query(QueryString="limit 6")})
    aws.client("cloudformation").update_stack(StackName=stack, TemplateBody=template)
    assert settled(aws, stack)["StackStatus"] == "UPDATE_COMPLETE"
    (changed,) = logs.describe_query_definitions()["queryDefinitions"]
    assert changed["queryDefinitionId"] == made["queryDefinitionId"]
    assert changed["queryString"] == "limit 6"
    deleted(aws, stack)
    assert logs.describe_query_definitions()["queryDefinitions"] == []


def test_a_query_that_aws_would_refuse_is_refused(aws: EmbeddedAws) -> None:
    assert "at 'logGroupNames[0]'" in refusal_of(aws, query(LogGroupNames=["with a blank"]))
