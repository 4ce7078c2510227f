import json
from typing import Any

import pytest
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk as sdk_task,
)
from moto.stepfunctions.parser.asl.eval import states
from moto.stepfunctions.parser.asl.parse.asl_parser import (
    AmazonStateLanguageParser,
    ASLParserException,
)

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_table, run


def test_the_engine_keeps_its_clients(aws: EmbeddedAws) -> None:
    make: Any = sdk_task.boto_client_for  # type: ignore[attr-defined]
    first = make(region="us-east-1", service="dynamodb")
    assert make(region="us-east-1", service="dynamodb") is first
    assert first.meta.endpoint_url == aws.endpoint_url


def test_the_engine_calls_the_running_server(aws: EmbeddedAws) -> None:
    create_table(aws)
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:dynamodb:listTables",
        "End": True,
    }
    assert run(aws, {"List": task})["output"] == '{"TableNames":["jobs"]}'


def test_a_definition_is_parsed_once_and_executions_share_no_state(aws: EmbeddedAws) -> None:
    machine = {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": True}}}
    first, tree = AmazonStateLanguageParser.parse(json.dumps(machine))
    second, same_tree = AmazonStateLanguageParser.parse(json.dumps(machine))
    assert same_tree is tree
    assert second is not first


def test_texts_of_a_definition_keep_their_white_space_and_their_escapes(aws: EmbeddedAws) -> None:
    parameters = {"words": ' two  words,\n"quoted" and \\', "path.$": "$$.State.Name"}
    only = {"Type": "Pass", "Parameters": parameters, "End": True}
    output = run(aws, {"Only one": only})["output"]
    assert json.loads(output) == {"words": parameters["words"], "path": "Only one"}


def test_what_is_wrong_with_a_definition_is_reported_with_its_line(aws: EmbeddedAws) -> None:
    definition = '{\n  "StartAt": "Only",\n  "States": {\n    "Only": {"Type": }\n  }\n}'
    with pytest.raises(ASLParserException, match="line 4:21"):
        AmazonStateLanguageParser.parse(definition)


def test_a_copy_shares_nothing_that_can_be_changed(aws: EmbeddedAws) -> None:
    original = {"list": [{"inner": 1}], "other": ({"in a tuple": 1},), "none": None}
    data: Any = {"Execution": {"Input": original}}
    copied = states.States(data).get_input()
    assert copied == original
    copied["list"][0]["inner"] = 2
    copied["other"][0]["in a tuple"] = 2
    assert original == {"list": [{"inner": 1}], "other": ({"in a tuple": 1},), "none": None}
