import json
import pickle
from typing import Any

import pytest
from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.parser import ExtendedJsonPathParser
from jsonpath_ng.parser import JsonPathParser
from moto.moto_api._internal.models import moto_api_backend
from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk as sdk_task,
)
from moto.stepfunctions.parser.asl.eval import states
from moto.stepfunctions.parser.asl.parse.asl_parser import (
    AmazonStateLanguageParser,
    ASLParserException,
)
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
from moto.stepfunctions.parser.asl.static_analyser.express_static_analyser import (
    ExpressStaticAnalyser,
)
from moto.stepfunctions.parser.asl.utils import json_path

from embedded_aws import EmbeddedAws
from embedded_aws.persistence.account_pickle import dump_account, load_account
from embedded_aws.persistence.restricted_reader import RestrictedUnpickler
from embedded_aws.speed import parsed_definitions
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


def test_a_definition_is_parsed_once_and_executions_share_no_state(
    aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": True}}}
    definition = json.dumps(machine)
    first: Any = AmazonStateLanguageParser.parse(definition)[0]
    monkeypatch.setattr(Preprocessor, "visit", None)  # a second parse would fail
    second: Any = AmazonStateLanguageParser.parse(definition)[0]
    assert pickle.dumps(second) == pickle.dumps(first)
    assert second is not first
    assert second.states.states["Only"] is not first.states.states["Only"]


def test_an_account_is_stored_with_its_parsed_definitions(
    aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(aws, {"Stored": {"Type": "Pass", "Result": 1, "End": True}})["output"] == "1"
    stored = dump_account()
    (definition,) = restored(stored)
    monkeypatch.setattr(Preprocessor, "visit", None)
    first: Any = AmazonStateLanguageParser.parse(definition)[0]
    second: Any = AmazonStateLanguageParser.parse(definition)[0]
    assert list(first.states.states) == list(second.states.states) == ["Stored"]
    assert first.states is not second.states


def test_stored_states_that_cannot_be_read_are_parsed_again(aws: EmbeddedAws) -> None:
    assert run(aws, {"Damaged": {"Type": "Pass", "Result": 1, "End": True}})["output"] == "1"
    stored = dump_account()
    _, _, parsed = RestrictedUnpickler(stored).load()
    (states,) = parsed.values()
    (definition,) = restored(stored.replace(states[-30:], b"x" * 30))
    program: Any = AmazonStateLanguageParser.parse(definition)[0]
    assert list(program.states.states) == ["Damaged"]


def restored(stored: bytes) -> list[str]:
    """Restore an account that this process knows nothing of; return its parsed definitions."""
    parsed_definitions._kept.clear()
    parsed_definitions._stored.clear()
    moto_api_backend.reset()
    load_account(stored)
    return list(parsed_definitions._stored)


def test_the_tree_of_an_express_machine_is_analysed(aws: EmbeddedAws) -> None:
    task = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}
    machine = {"StartAt": "Wait", "States": {"Wait": {**task, "End": True}}}
    with pytest.raises(ValueError, match="Express state machine does not support"):
        ExpressStaticAnalyser().analyse(json.dumps(machine))


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


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    "path",
    [
        *(
            "$",
            "$.a",
            "$.a.b_1.C",
            "$.where",
            "$.truely.a",
            "$.null",
            "$.a.true",
            "$.a.description",
            "$.ascending",
        ),
        *("$.a[0]", "$['a'].b", "$.a-b", "$..a", "$.*", "$.a.parent", "$.sorted", "$.len"),
        *("$.a[?(@.b==1)].c", "$$.a", "$.a ", "$.a.1"),
    ],
)
def test_a_path_is_parsed_as_by_its_parser(path: str) -> None:
    for module, parser in ((json_path, ExtendedJsonPathParser), (result_path, JsonPathParser)):
        assert _parsed(module.parse, path) == _parsed(parser().parse, path)


def _parsed(parse: Any, path: str) -> Any:
    try:
        return parse(path)
    except JSONPathError as error:
        return type(error)
