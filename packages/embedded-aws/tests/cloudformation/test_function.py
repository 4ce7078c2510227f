from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import (
    ROLE_ARN,
    create_role,
    create_stack,
    invoke,
    outputs,
    zipped,
)

CODE = "import word\ndef handle(event, context): return word.WORD"


def resources(**properties: Any) -> dict[str, Any]:
    layer = {"Content": {"S3Bucket": "code", "S3Key": "layer.zip"}, "LayerName": "words"}
    function = {
        "Code": {"S3Bucket": "code", "S3Key": "code.zip"},
        "Handler": "main.handle",
        "Runtime": "python3.13",
        "Role": ROLE_ARN,
        "Layers": [{"Ref": "Layer"}],
        **properties,
    }
    return {
        "Layer": {"Type": "AWS::Lambda::LayerVersion", "Properties": layer},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
    }


def deploy(aws: EmbeddedAws, **properties: Any) -> str:
    create_role(aws)
    storage = aws.client("s3")
    storage.create_bucket(Bucket="code")
    storage.put_object(Bucket="code", Key="code.zip", Body=zipped(main__py=CODE))
    layer = zipped(python_in_word__py="WORD = 'from the layer'")
    storage.put_object(Bucket="code", Key="layer.zip", Body=layer)
    found = outputs(
        aws,
        create_stack(
            aws, resources(**properties), outputs={"Name": {"Value": {"Ref": "Function"}}}
        ),
    )
    return found["Name"]


def test_a_function_of_a_stack_has_its_layers(aws: EmbeddedAws) -> None:
    assert invoke(aws, name=deploy(aws)) == (None, "from the layer")


def test_a_function_has_all_properties_of_its_template(aws: EmbeddedAws) -> None:
    name = deploy(
        aws,
        Architectures=["arm64"],
        TracingConfig={"Mode": "Active"},
        EphemeralStorage={"Size": 1024},
        Tags=[{"Key": "a", "Value": "b"}],
    )
    shown = aws.client("lambda").get_function(FunctionName=name)
    kept = shown["Configuration"]
    assert kept["Architectures"] == ["arm64"]
    assert kept["TracingConfig"] == {"Mode": "Active"}
    assert kept["EphemeralStorage"] == {"Size": 1024}
    assert shown["Tags"] == {"a": "b"}


def test_a_function_logs_into_the_group_that_it_is_given(aws: EmbeddedAws) -> None:
    name = deploy(aws, LoggingConfig={"LogGroup": "/of/a/test"})
    invoke(aws, name=name)
    events = aws.client("logs").filter_log_events(logGroupName="/of/a/test")["events"]
    assert events[0]["message"].startswith("START RequestId:")
