"""The training stack as a whole: template, user data, bootstrap, runner, the real aws command."""

import json
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.instances import await_said, await_state, console, describe, journal
from embedded_aws_helpers.waiting import wait_until
from tests.runner.training_stacks import TrainingStack

EXAMPLE = Path(__file__).parents[2] / "config" / "trainer-script.sh"
SAVES_WHEN_TOLD = b"""#!/bin/bash
trap 'echo half > "$PARRIS_RESULTS_DIR/checkpoint"; exit 0' TERM
echo ready
while :; do sleep 0.5; done
"""


# `make test` has it in the whole command: tests/end_to_end/test_command.py.
@pytest.mark.long
def test_the_example_script_trains_a_model_that_tells_irises_apart(aws: EmbeddedAws) -> None:
    stack = TrainingStack(aws, EXAMPLE.read_bytes())

    await_state(aws, stack.create(), "terminated")

    assert (stack.end()["ended_by"], stack.end()["exit_status"]) == ("script", 0)
    metrics = json.loads(stack.read("results/metrics.json"))
    assert metrics["is_complete"] is True
    assert metrics["test_accuracy"] > 0.9
    assert metrics["history"][0]["loss"] > metrics["loss"]
    assert len(json.loads(stack.read("results/model.json"))["networks"]) == 12
    events = aws.client("logs").get_log_events(
        logGroupName="/trainers", logStreamName="digits/digits-1"
    )["events"]
    assert any("loss" in event["message"] for event in events)


def test_instance_and_volume_are_what_the_template_promises(aws: EmbeddedAws) -> None:
    stack = TrainingStack(aws, b"sleep 300\n")
    groups = aws.client("ec2").describe_security_groups()["SecurityGroups"]

    instance_id = stack.create(
        ShutdownBehavior="stop", SecurityGroupId=groups[0]["GroupId"], VolumeSizeGib="55"
    )

    instance = describe(aws, instance_id)
    assert instance["MetadataOptions"]["HttpTokens"] == "required"
    assert instance["MetadataOptions"]["HttpPutResponseHopLimit"] == 2
    assert [group["GroupId"] for group in instance["SecurityGroups"]] == [groups[0]["GroupId"]]
    (volume,) = aws.client("ec2").describe_volumes()["Volumes"]
    assert (volume["VolumeType"], volume["Size"], volume["Encrypted"]) == ("gp3", 55, True)
    for tags in (instance["Tags"], volume["Tags"]):
        found = {tag["Key"]: tag["Value"] for tag in tags}
        assert found["Name"] == "parris-digits"
        assert found["parris:deployment"] == "parris"
        assert found["parris:execution"].endswith(":parris:digits-1")
        assert found["parris:job"] == "digits"
        assert found["parris:deadline"] == "2040-01-01T00:00:00Z"


def test_deleting_the_stack_lets_the_script_save_first(aws: EmbeddedAws) -> None:
    stack = TrainingStack(aws, SAVES_WHEN_TOLD)
    instance_id = stack.create()
    wait_until(lambda: "ready" in journal(aws, instance_id))

    stack.delete()

    await_state(aws, instance_id, "terminated")
    assert (stack.end()["ended_by"], stack.end()["exit_status"]) == ("signal", 0)
    assert stack.read("results/checkpoint") == b"half\n"


def test_the_machines_own_deadline_ends_it_whoever_else_sleeps(aws: EmbeddedAws) -> None:
    stack = TrainingStack(aws, SAVES_WHEN_TOLD)

    instance_id = stack.create(BackstopSeconds="40")

    ended = await_state(aws, instance_id, "terminated")
    assert ended["StateReason"]["Code"] == "Client.InstanceInitiatedShutdown"
    assert "parris-deadline.timer is due" in console(aws, instance_id)
    assert stack.read("results/checkpoint") == b"half\n"


def test_the_console_shows_what_the_runner_notes_and_not_what_the_script_says(
    aws: EmbeddedAws,
) -> None:
    stack = TrainingStack(aws, b"for i in $(seq 1000); do echo line $i; done\n")

    instance_id = stack.create()

    await_state(aws, instance_id, "terminated")
    shown = console(aws, instance_id)
    assert "parris: starting train.sh" in shown
    assert "parris: ended by script, exit status 0" in shown
    assert "line 1000" not in shown
    assert "line 1000" in journal(aws, instance_id)
    assert stack.read("log.txt").count(b"line") == 1000


def test_a_script_that_was_changed_on_the_way_is_not_run(aws: EmbeddedAws) -> None:
    stack = TrainingStack(aws, b"echo wrong\n", sha256="0" * 64)

    await_state(aws, stack.create(), "terminated")

    end = stack.end()
    assert (end["ended_by"], end["exit_status"]) == ("bootstrap", None)
    assert "changed after the job was started" in end["last_log_lines"][0]
    assert end["results"]["complete"] is True
    assert b"changed after the job was started" in stack.read("log.txt")
    assert json.loads(stack.read("results-manifest.json"))["object_count"] == 0


def test_a_stopped_machine_that_is_started_again_does_not_train_again(aws: EmbeddedAws) -> None:
    stack = TrainingStack(aws, b"echo trained; echo 1 > $PARRIS_RESULTS_DIR/model\n")
    instance_id = stack.create(ShutdownBehavior="stop")
    await_state(aws, instance_id, "stopped")

    aws.client("ec2").start_instances(InstanceIds=[instance_id])

    await_said(aws, instance_id, "parris-trainer.service was skipped")
    assert journal(aws, instance_id).count("trained") == 1
    wait_until(lambda: describe(aws, instance_id)["State"]["Name"] == "running")
