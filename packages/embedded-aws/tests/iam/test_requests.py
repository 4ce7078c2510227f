import json
import urllib.error
import urllib.request
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws.permissions.actions import known_operations
from embedded_aws.permissions.decisions import Decision, iterate_decisions
from embedded_aws.permissions.documents import Demand
from embedded_aws_helpers.builders import create_table
from embedded_aws_helpers.roles import (
    ACCOUNT_ID,
    EVERYTHING,
    acting_as,
    allow,
    client_that_may,
    deny,
    document,
    make_role,
)

TABLES = f"arn:aws:dynamodb:us-east-1:{ACCOUNT_ID}:table"
KEY = {"item": {"S": "one"}}
ALWAYS = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


def refusal(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    found = error.value.response["Error"]
    return found["Code"], found["Message"]


def test_a_role_may_do_what_its_policy_allows_and_nothing_else(strict_aws: EmbeddedAws) -> None:
    create_table(strict_aws)
    client = client_that_may(strict_aws, "dynamodb", allow("dynamodb:PutItem", f"{TABLES}/jobs"))
    client.put_item(TableName="jobs", Item=KEY)
    with pytest.raises(ClientError) as error:
        client.get_item(TableName="jobs", Key=KEY)
    assert refusal(error) == (
        "AccessDeniedException",
        f"User: arn:aws:sts::{ACCOUNT_ID}:assumed-role/role-0/test is not authorized to perform: "
        f"dynamodb:GetItem on resource: {TABLES}/jobs because no identity-based policy allows the "
        "dynamodb:GetItem action",
    )
    items = (("dynamodb:leadingkeys", ("one",)),)
    assert list(iterate_decisions()) == [
        Decision("role-0", Demand(f"dynamodb:{action}", f"{TABLES}/jobs", items), "us-east-1", may)
        for action, may in (("PutItem", True), ("GetItem", False))
    ]


@pytest.mark.parametrize(
    ("service", "operation", "request_", "code"),
    [
        ("dynamodb", "scan", {"TableName": "t"}, "AccessDeniedException"),
        ("stepfunctions", "list_state_machines", {}, "AccessDeniedException"),
        ("pricing", "get_products", {"ServiceCode": "AmazonEC2"}, "AccessDeniedException"),
        ("lambda", "get_function", {"FunctionName": "f"}, "AccessDeniedException"),
        ("scheduler", "get_schedule", {"Name": "s"}, "AccessDeniedException"),
        ("cloudformation", "describe_stacks", {"StackName": "s"}, "AccessDenied"),
        ("iam", "get_role", {"RoleName": "r"}, "AccessDenied"),
        ("sns", "publish", {"TopicArn": "arn:aws:sns:us-east-1:1:t", "Message": "m"},
         "AuthorizationError"),
        ("ec2", "describe_instances", {}, "UnauthorizedOperation"),
        ("s3", "get_object", {"Bucket": "b", "Key": "k"}, "AccessDenied"),
        ("s3", "head_object", {"Bucket": "b", "Key": "k"}, "403"),
    ],
)  # fmt: skip
def test_a_refusal_has_the_code_of_its_service(
    strict_aws: EmbeddedAws, service: str, operation: str, request_: Any, code: str
) -> None:
    client = client_that_may(strict_aws, service)
    with pytest.raises(ClientError) as error:
        getattr(client, operation)(**request_)
    assert refusal(error)[0] == code
    if code != "403":
        assert "is not authorized to perform" in refusal(error)[1]


def test_an_explicit_deny_wins(strict_aws: EmbeddedAws) -> None:
    create_table(strict_aws)
    client = client_that_may(strict_aws, "dynamodb", EVERYTHING, deny("dynamodb:DeleteItem"))
    client.put_item(TableName="jobs", Item=KEY)
    with pytest.raises(ClientError, match="with an explicit deny in an identity-based policy"):
        client.delete_item(TableName="jobs", Key=KEY)


def test_items_may_be_bound_to_their_partition(strict_aws: EmbeddedAws) -> None:
    create_table(strict_aws)
    leading = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "mine#*"}}
    client = client_that_may(strict_aws, "dynamodb", {**EVERYTHING, "Condition": leading})

    def use(item: str) -> None:
        (name,) = KEY
        key = {name: {"S": item}}
        client.put_item(TableName="jobs", Item=key)
        client.update_item(TableName="jobs", Key=key, UpdateExpression="REMOVE note")
        client.query(
            TableName="jobs",
            KeyConditionExpression="#key = :key",
            ExpressionAttributeNames={"#key": name},
            ExpressionAttributeValues={":key": {"S": item}},
        )

    use("mine#1")
    with pytest.raises(ClientError, match="dynamodb:PutItem"):
        use("others#1")
    key = {next(iter(KEY)): {"S": "others#1"}}
    with pytest.raises(ClientError, match="dynamodb:DeleteItem"):
        client.delete_item(TableName="jobs", Key=key)


