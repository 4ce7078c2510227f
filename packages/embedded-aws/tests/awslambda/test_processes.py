import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws.functions import invocation, runtime_packages
from embedded_aws_helpers.builders import create_function, history, invoke, run, until, zipped


@pytest.fixture(autouse=True, params=["native", "in-python"])
def runtime_client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run functions on awslambdaric's native client, and as they run off Linux."""
    if request.param == "in-python":
        monkeypatch.setattr(runtime_packages, "has_native_client", lambda: False)
        monkeypatch.setattr(invocation, "can_fork", lambda: False)
    elif not runtime_packages.has_native_client():
        pytest.skip("awslambdaric has no native client on this platform")


def test_a_function_runs_its_code_with_its_context(aws: EmbeddedAws) -> None:
    arn = create_function(
        aws,
        "def handle(event, context):\n"
        "    left = context.get_remaining_time_in_millis()\n"
        "    return [event, context.invoked_function_arn, 0 < left <= 3000]",
    )
    assert invoke(aws, {"a": 1}) == (None, [{"a": 1}, arn, True])


def test_an_event_may_be_nested_deeper_than_pythons_own_frames(aws: EmbeddedAws) -> None:
    create_function(
        aws,
        "import sys\n"
        "def handle(event, context):\n"
        "    levels = 0\n"
        "    while isinstance(event, list): event, levels = event[0], levels + 1\n"
        "    return [levels, event, sys.getrecursionlimit()]",
    )
    payload = "[" * 1_200 + "5" + "]" * 1_200
    answer = aws.client("lambda").invoke(FunctionName="function-of-a-test", Payload=payload)
    assert json.loads(answer["Payload"].read()) == [1_200, 5, 1_000]


def test_a_function_is_kept_warm(aws: EmbeddedAws) -> None:
    create_function(
        aws, "calls = []\ndef handle(event, context): calls.append(1); return len(calls)"
    )
    assert [invoke(aws)[1] for _ in range(3)] == [1, 2, 3]


def test_an_error_is_reported_under_its_class_name(aws: EmbeddedAws) -> None:
    code = "class OddError(Exception): pass\ndef handle(event, context): raise OddError('why')"
    create_function(aws, code)
    kind, answer = invoke(aws)
    assert (kind, answer["errorType"], answer["errorMessage"]) == ("Unhandled", "OddError", "why")


@pytest.mark.parametrize(
    ("code", "error_type"),
    [
        ("import os\ndef handle(event, context): os._exit(3)", "Runtime.ExitError"),
        ("import time\ndef handle(event, context): time.sleep(60)", "Sandbox.Timedout"),
        ("import no_such_module", "Runtime.ImportModuleError"),
        ("", "Runtime.HandlerNotFound"),
    ],
)
def test_a_function_that_cannot_answer_is_an_error(
    aws: EmbeddedAws, code: str, error_type: str
) -> None:
    create_function(aws, code, Timeout=1)
    kind, answer = invoke(aws)
    assert (kind, answer["errorType"]) == ("Unhandled", error_type)


def test_a_function_runs_again_after_it_was_killed(aws: EmbeddedAws) -> None:
    create_function(
        aws, "import os\ndef handle(event, context): return 1 if event else os._exit(1)"
    )
    assert invoke(aws)[0] == "Unhandled"
    assert invoke(aws, {"a": 1}) == (None, 1)


def test_invocations_at_the_same_time_do_not_wait_for_each_other(aws: EmbeddedAws) -> None:
    # Two invocations that each wait for the other's mark end only if both run at once.
    code = (
        "import boto3, time\n"
        "def handle(event, context):\n"
        "    storage = boto3.client('s3')\n"
        "    storage.put_object(Bucket='marks', Key=event['mine'], Body=b'')\n"
        "    while storage.list_objects_v2(Bucket='marks')['KeyCount'] < 2: time.sleep(0.01)"
    )
    aws.client("s3").create_bucket(Bucket="marks")
    create_function(aws, code, Timeout=15)
    call = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}

    def branch(mine: str) -> dict[str, Any]:
        sent = {"FunctionName": "function-of-a-test", "Payload": {"mine": mine}}
        return {"StartAt": mine, "States": {mine: {**call, "Parameters": sent}}}

    both = {"Type": "Parallel", "Branches": [branch("a"), branch("b")], "End": True}
    assert run(aws, {"Both": both})["status"] == "SUCCEEDED"


