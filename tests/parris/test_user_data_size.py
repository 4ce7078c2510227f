"""User data beyond EC2's limit is found in the text of a template."""

import json
from pathlib import Path

import pytest

from parris.targets.ec2_stack.user_data_size import MOST_BYTES, least_user_data_bytes

SCRIPT = "#!/bin/bash\n" + "# filling\n" * 2000


def in_yaml(head: str, script: str) -> str:
    body = "".join(f"          {line}\n" if line else "\n" for line in script.splitlines())
    return f"""\
Resources:
  One:
    Type: AWS::EC2::Instance
    Properties:
      UserData:
        {head}
{body}
      Tags:
        - {{ Key: a, Value: {"b" * 9000} }}
"""


@pytest.mark.parametrize("head", ["Fn::Base64: !Sub |", "Fn::Base64: |", "Fn::Base64: !Sub |-"])
def test_user_data_of_a_yaml_template_is_measured(head: str) -> None:
    assert abs(least_user_data_bytes(in_yaml(head, SCRIPT)) - len(SCRIPT)) <= 2


def test_user_data_of_a_json_template_is_measured() -> None:
    properties = {"UserData": {"Fn::Base64": {"Fn::Join": ["", ["${Name}", SCRIPT]]}}}
    template = {"Resources": {"One": {"Properties": properties}}}
    assert least_user_data_bytes(json.dumps(template)) == len(SCRIPT)


def test_placeholders_and_other_parts_do_not_count() -> None:
    assert least_user_data_bytes(in_yaml("Fn::Base64: !Sub |", "${" + "A" * 20_000 + "}\n")) < 5
    assert least_user_data_bytes("UserData: !Ref Data\n") == 0
    assert least_user_data_bytes("Resources: {}\n") == 0


def test_the_packaged_template_is_within_the_limit() -> None:
    template = Path("templates/ec2-stack/training-stack.yaml").read_text()
    assert 1000 < least_user_data_bytes(template) < MOST_BYTES
