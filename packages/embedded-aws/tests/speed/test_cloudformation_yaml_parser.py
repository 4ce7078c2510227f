import re
from typing import Any

import pytest
import yaml
from moto.cloudformation.models import Stack

TEMPLATE = """
Parameters: {Name: {Type: String, Default: mine}}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: !Sub "${Name}-topic"
      DisplayName: !Join ["-", [!Ref Name, !Select [0, [a, b]]]]
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}
      Tags: [{Key: arn, Value: !GetAtt Topic.TopicArn}]
"""


@pytest.mark.usefixtures("aws")
def test_a_template_is_parsed_as_moto_parses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    parse: Any = Stack.parse_template
    found = parse(TEMPLATE)
    assert found == parse.__wrapped__(TEMPLATE)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("parsed without libyaml")

    monkeypatch.setattr(yaml.Loader, "__init__", refuse)
    assert parse(TEMPLATE) == found


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("text", ["a: b: [", "{", "a: *b"])
def test_a_template_that_is_no_yaml_is_refused_as_before(text: str) -> None:
    parse: Any = Stack.parse_template
    with pytest.raises((ValueError, yaml.YAMLError)) as expected:
        parse.__wrapped__(text)
    with pytest.raises(expected.type, match=re.escape(str(expected.value))):
        parse(text)
