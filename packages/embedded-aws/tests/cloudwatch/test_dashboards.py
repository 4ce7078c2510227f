"""A dashboard has a valid body; a stack's is created, changed in place and deleted."""

import json
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, deleted, refusal_of, settled

METRIC: dict[str, Any] = {
    "type": "metric",
    "x": 0,
    "y": 0,
    "width": 12,
    "height": 6,
    "properties": {"region": "us-east-1", "period": 3600, "metrics": [["N", "M", "D", "v"]]},
}


def dashboard(*widgets: dict[str, Any], **changed: Any) -> dict[str, Any]:
    body = json.dumps({"widgets": list(widgets)})
    properties = {"DashboardName": "board", "DashboardBody": body, **changed}
    return {"Board": {"Type": "AWS::CloudWatch::Dashboard", "Properties": properties}}


def metric(**properties: Any) -> dict[str, Any]:
    return {**METRIC, "properties": {**METRIC["properties"], **properties}}


def test_a_dashboard_is_made_changed_and_removed(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, dashboard(METRIC))
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    cloudwatch = aws.client("cloudwatch")
    found = cloudwatch.get_dashboard(DashboardName="board")
    assert json.loads(found["DashboardBody"]) == {"widgets": [METRIC]}
    template = json.dumps({"Resources": dashboard(METRIC, METRIC)})
    aws.client("cloudformation").update_stack(StackName=stack, TemplateBody=template)
    assert settled(aws, stack)["StackStatus"] == "UPDATE_COMPLETE"
    changed = cloudwatch.get_dashboard(DashboardName="board")["DashboardBody"]
    assert len(json.loads(changed)["widgets"]) == 2
    deleted(aws, stack)
    assert cloudwatch.list_dashboards()["DashboardEntries"] == []


@pytest.mark.parametrize(
    ("widget", "reason"),
    [
        ({**METRIC, "type": "chart"}, "/widgets/0/type"),
        ({**METRIC, "x": 13}, "24 columns"),
        ({**METRIC, "height": 0}, "/height"),
        (metric(metrics=[["N", "M", "D"]]), "/metrics/0 needs"),
        (metric(metrics=[[".", "M", "D", "v"]]), "/metrics/0 repeats"),
        (metric(period=90), "/period"),
        (metric(view="map"), "/view"),
        ({"type": "log", "properties": {"region": "us-east-1"}}, "/query is required"),
        ({"type": "alarm", "properties": {}}, "/alarms is required"),
    ],
)
def test_a_widget_that_is_not_as_documented_is_refused(
    aws: EmbeddedAws, widget: dict[str, Any], reason: str
) -> None:
    cloudwatch = aws.client("cloudwatch")
    with pytest.raises(cloudwatch.exceptions.DashboardInvalidInputError, match=reason):
        cloudwatch.put_dashboard(
            DashboardName="board", DashboardBody=json.dumps({"widgets": [widget]})
        )


def test_a_stack_with_such_a_dashboard_is_rolled_back(aws: EmbeddedAws) -> None:
    assert "no JSON" in refusal_of(aws, dashboard(DashboardBody="{"))