def test_a_function_acts_as_its_own_role(aws: EmbeddedAws) -> None:
    code = (
        "import boto3\n"
        "def handle(event, context): return boto3.client('sts').get_caller_identity()['Arn']"
    )
    create_function(aws, code)
    expected = "arn:aws:sts::123456789012:assumed-role/role-of-a-test/function-of-a-test"
    assert invoke(aws) == (None, expected)


def test_a_function_sees_the_runtimes_packages_and_nothing_else(aws: EmbeddedAws) -> None:
    code = (
        "import importlib.util as util\n"
        "def handle(event, context): return [n for n in event if util.find_spec(n)]"
    )
    create_function(aws, code)
    looked_for = ["boto3", "botocore", "awslambdaric", "moto", "pytest", "embedded_aws", "yaml"]
    assert invoke(aws, looked_for) == (None, ["boto3", "botocore", "awslambdaric"])


def test_a_function_sees_nothing_of_this_environment(
    aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_SECRET_OF_THIS_MACHINE", "yes")
    code = (
        "import os\n"
        "def handle(event, context):\n"
        "    return [os.environ.get('A_SECRET_OF_THIS_MACHINE'), os.environ.get('MINE')]"
    )
    create_function(aws, code, Environment={"Variables": {"MINE": "set"}})
    assert invoke(aws) == (None, [None, "set"])


def test_later_layers_lie_over_earlier_ones(aws: EmbeddedAws) -> None:
    publish = aws.client("lambda").publish_layer_version
    layers = [
        publish(LayerName=name, Content={"ZipFile": content})["LayerVersionArn"]
        for name, content in (
            ("first", zipped(python_in_word__py="WORD = 1", data_in_a__txt="kept")),
            ("second", zipped(python_in_word__py="WORD = 2")),
        )
    ]
    code = (
        "import os, pathlib, word\n"
        "def handle(event, context):\n"
        "    root = pathlib.Path(os.environ['LAMBDA_LAYERS_ROOT'])\n"
        "    return [word.WORD, (root / 'data' / 'a.txt').read_text()]"
    )
    create_function(aws, code, Layers=layers)
    assert invoke(aws) == (None, [2, "kept"])


def test_new_code_replaces_the_old_process(aws: EmbeddedAws) -> None:
    create_function(aws, "def handle(event, context): return 'old'")
    invoke(aws)
    new = zipped(main__py="def handle(event, context): return 'new'")
    aws.client("lambda").update_function_code(FunctionName="function-of-a-test", ZipFile=new)
    assert invoke(aws) == (None, "new")


def test_what_a_function_prints_is_in_its_log_and_in_the_tail(aws: EmbeddedAws) -> None:
    create_function(aws, "def handle(event, context): print('a word')")
    answer = aws.client("lambda").invoke(FunctionName="function-of-a-test", LogType="Tail")
    tail = base64.b64decode(answer["LogResult"]).decode()
    logged = aws.client("logs").filter_log_events(logGroupName="/aws/lambda/function-of-a-test")
    messages = [event["message"] for event in logged["events"]]
    assert messages[1] == "a word"
    assert [message.split()[0] for message in messages] == ["START", "a", "END", "REPORT"]
    assert "\na word\n" in tail


def test_an_event_invocation_answers_at_once_and_runs(aws: EmbeddedAws) -> None:
    create_function(aws, "import time\ndef handle(event, context): time.sleep(0.2); print('ran')")
    answer = aws.client("lambda").invoke(
        FunctionName="function-of-a-test", InvocationType="Event", Payload=b"{}"
    )
    assert answer["StatusCode"] == 202
    logs = aws.client("logs")
    group = "/aws/lambda/function-of-a-test"
    until(lambda: logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"])
    until(lambda: logs.filter_log_events(logGroupName=group)["events"])


def test_an_event_that_is_not_json_is_refused(aws: EmbeddedAws) -> None:
    create_function(aws, "def handle(event, context): pass")
    with pytest.raises(ClientError, match="InvalidRequestContentException"):
        aws.client("lambda").invoke(FunctionName="function-of-a-test", Payload=b"no json")


def test_a_state_catches_a_functions_error_by_its_class_name(aws: EmbeddedAws) -> None:
    code = "class OddError(Exception): pass\ndef handle(event, context): raise OddError('why')"
    create_function(aws, code)
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "function-of-a-test"},
        "Catch": [{"ErrorEquals": ["OddError"], "ResultPath": "$.error", "Next": "Caught"}],
        "End": True,
    }
    ended = run(aws, {"Call": task, "Caught": {"Type": "Succeed"}})
    assert json.loads(json.loads(ended["output"])["error"]["Cause"])["errorMessage"] == "why"
    assert "TaskFailed" in [event["type"] for event in history(aws, ended["executionArn"])]
