"""The number of running processes is limited: machines wait as `pending`, functions in order."""

import functools
import json
import os
import resource
import threading
from datetime import datetime
from pathlib import Path

import pytest
from moto.ec2.models import ec2_backends

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.descriptors import raise_descriptor_limit
from embedded_aws.functions.process_output import ProcessOutput
from embedded_aws.places import NoPlaceError, Places, Queue
from embedded_aws_helpers.builders import (
    IMAGE_ID,
    create_function,
    create_role,
    create_stack,
    describe,
    instance_state,
    invoke,
    settled,
    until,
    zipped,
)

SETTINGS = Settings(
    stack_create_seconds=0, stack_delete_seconds=0, enforce_roles=False, machines_at_once=1
)
LONG = "#!/bin/bash\nsleep 600\n"
SHORT = "#!/bin/bash\nshutdown -h now\n"


def launch(aws: EmbeddedAws, script: str) -> str:
    launched = aws.client("ec2").run_instances(
        ImageId=IMAGE_ID, MinCount=1, MaxCount=1, UserData=script,
        InstanceInitiatedShutdownBehavior="terminate",
    )  # fmt: skip
    return str(launched["Instances"][0]["InstanceId"])


def test_machines_beyond_the_bound_are_pending_and_run_in_order(tmp_path: Path) -> None:
    with EmbeddedAws(SETTINGS, folder=tmp_path) as aws:
        first, second, third = (launch(aws, script) for script in (LONG, LONG, SHORT))
        states = [instance_state(aws, one) for one in (first, second, third)]
        assert states == ["running", "pending", "pending"]
        long_ago = datetime(2020, 1, 1)
        ec2_backends["123456789012"]["us-east-1"].get_instance(second).launch_time = long_ago
        aws.client("ec2").terminate_instances(InstanceIds=[first])
        until(lambda: instance_state(aws, second) == "running")
        assert launch_time(aws, second).year > 2020  # from when its limits count
        assert instance_state(aws, third) == "pending"
        aws.client("ec2").terminate_instances(InstanceIds=[second])
        until(lambda: instance_state(aws, third) == "terminated")


def launch_time(aws: EmbeddedAws, instance_id: str) -> datetime:
    found = aws.client("ec2").describe_instances(InstanceIds=[instance_id])
    launched_at: datetime = found["Reservations"][0]["Instances"][0]["LaunchTime"]
    return launched_at


def test_a_pending_machine_that_is_ended_never_runs_and_blocks_no_other(
    tmp_path: Path,
) -> None:
    with EmbeddedAws(SETTINGS, folder=tmp_path) as aws:
        first, second, third = (launch(aws, LONG) for _ in range(3))
        aws.client("ec2").terminate_instances(InstanceIds=[second])
        assert instance_state(aws, second) == "terminated"
        aws.client("ec2").terminate_instances(InstanceIds=[first])
        until(lambda: instance_state(aws, third) == "running")
        assert not (tmp_path / "machines" / second).exists()


def test_a_stopped_machine_gives_its_place_back_and_waits_for_the_next(tmp_path: Path) -> None:
    with EmbeddedAws(SETTINGS, folder=tmp_path) as aws:
        first, second = launch(aws, LONG), launch(aws, LONG)
        aws.client("ec2").stop_instances(InstanceIds=[first])
        until(lambda: instance_state(aws, second) == "running")
        until(lambda: instance_state(aws, first) == "stopped")
        aws.client("ec2").start_instances(InstanceIds=[first])
        assert instance_state(aws, first) == "pending"
        aws.client("ec2").terminate_instances(InstanceIds=[second])
        until(lambda: instance_state(aws, first) == "running")


def test_a_stack_is_complete_when_its_machine_runs(tmp_path: Path) -> None:
    machine = {
        "Type": "AWS::EC2::Instance",
        "Properties": {"ImageId": IMAGE_ID, "UserData": {"Fn::Base64": LONG}},
    }
    with EmbeddedAws(SETTINGS, folder=tmp_path) as aws:
        first = launch(aws, LONG)
        stack = create_stack(aws, {"Machine": machine})
        until(lambda: len(aws.client("ec2").describe_instances()["Reservations"]) == 2)
        assert describe(aws, stack)["StackStatus"] == "CREATE_IN_PROGRESS"
        aws.client("ec2").terminate_instances(InstanceIds=[first])
        assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"


def test_a_function_that_is_beyond_the_bound_waits_for_its_turn(aws: EmbeddedAws) -> None:
    slow = "import time\ndef handle(event, context):\n    time.sleep(0.3)\n    return event\n"
    create_function(aws, slow)
    aws.context.services["places of functions"] = Places(2)
    answers: list[object] = []
    asking = [
        threading.Thread(target=lambda number=number: answers.append(invoke(aws, number)[1]))
        for number in range(6)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert sorted(answers, key=str) == list(range(6))


def test_a_function_that_asks_another_does_not_wait_for_its_own_place(aws: EmbeddedAws) -> None:
    role = create_role(aws)
    create_function(aws, "def handle(event, context): return 'inner'\n", Role=role)
    asks = (
        "import boto3, json\ndef handle(event, context):\n"
        "    answer = boto3.client('lambda').invoke(FunctionName='function-of-a-test')\n"
        "    return json.loads(answer['Payload'].read())\n"
    )
    aws.client("lambda").create_function(
        FunctionName="outer",
        Runtime="python3.13",
        Role=role,
        Handler="main.handle",
        Code={"ZipFile": zipped(main__py=asks)},
    )
    aws.context.services["places of functions"] = Places(1)
    assert invoke(aws, {}, "outer") == (None, "inner")
    assert json.dumps(invoke(aws, {}, "outer")[1]) == '"inner"'


def test_the_longest_waiting_thread_gets_the_place() -> None:
    places, order = Places(1), []
    holding = places.taken(0)
    holding.__enter__()

    def wait(number: int) -> None:
        with places.taken(30):
            order.append(number)

    waiting = []
    for number in range(5):
        thread = threading.Thread(target=wait, args=(number,))
        thread.start()
        until(functools.partial(_are_waiting, places, number + 1))
        waiting.append(thread)
    holding.__exit__(None, None, None)
    for thread in waiting:
        thread.join()
    assert order == list(range(5))


def _are_waiting(places: Places, count: int) -> bool:
    return len(places._waiting) == count


def test_waiting_too_long_for_a_place_is_an_error_and_takes_none() -> None:
    places = Places(1)
    with places.taken(0), pytest.raises(NoPlaceError), places.taken(0):
        pass
    with places.taken(0):
        pass


def test_what_cannot_begin_leaves_its_place_to_the_next() -> None:
    begun: list[str] = []

    def break_off() -> bool:
        raise OSError("no more processes")

    queue = Queue(1)
    with pytest.raises(OSError, match="no more"):
        queue.ask(break_off)
    queue.ask(lambda: False)
    queue.ask(lambda: bool(begun.append("next") or begun))  # type: ignore[func-returns-value]
    assert begun == ["next"]


def test_output_is_read_from_a_descriptor_above_1023() -> None:
    raise_descriptor_limit()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft == hard or soft >= 10_240
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        reading, writing = os.pipe()
        assert reading > 1023
        output = ProcessOutput(reading)
        os.write(writing, b"words")
        until(lambda: output._chunks)
        assert output.take() == "words"
        os.close(writing)
        output.close(10)
        assert not output._thread.is_alive()
    finally:
        for descriptor in held:
            os.close(descriptor)
