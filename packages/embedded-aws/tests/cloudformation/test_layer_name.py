from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, settled, zipped


def test_a_layer_of_a_stack_has_the_name_that_it_is_given(aws: EmbeddedAws) -> None:
    aws.client("s3").create_bucket(Bucket="code")
    aws.client("s3").put_object(Bucket="code", Key="layer.zip", Body=zipped(word__txt="word"))
    content = {"S3Bucket": "code", "S3Key": "layer.zip"}
    layer = {
        "Type": "AWS::Lambda::LayerVersion",
        "Properties": {"Content": content, "LayerName": "words"},
    }
    stack = create_stack(aws, {"Layer": layer})
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"
    (found,) = aws.client("lambda").list_layer_versions(LayerName="words")["LayerVersions"]
    assert found["LayerVersionArn"].endswith(":layer:words:1")