def test_a_missing_object_is_denied_without_permission_to_list_the_bucket(
    strict_aws: EmbeddedAws,
) -> None:
    strict_aws.client("s3").create_bucket(Bucket="bucket-of-a-test")
    strict_aws.client("s3").put_object(Bucket="bucket-of-a-test", Key="jobs/there", Body=b"1")
    read = allow("s3:GetObject", "arn:aws:s3:::bucket-of-a-test/jobs/*")
    blind = client_that_may(strict_aws, "s3", read)
    assert blind.get_object(Bucket="bucket-of-a-test", Key="jobs/there")["Body"].read() == b"1"
    with pytest.raises(ClientError, match="s3:ListBucket"):
        blind.get_object(Bucket="bucket-of-a-test", Key="jobs/missing")
    with pytest.raises(ClientError, match="403"):
        blind.head_object(Bucket="bucket-of-a-test", Key="jobs/missing")
    seeing = client_that_may(
        strict_aws, "s3", read, allow("s3:ListBucket", "arn:aws:s3:::bucket-of-a-test")
    )
    with pytest.raises(ClientError) as error:
        seeing.get_object(Bucket="bucket-of-a-test", Key="jobs/missing")
    assert refusal(error)[0] == "NoSuchKey"


def test_a_bucket_may_be_listed_below_a_prefix_only(strict_aws: EmbeddedAws) -> None:
    strict_aws.client("s3").create_bucket(Bucket="bucket-of-a-test")
    below = {"StringLike": {"s3:prefix": "jobs/*"}}
    client = client_that_may(
        strict_aws, "s3", allow("s3:ListBucket", "arn:aws:s3:::bucket-of-a-test", Condition=below)
    )
    assert client.list_objects_v2(Bucket="bucket-of-a-test", Prefix="jobs/one")["KeyCount"] == 0
    with pytest.raises(ClientError, match="s3:ListBucket"):
        client.list_objects_v2(Bucket="bucket-of-a-test", Prefix="uploads/")


def test_the_tags_of_an_instance_decide_who_may_stop_it(strict_aws: EmbeddedAws) -> None:
    ours, others = (launch(strict_aws.client("ec2"), owner) for owner in ("us", "others"))
    about = {"StringEquals": {"aws:ResourceTag/owner": "us"}}
    client = client_that_may(strict_aws, "ec2", allow("ec2:StopInstances", "*", Condition=about))
    client.stop_instances(InstanceIds=[ours])
    with pytest.raises(ClientError) as error:
        client.stop_instances(InstanceIds=[others])
    assert refusal(error)[0] == "UnauthorizedOperation"
    assert f"instance/{others}" in refusal(error)[1]


