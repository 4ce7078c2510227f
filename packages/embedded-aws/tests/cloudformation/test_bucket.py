from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, outputs, settled

BUCKET = {"Bucket": {"Type": "AWS::S3::Bucket"}}


def test_a_bucket_that_holds_objects_fails_the_deletion(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, BUCKET, outputs={"Name": {"Value": {"Ref": "Bucket"}}})
    aws.client("s3").put_object(Bucket=outputs(aws, stack)["Name"], Key="kept", Body=b"")
    aws.client("cloudformation").delete_stack(StackName=stack)
    ended = settled(aws, stack)
    assert ended["StackStatus"] == "DELETE_FAILED"
    assert "failed to delete: [Bucket]" in ended["StackStatusReason"]


def test_a_bucket_keeps_versions_where_its_template_says_so(aws: EmbeddedAws) -> None:
    versioned = {"Type": "AWS::S3::Bucket", "Properties": {}}
    versioned["Properties"] = {"VersioningConfiguration": {"Status": "Enabled"}}
    names = {"Name": {"Value": {"Ref": "Bucket"}}}
    bucket = outputs(aws, create_stack(aws, {"Bucket": versioned}, outputs=names))["Name"]
    s3 = aws.client("s3")
    for body in (b"1", b"2"):
        s3.put_object(Bucket=bucket, Key="kept", Body=body)
    s3.delete_object(Bucket=bucket, Key="kept")
    found = s3.list_object_versions(Bucket=bucket)
    assert (len(found["Versions"]), len(found["DeleteMarkers"])) == (2, 1)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
