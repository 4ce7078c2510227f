from embedded_aws import EmbeddedAws
from tests.embedded_aws.builders import create_stack, outputs, settled

BUCKET = {"Bucket": {"Type": "AWS::S3::Bucket"}}


def test_a_bucket_that_holds_objects_fails_the_deletion(aws: EmbeddedAws) -> None:
    stack = create_stack(aws, BUCKET, outputs={"Name": {"Value": {"Ref": "Bucket"}}})
    aws.client("s3").put_object(Bucket=outputs(aws, stack)["Name"], Key="kept", Body=b"")
    aws.client("cloudformation").delete_stack(StackName=stack)
    ended = settled(aws, stack)
    assert ended["StackStatus"] == "DELETE_FAILED"
    assert "failed to delete: [Bucket]" in ended["StackStatusReason"]
