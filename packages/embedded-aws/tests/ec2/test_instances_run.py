"""An instance's user data runs, and its process ends when the instance does."""

import functools
import json
import os
import signal
import threading
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws.gaps.ec2 import instances_run
from embedded_aws_helpers.instances import (
    await_said,
    await_state,
    console,
    describe,
    launch,
    root_of,
    service,
    state_of,
)
from embedded_aws_helpers.waiting import is_alive, wait_until

SAVES_WHEN_STOPPED = service(
    "saver",
    '[Service]\nTimeoutStopSec=20\nExecStart=bash -c \'trap "sleep 1; echo saved; exit" TERM; '
    "echo working; while :; do sleep 0.1; done'",
)


def test_an_instance_is_pending_before_it_runs_and_a_stop_meanwhile_takes_effect(
    aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    stops: list[threading.Thread] = []

    def stop_while_it_is_launched(instance: Any, state: str) -> None:
        if state == "pending":
            seen.append(state_of(aws, instance.id))
            request = functools.partial(aws.client("ec2").stop_instances, InstanceIds=[instance.id])
            stops.append(threading.Thread(target=request))
            stops[0].start()
            stops[0].join(timeout=0.3)  # a stop that does not wait is over by then

    monkeypatch.setattr(instances_run, "report_state", stop_while_it_is_launched)

    instance_id = launch(aws, "#!/bin/bash\nsleep 60\n")

    assert seen == ["pending"]
    await_state(aws, instance_id, "stopped")
    stops[0].join()
    assert state_of(aws, instance_id) == "stopped"


@pytest.mark.parametrize(("behaviour", "state"), [("stop", "stopped"), ("terminate", "terminated")])
def test_a_machine_that_goes_off_by_itself_ends_as_its_shutdown_behaviour_says(
    aws: EmbeddedAws, behaviour: str, state: str
) -> None:
    instance_id = launch(
        aws,
        "#!/bin/bash\necho hello; poweroff\n",
        InstanceInitiatedShutdownBehavior=behaviour,
    )

    ended = await_state(aws, instance_id, state)

    assert ended["StateReason"]["Code"] == "Client.InstanceInitiatedShutdown"
    assert "hello" in console(aws, instance_id)


@pytest.mark.parametrize(
    ("call", "under_way", "state"),
    [
        ("stop_instances", "stopping", "stopped"),
        ("terminate_instances", "shutting-down", "terminated"),
    ],
)
def test_services_have_their_grace_before_the_instance_is_off(
    aws: EmbeddedAws, call: str, under_way: str, state: str
) -> None:
    instance_id = launch(aws, f"#!/bin/bash\n{SAVES_WHEN_STOPPED}")
    await_said(aws, instance_id, "working")

    getattr(aws.client("ec2"), call)(InstanceIds=[instance_id])

    assert state_of(aws, instance_id) == under_way
    ended = await_state(aws, instance_id, state)
    assert ended["StateReason"]["Code"] == "Client.UserInitiatedShutdown"
    assert "saved" in console(aws, instance_id)


def test_an_instance_runs_from_its_launch(aws: EmbeddedAws) -> None:
    assert state_of(aws, launch(aws, "#!/bin/bash\nsleep 60\n")) == "running"


def test_what_made_itself_a_daemon_ends_with_its_machine(aws: EmbeddedAws) -> None:
    script = (
        "#!/bin/bash\n"
        "setsid nohup sleep 300 > /dev/null 2>&1 &\n"
        "env -i /bin/sh -c 'sleep 301 & echo $!' > $INSTANCE_ROOT/clean\n"
        "echo $! > $INSTANCE_ROOT/daemon\n"
    )
    instance_id = launch(aws, script)
    root = root_of(aws, instance_id)
    wait_until(lambda: (root / "daemon").exists() and bool((root / "daemon").read_text()))
    pids = [int((root / name).read_text()) for name in ("daemon", "clean")]
    assert all(is_alive(pid) for pid in pids)

    aws.client("ec2").terminate_instances(InstanceIds=[instance_id])

    await_state(aws, instance_id, "terminated")
    assert not any(is_alive(pid) for pid in pids)


def test_a_machine_whose_supervisor_is_killed_is_over_and_leaves_nothing(aws: EmbeddedAws) -> None:
    script = '#!/bin/bash\necho "$PPID $$" > $INSTANCE_ROOT/pids\nsleep 300\n'
    instance_id = launch(aws, script, InstanceInitiatedShutdownBehavior="terminate")
    pids = root_of(aws, instance_id) / "pids"
    wait_until(lambda: pids.exists() and bool(pids.read_text()))
    supervisor, user_data = (int(pid) for pid in pids.read_text().split())

    os.kill(supervisor, signal.SIGKILL)

    await_state(aws, instance_id, "terminated")
    assert not is_alive(user_data)


def test_a_stopped_machine_that_starts_again_does_not_run_its_user_data_again(
    aws: EmbeddedAws,
) -> None:
    unit = service(
        "again",
        "[Service]\nType=oneshot\nExecStart=bash -c 'echo boot >> $INSTANCE_ROOT/boots'\n"
        "[Install]\nWantedBy=multi-user.target",
    )
    script = (
        f"#!/bin/bash\necho first >> $INSTANCE_ROOT/first\n{unit}systemctl enable again\npoweroff\n"
    )
    instance_id = launch(aws, script)
    await_state(aws, instance_id, "stopped")
    root = root_of(aws, instance_id)

    aws.client("ec2").start_instances(InstanceIds=[instance_id])
    wait_until(lambda: (root / "boots").read_text() == "boot\nboot\n")

    assert state_of(aws, instance_id) == "running"
    assert (root / "first").read_text() == "first\n"


def test_a_shutdown_request_during_the_boot_takes_effect(aws: EmbeddedAws) -> None:
    instance_id = launch(aws, "#!/bin/bash\nsleep 300\n")

    aws.client("ec2").stop_instances(InstanceIds=[instance_id])

    await_state(aws, instance_id, "stopped")


def test_a_reboot_keeps_the_instance_running(aws: EmbeddedAws) -> None:
    instance_id = launch(aws, "#!/bin/bash\necho up; sleep 300\n")
    await_said(aws, instance_id, "up")

    aws.client("ec2").reboot_instances(InstanceIds=[instance_id])

    wait_until(lambda: console(aws, instance_id).count("Booting.") == 2)
    assert state_of(aws, instance_id) == "running"


def test_a_terminated_instance_can_neither_stop_nor_start(aws: EmbeddedAws) -> None:
    instance_id = launch(
        aws, "#!/bin/bash\npoweroff\n", InstanceInitiatedShutdownBehavior="terminate"
    )
    await_state(aws, instance_id, "terminated")

    for call in (aws.client("ec2").stop_instances, aws.client("ec2").start_instances):
        with pytest.raises(ClientError, match="IncorrectInstanceState"):
            call(InstanceIds=[instance_id])


def test_terminating_twice_is_not_an_error(aws: EmbeddedAws) -> None:
    instance_id = launch(aws, "#!/bin/bash\nsleep 300\n")

    for _ in range(2):
        aws.client("ec2").terminate_instances(InstanceIds=[instance_id])

    await_state(aws, instance_id, "terminated")
    aws.client("ec2").terminate_instances(InstanceIds=[instance_id])
    assert state_of(aws, instance_id) == "terminated"


def test_user_data_that_is_not_a_script_runs_nothing(aws: EmbeddedAws) -> None:
    instance_id = launch(aws, "#cloud-config\npackages: [git]\n")

    await_said(aws, instance_id, "is not a script")
    assert state_of(aws, instance_id) == "running"


def test_a_root_volume_goes_with_its_instance(aws: EmbeddedAws) -> None:
    instance_id = launch(aws, "#!/bin/bash\nsleep 300\n")
    assert len(aws.client("ec2").describe_volumes()["Volumes"]) == 1

    aws.client("ec2").terminate_instances(InstanceIds=[instance_id])

    await_state(aws, instance_id, "terminated")
    assert aws.client("ec2").describe_volumes()["Volumes"] == []


def test_eventbridge_receives_each_state_in_its_order(aws: EmbeddedAws) -> None:
    sqs, events = aws.client("sqs"), aws.client("events")
    queue = sqs.create_queue(QueueName="states")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    events.put_rule(Name="states", EventPattern=json.dumps({"source": ["aws.ec2"]}))
    events.put_targets(Rule="states", Targets=[{"Id": "queue", "Arn": arn["QueueArn"]}])
    heard: list[str] = []

    def has_heard_the_end() -> bool:
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get(
            "Messages", []
        ):
            heard.append(json.loads(message["Body"])["detail"]["state"])
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return "terminated" in heard

    launch(aws, "#!/bin/bash\npoweroff\n", InstanceInitiatedShutdownBehavior="terminate")

    wait_until(has_heard_the_end)
    assert heard == ["pending", "running", "shutting-down", "terminated"]


def test_the_launch_time_is_new_after_a_start(aws: EmbeddedAws) -> None:
    instance_id = launch(aws, "#!/bin/bash\npoweroff\n")
    launched_at = await_state(aws, instance_id, "stopped")["LaunchTime"]
    time.sleep(1.1)  # launch times have whole seconds

    aws.client("ec2").start_instances(InstanceIds=[instance_id])

    assert describe(aws, instance_id)["LaunchTime"] > launched_at
