from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_stack, outputs

IMAGE: dict[str, Any] = {"Image": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"}}
TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}


def ask_for(aws: EmbeddedAws, alias: str) -> str:
    given = [{"ParameterKey": "Image", "ParameterValue": alias}]
    shown = {"Image": {"Value": {"Ref": "Image"}}}
    return create_stack(aws, TOPIC, parameters_section=IMAGE, Parameters=given, outputs=shown)


def test_an_alias_stands_for_its_image(aws: EmbeddedAws) -> None:
    alias = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    assert outputs(aws, ask_for(aws, alias))["Image"].startswith("ami-")


def test_an_alias_that_is_not_there_is_refused(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match=r"ValidationError.*Unable to fetch parameters \[/none\]"):
        ask_for(aws, "/none")
