"""An embedded AWS that closes ends all running work, and nothing happens later."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws import shutdown as closing
from embedded_aws.context import ClosedError, current
from embedded_aws.processes import find_descendants
from embedded_aws_helpers.builders import (
    IMAGE_ID,
    create_function,
    create_stack,
    create_table,
    start,
    token_wait,
    until,
)

# How long after a request was answered the embedded AWS closes, in seconds.
MOMENTS = (0.0, 0.01, 0.1)
MORE_MOMENTS = (0.002, 0.03)
SCRIPT = "#!/bin/bash\nwhile true; do sleep 0.1; done\n"
WAITS = "import time\ndef handle(event, context):\n    time.sleep(60)\n"
SETTINGS = Settings(stack_create_seconds=0, stack_delete_seconds=0)


def launch(aws: EmbeddedAws) -> str:
    answer = aws.client("ec2").run_instances(
        ImageId=IMAGE_ID, MinCount=1, MaxCount=1, UserData=SCRIPT
    )
    return str(answer["Instances"][0]["InstanceId"])


def a_stack_with_a_machine(aws: EmbeddedAws) -> None:
    create_stack(
        aws,
        {
            "Machine": {
                "Type": "AWS::EC2::Instance",
                "Properties": {
                    "ImageId": IMAGE_ID,
                    "UserData": {"Fn::Base64": SCRIPT},
                    "InstanceInitiatedShutdownBehavior": "terminate",
                },
            }
        },
    )


def a_launch(aws: EmbeddedAws) -> None:
    launch(aws)


def an_end(aws: EmbeddedAws) -> None:
    aws.client("ec2").terminate_instances(InstanceIds=[launch(aws)])


def a_deletion(aws: EmbeddedAws) -> None:
    a_stack_with_a_machine(aws)
    aws.client("cloudformation").delete_stack(StackName="stack-of-a-test")


def a_function(aws: EmbeddedAws) -> None:
    create_function(aws, WAITS, Timeout=100)
    aws.client("lambda").invoke(FunctionName="function-of-a-test", InvocationType="Event")


def an_execution(aws: EmbeddedAws) -> None:
    arn = create_function(aws, WAITS, Timeout=100)
    start(aws, {"Work": {"Type": "Task", "Resource": arn, "End": True}})


def a_wait_for_a_token(aws: EmbeddedAws) -> None:
    start(aws, {"Wait": token_wait(create_table(aws))})


def an_execution_in_branches(aws: EmbeddedAws) -> None:
    branch = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}
    start(aws, {"Both": {"Type": "Parallel", "Branches": [branch, branch], "End": True}})


@pytest.mark.usefixtures("fresh_fork_servers")
@pytest.mark.parametrize(
    "moments", [MOMENTS, pytest.param(MORE_MOMENTS, marks=pytest.mark.long)], ids=["some", "others"]
)
@pytest.mark.parametrize(
    "begin",
    [
        a_launch,
        an_end,
        a_stack_with_a_machine,
        a_deletion,
        a_function,
        an_execution,
        an_execution_in_branches,
        a_wait_for_a_token,
    ],
)
def test_nothing_continues_after_the_end(
    begin: Callable[[EmbeddedAws], None],
    moments: tuple[float, ...],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with EmbeddedAws(SETTINGS, folder=tmp_path / "first"):
        pass  # starts what runs as long as the process
    of_the_process = set(threading.enumerate())
    for moment_seconds in moments:
        with EmbeddedAws(SETTINGS, folder=tmp_path / "aws") as aws:
            begin(aws)
            time.sleep(moment_seconds)

        assert not find_descendants(os.getpid())
        until(lambda: not set(threading.enumerate()) - of_the_process)
    assert not caplog.records


def test_nothing_starts_in_one_that_has_closed(tmp_path: Path) -> None:
    has_started = threading.Event()
    with EmbeddedAws(SETTINGS, folder=tmp_path / "first") as aws:
        first = aws.context
    with EmbeddedAws(SETTINGS, folder=tmp_path / "second"):
        first.run_in_background(has_started.set)
        with pytest.raises(ClosedError), first.at_work("something late"):
            has_started.set()
    assert not has_started.wait(0.05)


def test_work_that_does_not_end_is_reported_and_reaches_no_later_aws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "_LONGEST_SECONDS", 0.0)
    with ExitStack() as working:
        with (
            pytest.warns(ResourceWarning, match="a long sleep"),
            EmbeddedAws(SETTINGS, folder=tmp_path / "first") as aws,
        ):
            working.enter_context(aws.context.at_work("a long sleep"))
        with (
            EmbeddedAws(SETTINGS, folder=tmp_path / "second"),
            pytest.raises(RuntimeError, match="no embedded AWS"),
        ):
            current()


def test_a_stack_that_is_being_created_does_not_hold_up_the_end(tmp_path: Path) -> None:
    slow = Settings(stack_create_seconds=3600)
    with EmbeddedAws(slow, folder=tmp_path / "aws") as aws:
        create_stack(aws, {"Topic": {"Type": "AWS::SNS::Topic"}})
        began_at = time.monotonic()
    assert time.monotonic() - began_at < 100
