"""CloudWatch Logs: groups and streams."""

from embedded_aws.permissions.actions.shapes import on_resource
from embedded_aws.permissions.call import Call


def group_arn(region: str, account_id: str, group: str, stream: str = "") -> str:
    """Return the ARN that Logs evaluates: it always ends with a stream, which may be empty."""
    return f"arn:aws:logs:{region}:{account_id}:log-group:{group}:log-stream:{stream}"


def _group(call: Call) -> str:
    given = call.text("logGroupIdentifier") or call.text("resourceArn")
    if given.startswith("arn:"):
        return f"{given.removesuffix(':*')}:log-stream:"
    name = call.text("logGroupName") or given or call.text("logGroupNamePrefix")
    return group_arn(call.region, call.arn("").split(":")[4], name or "*")


def _stream(call: Call) -> str:
    return f"{_group(call)}{call.text('logStreamName')}"


DEMANDS = {
    **on_resource(
        _group,
        "CreateLogGroup",
        "DeleteLogGroup",
        "DescribeLogGroups",
        "DescribeLogStreams",
        "FilterLogEvents",
        "PutRetentionPolicy",
        "DeleteRetentionPolicy",
        "ListTagsForResource",
        "TagResource",
        "StartQuery",
    ),
    **on_resource(_stream, "CreateLogStream", "DeleteLogStream", "PutLogEvents", "GetLogEvents"),
}