def test_a_launch_asks_for_all_that_it_makes_and_uses(strict_aws: EmbeddedAws) -> None:
    arn = f"arn:aws:ec2:us-east-1:{ACCOUNT_ID}"
    tagged = {"StringEquals": {"aws:RequestTag/owner": "us"}}
    at_launch = {"StringEquals": {"ec2:CreateAction": "RunInstances"}}
    client = client_that_may(
        strict_aws,
        "ec2",
        allow("ec2:RunInstances", f"{arn}:instance/*", Condition=tagged),
        allow("ec2:RunInstances", ["arn:aws:ec2:us-east-1::image/*", f"{arn}:subnet/*"]),
        allow("ec2:RunInstances", [f"{arn}:security-group/*", f"{arn}:network-interface/*"]),
        allow("ec2:RunInstances", f"{arn}:volume/*"),
        allow("ec2:CreateTags", f"{arn}:instance/*", Condition=at_launch),
    )
    instance_id = launch(client, "us")
    with pytest.raises(ClientError, match=r"ec2:RunInstances on resource: .*:instance/"):
        launch(client, "others")
    with pytest.raises(ClientError, match=r"ec2:RunInstances on resource: .*:key-pair/mine"):
        launch(client, "us", KeyName="mine")
    with pytest.raises(ClientError, match="ec2:CreateTags"):
        client.create_tags(Resources=[instance_id], Tags=[{"Key": "owner", "Value": "me"}])


def test_passing_a_role_needs_a_permission_for_that_service(
    strict_aws: EmbeddedAws,
) -> None:
    role_arn = make_role(strict_aws, "machines", trusts={"Service": "states.amazonaws.com"})
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
    request = {"name": "m", "definition": definition, "roleArn": role_arn}
    may_create = allow("states:CreateStateMachine")
    to_lambda = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    to_states = {"StringEquals": {"iam:PassedToService": "states.amazonaws.com"}}
    for condition in (to_lambda, to_states):
        hand_over = allow("iam:PassRole", role_arn, Condition=condition)
        client = client_that_may(strict_aws, "stepfunctions", may_create, hand_over)
        if condition is to_states:
            client.create_state_machine(**request)
        else:
            with pytest.raises(ClientError, match=f"iam:PassRole on resource: {role_arn}"):
                client.create_state_machine(**request)


def test_a_role_cannot_be_assumed_without_its_trust(strict_aws: EmbeddedAws) -> None:
    role_arn = make_role(strict_aws, "functions", trusts={"Service": "lambda.amazonaws.com"})
    with pytest.raises(ClientError) as error:
        strict_aws.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="me")
    assert refusal(error)[0] == "AccessDenied"
    with pytest.raises(ClientError) as error:
        strict_aws.client("sts").assume_role(RoleArn=f"{role_arn}-2", RoleSessionName="me")
    assert refusal(error)[0] == "AccessDenied"


def test_every_caller_may_query_its_identity(strict_aws: EmbeddedAws) -> None:
    found = client_that_may(strict_aws, "sts").get_caller_identity()
    assert found["Arn"] == f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/role-0/test"


def test_a_boundary_and_a_sessions_policy_limit_what_a_role_may_do(
    strict_aws: EmbeddedAws,
) -> None:
    create_table(strict_aws)
    reading = document(allow("dynamodb:GetItem"))
    boundary = strict_aws.client("iam").create_policy(PolicyName="b", PolicyDocument=reading)
    bound = make_role(
        strict_aws, "bound", EVERYTHING, PermissionsBoundary=boundary["Policy"]["Arn"]
    )
    free = make_role(strict_aws, "free", EVERYTHING)
    clients = {
        "permissions boundary": acting_as(strict_aws, bound, "dynamodb"),
        "session policy": acting_as(strict_aws, free, "dynamodb", Policy=reading),
    }
    for kind, client in clients.items():
        client.get_item(TableName="jobs", Key=KEY)
        with pytest.raises(ClientError, match=f"because no {kind} allows"):
            client.put_item(TableName="jobs", Item=KEY)


