import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.session import get_session

from embedded_aws import EmbeddedAws
from embedded_aws.request_checks.patterns import compile_pattern
from embedded_aws_helpers.builders import create_table, run

USED_SERVICES = [
    *("cloudformation", "cloudwatch", "dynamodb", "ec2", "events", "iam", "iot", "lambda", "logs"),
    *("pricing", "s3", "scheduler", "sns", "sqs", "ssm", "stepfunctions", "sts"),
]
JSON_TARGET = {"X-Amz-Target": "DynamoDB_20120810.GetItem"}


def careless_client(aws: EmbeddedAws, service: str) -> Any:
    """Return a client without its own validation, like the engine's."""
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
    return boto3.session.Session().client(
        service,  # type: ignore[call-overload]
        endpoint_url=aws.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=aws.context.administrator.id,
        aws_secret_access_key=aws.context.administrator.secret,
        config=config,
    )


def post(
    aws: EmbeddedAws, service: str, body: str, content_type: str, headers: dict[str, str]
) -> str:
    """Send what no AWS client would, and return the response's body."""
    key = aws.context.administrator
    signed = AWSRequest("POST", f"{aws.endpoint_url}/", headers, body.encode())
    signed.headers["Content-Type"] = content_type
    SigV4Auth(Credentials(key.id, key.secret), service, "us-east-1").add_auth(signed)
    request = urllib.request.Request(
        f"{aws.endpoint_url}/", body.encode(), dict(signed.headers.items())
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode()


@pytest.mark.parametrize(
    ("service", "operation", "params", "words"),
    [
        (
            "lambda",
            "invoke",
            {"FunctionName": "a b", "Payload": b"{}"},
            "ValidationException.*'a b' at 'FunctionName'.*regular expression pattern",
        ),
        (
            "iam",
            "create_role",
            {"RoleName": "x" * 65, "AssumeRolePolicyDocument": "{}"},
            "ValidationError.*'RoleName'.*length less than or equal to 64",
        ),
        (
            "stepfunctions",
            "describe_execution",
            {"executionArn": ""},
            "ValidationException.*'executionArn'.*length greater than or equal to 1",
        ),
        (
            "stepfunctions",
            "get_execution_history",
            {"executionArn": "arn:aws:states:::x", "maxResults": 1001},
            "ValidationException.*'1001' at 'maxResults'.*value less than or equal to 1000",
        ),
        (
            "cloudformation",
            "create_stack",
            {"StackName": "s", "Capabilities": ["CAPABILITY_ALL"]},
            r"ValidationError.*'Capabilities\[0\]'.*enum value set: \[CAPABILITY_IAM",
        ),
        (
            "logs",
            "put_log_events",
            {"logGroupName": "g", "logStreamName": "a:b", "logEvents": []},
            "InvalidParameterException.*2 validation errors detected.*'logStreamName'.*'logEvents'",
        ),
        (
            "ec2",
            "run_instances",
            {"ImageId": "ami-1", "MinCount": 1},
            "MissingParameter.*'MaxCount'.*must not be null",
        ),
        (
            "ec2",
            "run_instances",
            {
                "ImageId": "ami-1",
                "MinCount": 1,
                "MaxCount": 1,
                "InstanceInitiatedShutdownBehavior": "halt",
            },
            "InvalidParameterValue.*'halt' at 'InstanceInitiatedShutdownBehavior'",
        ),
        (
            "s3",
            "create_bucket",
            {"Bucket": "a-bucket", "ACL": "everybody"},
            "InvalidArgument.*'everybody' at 'ACL'",
        ),
        (
            "dynamodb",
            "get_item",
            {"TableName": "jobs", "Key": {"item": {"S": "x"}}, "ConsistentRead": "yes"},
            "ValidationException.*'ConsistentRead'.*of type boolean",
        ),
    ],
)
def test_what_the_model_does_not_allow_is_refused_in_the_services_own_way(
    aws: EmbeddedAws, service: str, operation: str, params: dict[str, Any], words: str
) -> None:
    with pytest.raises(ClientError, match=f"(?s){words}"):
        getattr(careless_client(aws, service), operation)(**params)


def test_a_member_that_the_model_does_not_have_is_refused_in_json(aws: EmbeddedAws) -> None:
    body = {"TableName": "jobs", "Key": {"item": {"S": "x", "Text": "y"}}, "Consistent": True}
    answer = post(aws, "dynamodb", json.dumps(body), "application/x-amz-json-1.0", JSON_TARGET)
    assert "'Key.item.Text'" in answer
    assert "'Consistent'" in answer
    assert "not in the model" in answer


def test_a_field_that_the_model_does_not_have_is_refused_in_a_form(aws: EmbeddedAws) -> None:
    fields = {
        "Action": "DescribeStacks",
        "Version": "2010-05-15",
        "StackName": "s",
        "Tags.member.1.Key": "x",
    }
    form = "application/x-www-form-urlencoded"
    answer = post(aws, "cloudformation", urllib.parse.urlencode(fields), form, {})
    assert "'Tags.member.1.Key'" in answer


def test_a_call_that_a_state_makes_is_checked_too(aws: EmbeddedAws) -> None:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:dynamodb:updateItem",
        "Parameters": {
            "TableName": create_table(aws),
            "Key": {"item": {"S": "x"}},
            "ReturnValues": "EVERYTHING",
        },
        "End": True,
    }
    ended = run(aws, {"Write": state})
    assert ended["error"] == "DynamoDb.DynamoDbException"  # the code is in no model
    assert "'EVERYTHING' at 'ReturnValues'" in ended["cause"]


def test_a_sound_request_with_a_large_body_arrives_whole(aws: EmbeddedAws) -> None:
    s3 = careless_client(aws, "s3")
    s3.create_bucket(Bucket="a-bucket")
    s3.put_object(Bucket="a-bucket", Key="a key", Body=b"x" * 3_000_000)
    assert s3.head_object(Bucket="a-bucket", Key="a key")["ContentLength"] == 3_000_000


@pytest.mark.parametrize(
    ("pattern", "fitting", "unfitting"),
    [
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "Größe 1:2", "a\nb"),
        (r"\p{ASCII}*", "a~\n", "é"),
        (r"[^\p{C}]+", "a b", "a\x07b"),
        (r"[\w-_]*", "a-b_c", "a b"),
        (r"[a-z]+", "abc", "abc\n"),
    ],
)
def test_javas_patterns_are_read(pattern: str, fitting: str, unfitting: str) -> None:
    compiled = compile_pattern(pattern)
    assert compiled is not None
    assert compiled.fullmatch(fitting)
    assert not compiled.fullmatch(unfitting)


def test_the_patterns_that_cannot_be_read_are_these_and_none_that_is_used_here() -> None:
    unread = set()
    for service in USED_SERVICES:
        model = get_session().get_service_model(service)
        for name in model.shape_names:
            pattern = model.shape_for(name).metadata.get("pattern")
            if pattern and compile_pattern(pattern) is None:
                unread.add(f"{service}.{name}")
    assert unread == {"dynamodb.AutoScalingRoleArn"}
