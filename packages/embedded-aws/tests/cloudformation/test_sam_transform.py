import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, invoke, outputs, zipped

SAM = "AWS::Serverless-2016-10-31"


def test_a_serverless_function_becomes_a_function_that_runs(aws: EmbeddedAws) -> None:
    code = "def handle(event, context): return context.function_name"
    aws.client("s3").create_bucket(Bucket="code")
    aws.client("s3").put_object(Bucket="code", Key="code.zip", Body=zipped(main__py=code))
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Handler": "main.handle",
            "Runtime": "python3.13",
            "CodeUri": "s3://code/code.zip",
        },
    }
    stack = create_stack(
        aws, {"Say": function}, transform=SAM, outputs={"Name": {"Value": {"Ref": "Say"}}}
    )
    name = outputs(aws, stack)["Name"]
    assert invoke(aws, name=name) == (None, name)


def test_what_the_transform_refuses_is_a_validation_error(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="Invalid Serverless Application Specification"):
        create_stack(aws, {"Say": {"Type": "AWS::Serverless::Function"}}, transform=SAM)
