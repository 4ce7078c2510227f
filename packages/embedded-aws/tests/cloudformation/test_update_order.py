import json
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_function, create_stack, settled

# Tells in a bucket which topics there are while it is asked.
LOOKER = """
import json, urllib.request
import boto3

def handle(event, context):
    topics = [one["TopicArn"] for one in boto3.client("sns").list_topics()["Topics"]]
    boto3.client("s3").put_object(
        Bucket="seen", Key=event["RequestType"], Body=json.dumps(topics)
    )
    answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "SUCCESS", "PhysicalResourceId": "looker"}
    request = urllib.request.Request(
        event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT"
    )
    urllib.request.urlopen(request)
"""


def resources(function: str, topic: str) -> dict[str, Any]:
    properties = {"ServiceToken": function, "Topic": {"Ref": topic}}
    return {
        topic: {"Type": "AWS::SNS::Topic"},
        "Looker": {"Type": "Custom::Looker", "Properties": properties},
    }


def test_what_the_new_template_lacks_is_there_until_all_else_is_changed(aws: EmbeddedAws) -> None:
    s3, sns = aws.client("s3"), aws.client("sns")
    s3.create_bucket(Bucket="seen")
    function = create_function(aws, LOOKER)
    stack = create_stack(aws, resources(function, "Old"))
    settled(aws, stack)
    body = json.dumps({"Resources": resources(function, "New")})
    aws.client("cloudformation").update_stack(StackName=stack, TemplateBody=body)
    assert settled(aws, stack)["StackStatus"] == "UPDATE_COMPLETE"

    seen = json.loads(s3.get_object(Bucket="seen", Key="Update")["Body"].read())
    assert sorted("Old" in arn for arn in seen) == [False, True]
    (left,) = sns.list_topics()["Topics"]
    assert "New" in left["TopicArn"]