def test_a_role_within_a_boundary_may_be_the_only_kind_whose_policies_can_be_changed(
    strict_aws: EmbeddedAws,
) -> None:
    iam = strict_aws.client("iam")
    boundary = iam.create_policy(PolicyName="boundary", PolicyDocument=document(EVERYTHING))
    arn = boundary["Policy"]["Arn"]
    within = {"StringEquals": {"iam:PermissionsBoundary": arn}}
    client = client_that_may(strict_aws, "iam", allow("iam:PutRolePolicy", Condition=within))
    make_role(strict_aws, "bounded", PermissionsBoundary=arn)
    make_role(strict_aws, "free")

    policy = {"PolicyName": "more", "PolicyDocument": document(EVERYTHING)}
    client.put_role_policy(RoleName="bounded", **policy)
    with pytest.raises(ClientError, match="AccessDenied"):
        client.put_role_policy(RoleName="free", **policy)


def test_a_role_with_tags_needs_the_right_to_tag_too(strict_aws: EmbeddedAws) -> None:
    roles = f"arn:aws:iam::{ACCOUNT_ID}:role/*"
    request = {"RoleName": "made", "AssumeRolePolicyDocument": json.dumps({"Statement": []})}
    tags = [{"Key": "owner", "Value": "ada"}]
    creator = client_that_may(strict_aws, "iam", allow("iam:CreateRole", roles))
    with pytest.raises(ClientError) as error:
        creator.create_role(**request, Tags=tags)
    assert "iam:TagRole" in refusal(error)[1]
    own = {"StringEquals": {"aws:RequestTag/owner": "ada"}}
    both = (allow("iam:CreateRole", roles), {**allow("iam:TagRole", roles), "Condition": own})
    assert client_that_may(strict_aws, "iam", *both).create_role(**request, Tags=tags)


def test_aws_own_managed_policies_can_be_attached(strict_aws: EmbeddedAws) -> None:
    role_arn = make_role(strict_aws, "writer")
    strict_aws.client("iam").attach_role_policy(RoleName="writer", PolicyArn=ALWAYS)
    logs = acting_as(strict_aws, role_arn, "logs")
    logs.create_log_group(logGroupName="g")
    with pytest.raises(ClientError, match="logs:DeleteLogGroup"):
        logs.delete_log_group(logGroupName="g")


def test_a_user_has_his_own_policies(strict_aws: EmbeddedAws) -> None:
    create_table(strict_aws)
    iam = strict_aws.client("iam")
    iam.create_user(UserName="anna")
    iam.put_user_policy(
        UserName="anna", PolicyName="p", PolicyDocument=document(allow("dynamodb:GetItem"))
    )
    key = iam.create_access_key(UserName="anna")["AccessKey"]
    client = with_key(strict_aws, "dynamodb", key["AccessKeyId"], key["SecretAccessKey"])
    client.get_item(TableName="jobs", Key=KEY)
    with pytest.raises(ClientError, match=f"User: arn:aws:iam::{ACCOUNT_ID}:user/anna is not"):
        client.put_item(TableName="jobs", Item=KEY)


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("dynamodb", "list_tables", "UnrecognizedClientException"),
        ("cloudformation", "list_stacks", "InvalidClientTokenId"),
        ("ec2", "describe_instances", "AuthFailure"),
        ("s3", "list_buckets", "InvalidAccessKeyId"),
    ],
)
def test_a_key_that_is_nobodys_opens_nothing(
    strict_aws: EmbeddedAws, service: str, operation: str, code: str
) -> None:
    with pytest.raises(ClientError) as error:
        getattr(with_key(strict_aws, service, "AKIANOBODY0000000000"), operation)()
    assert refusal(error)[0] == code


