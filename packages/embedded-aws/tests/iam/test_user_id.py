"""aws:userid is evaluated as IAM does: the role's unique id and the session's name."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws.permissions.documents import Demand, allows
from embedded_aws.permissions.trust import assume_as_service
from embedded_aws_helpers.roles import ACCOUNT_ID, acting_as, allow, deny, document, make_role

BUCKET = "bucket-of-a-test"
INSTANCE_ID = "i-0123456789abcdef0"
OWN = f"arn:aws:s3:::{BUCKET}/${{aws:userid}}/*"


def of_instance(aws: EmbeddedAws, role_arn: str, service: str) -> Any:
    """Return a client with the credentials of an instance's metadata service."""
    with aws.context.at_work("test"):
        found = assume_as_service(role_arn, "ec2.amazonaws.com", INSTANCE_ID)
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=aws.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=found.access_key_id,
        aws_secret_access_key=found.secret_access_key,
        aws_session_token=found.session_token,
    )


def an_instance_role(aws: EmbeddedAws, *statements: Any) -> tuple[str, str]:
    trusts = {"Service": "ec2.amazonaws.com"}
    arn = make_role(aws, "trainer", *statements, trusts=trusts)
    return arn, str(aws.client("iam").get_role(RoleName="trainer")["Role"]["RoleId"])


def test_a_machine_learns_its_user_id_of_sts_whatever_its_policies(
    strict_aws: EmbeddedAws,
) -> None:
    arn, role_id = an_instance_role(strict_aws)
    identity = of_instance(strict_aws, arn, "sts").get_caller_identity()
    assert identity["UserId"] == f"{role_id}:{INSTANCE_ID}"
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/trainer/{INSTANCE_ID}"
    assert role_id.startswith("AROA")


def test_a_role_may_be_bound_to_what_is_named_after_its_session(strict_aws: EmbeddedAws) -> None:
    strict_aws.client("s3").create_bucket(Bucket=BUCKET)
    below = {"StringLike": {"s3:prefix": "${aws:userid}/*"}}
    arn, role_id = an_instance_role(
        strict_aws,
        allow(["s3:PutObject", "s3:GetObject"], OWN),
        allow("s3:ListBucket", f"arn:aws:s3:::{BUCKET}", Condition=below),
    )
    s3, own = of_instance(strict_aws, arn, "s3"), f"{role_id}:{INSTANCE_ID}"
    s3.put_object(Bucket=BUCKET, Key=f"{own}/x", Body=b"1")
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{own}/")["KeyCount"] == 1
    for key in (f"{own}0/x", f"{role_id}:i-1/x", "x", f"{own}"):
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.put_object(Bucket=BUCKET, Key=key, Body=b"1")
    for prefix in (own, f"{role_id}:", ""):
        with pytest.raises(ClientError, match="s3:ListBucket"):
            s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    with pytest.raises(ClientError, match="s3:ListBucket"):
        s3.list_objects_v2(Bucket=BUCKET)
    # The prefix is none of the reading of an object, so that what is missing is refused.
    with pytest.raises(ClientError, match="s3:ListBucket"):
        s3.get_object(Bucket=BUCKET, Key=f"{own}/missing")


def test_another_session_of_the_role_is_another_user(strict_aws: EmbeddedAws) -> None:
    strict_aws.client("s3").create_bucket(Bucket=BUCKET)
    arn = make_role(strict_aws, "person", allow("s3:PutObject", OWN))
    role_id = strict_aws.client("iam").get_role(RoleName="person")["Role"]["RoleId"]
    s3 = acting_as(strict_aws, arn, "s3")
    s3.put_object(Bucket=BUCKET, Key=f"{role_id}:test/x", Body=b"1")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=BUCKET, Key=f"{role_id}:{INSTANCE_ID}/x", Body=b"1")


def test_a_denial_may_name_it_too(strict_aws: EmbeddedAws) -> None:
    strict_aws.client("s3").create_bucket(Bucket=BUCKET)
    arn, role_id = an_instance_role(strict_aws, allow("s3:*"), deny("s3:PutObject", OWN))
    s3 = of_instance(strict_aws, arn, "s3")
    s3.put_object(Bucket=BUCKET, Key="x", Body=b"1")
    with pytest.raises(ClientError, match="explicit deny"):
        s3.put_object(Bucket=BUCKET, Key=f"{role_id}:{INSTANCE_ID}/x", Body=b"1")


def test_copying_a_missing_object_is_denied(strict_aws: EmbeddedAws) -> None:
    strict_aws.client("s3").create_bucket(Bucket=BUCKET)
    may = allow(["s3:PutObject", "s3:GetObject"], f"arn:aws:s3:::{BUCKET}/*")
    arn, _ = an_instance_role(strict_aws, may)
    s3, missing = of_instance(strict_aws, arn, "s3"), {"Bucket": BUCKET, "Key": "missing"}
    with pytest.raises(ClientError, match="s3:ListBucket"):
        s3.copy_object(Bucket=BUCKET, Key="copy", CopySource=missing)


def test_what_was_deleted_of_a_bucket_with_versions_is_missing(strict_aws: EmbeddedAws) -> None:
    owner = strict_aws.client("s3")
    owner.create_bucket(Bucket=BUCKET)
    owner.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    owner.put_object(Bucket=BUCKET, Key="gone", Body=b"1")
    owner.delete_object(Bucket=BUCKET, Key="gone")
    arn, _ = an_instance_role(strict_aws, allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}/*"))
    with pytest.raises(ClientError, match="s3:ListBucket"):
        of_instance(strict_aws, arn, "s3").get_object(Bucket=BUCKET, Key="gone")


@pytest.mark.parametrize(
    ("version", "expected"), [("2012-10-17", True), ("2008-10-17", False), (None, False)]
)
def test_only_the_version_of_2012_knows_variables(version: str | None, expected: bool) -> None:
    text = document(allow("s3:GetObject", OWN))
    text = text.replace('"Version": "2012-10-17", ', f'"Version": "{version}", ' if version else "")
    demand = Demand("s3:GetObject", f"arn:aws:s3:::{BUCKET}/AROA1:i-1/x")
    assert allows(text, demand, {"aws:userid": "AROA1:i-1"}) is expected
    literal = Demand("s3:GetObject", f"arn:aws:s3:::{BUCKET}/${{aws:userid}}/x")
    assert allows(text, literal, {"aws:userid": "AROA1:i-1"}) is not expected