def test_a_role_writes_metrics_of_its_namespace_only(strict_aws: EmbeddedAws) -> None:
    own = {"Condition": {"StringEquals": {"cloudwatch:namespace": "Own"}}}
    role = make_role(strict_aws, "writer", {**allow("cloudwatch:PutMetricData"), **own})
    session = strict_aws.client("sts").assume_role(RoleArn=role, RoleSessionName="test")
    found = session["Credentials"]
    keys = Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])

    def put(namespace: str) -> None:
        body = f"Action=PutMetricData&Version=2010-08-01&Namespace={namespace}&{datum}"
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        request = AWSRequest("POST", strict_aws.endpoint_url, form, body)
        SigV4Auth(keys, "monitoring", "us-east-1").add_auth(request)
        headers = dict(request.headers.items())
        urllib.request.urlopen(
            urllib.request.Request(strict_aws.endpoint_url, body.encode(), headers)
        ).close()

    datum = "MetricData.member.1.MetricName=loss&MetricData.member.1.Value=0.5"
    put("Own")
    with pytest.raises(urllib.error.HTTPError) as error:
        put("Other")
    assert b"<Code>AccessDenied</Code>" in error.value.read()
    listed = strict_aws.client("cloudwatch").list_metrics()["Metrics"]
    assert [(one["Namespace"], one["MetricName"]) for one in listed] == [("Own", "loss")]


def test_what_is_not_modelled_is_refused_loudly(
    strict_aws: EmbeddedAws, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_that_may(strict_aws, "sqs", EVERYTHING)
    with pytest.raises(ClientError) as error:
        client.create_queue(QueueName="q")
    assert refusal(error)[0] == "NotModelledByEmbeddedAws"
    assert "sqs:CreateQueue" in refusal(error)[1]
    assert "sqs:CreateQueue" in caplog.text


def test_every_service_that_a_training_job_calls_is_known() -> None:
    services = {operation.split(":")[0] for operation in known_operations()}
    assert services == {
        "batch", "cloudformation", "dynamodb", "ec2", "ecr", "ecs", "events", "iam", "iot",
        "lambda", "logs", "monitoring", "pricing", "s3", "sagemaker", "scheduler", "servicequotas",
        "sns", "ssm", "states", "sts",
    }  # fmt: skip
    assert {
        "cloudformation:CreateStack", "dynamodb:UpdateItem", "ec2:RunInstances",
        "iam:PutRolePolicy", "lambda:Invoke", "s3:HeadObject", "states:SendTaskSuccess",
    } <= set(known_operations())  # fmt: skip


def with_key(aws: EmbeddedAws, service: str, key_id: str, secret: str = "x") -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=aws.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
    )


def launch(client: Any, owner: str, **request: Any) -> str:
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "owner", "Value": owner}]}]
    launched = client.run_instances(
        ImageId="ami-12c6146b",
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=tags,
        **request,
    )
    return str(launched["Instances"][0]["InstanceId"])


def test_tagging_a_parameter_needs_a_right_of_its_own(strict_aws: EmbeddedAws) -> None:
    arn = "arn:aws:ssm:us-east-1:123456789012:parameter/mine/*"
    new = {"Name": "/mine/one", "Value": "1", "Type": "String"}
    tags = [{"Key": "owner", "Value": "me"}]
    client = client_that_may(strict_aws, "ssm", allow("ssm:PutParameter", arn))
    client.put_parameter(**new)
    with pytest.raises(ClientError, match=r"AccessDenied.*ssm:AddTagsToResource"):
        client.put_parameter(**{**new, "Name": "/mine/two"}, Tags=tags)
    named = {"ResourceType": "Parameter", "ResourceId": "/mine/one"}
    tagging = client_that_may(strict_aws, "ssm", allow("ssm:*Tags*", arn))
    tagging.add_tags_to_resource(**named, Tags=tags)
    assert tagging.list_tags_for_resource(**named)["TagList"] == tags
    tagging.remove_tags_from_resource(**named, TagKeys=["owner"])
    with pytest.raises(ClientError, match=r"AccessDenied.*ssm:ListTagsForResource"):
        client.list_tags_for_resource(**named)
