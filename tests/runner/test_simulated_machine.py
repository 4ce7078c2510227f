"""A simulated machine writes what a real one writes, at the times of the clock."""

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.ec2.models import ec2_backends

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.fault_injection.aws_call import AwsCall
from embedded_aws.fault_injection.call_faults import CallFault, strike_calls
from embedded_aws.instances.interruption import interrupt_spot_instance
from embedded_aws.instances.lifecycle import hang_instance, kill_instance
from embedded_aws_helpers.builders import IMAGE_ID, instance_state
from parris.targets.runner_files import runner_archive
from parris_cli.rehearsal.simulation.driver import SimulatedInstances
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from parris_cli.rehearsal.simulation.user_data import UserData, read_user_data
from tests.runner.trainer import MACHINE_FILES, Trainer

START = datetime(2031, 5, 1, tzinfo=UTC)
HOUR = 3600
TRAINING = SimulatedTraining(
    takes_seconds=10 * HOUR, exit_code=3, boot_seconds=40, save_seconds=20, off_seconds=5
)
SPOT = {"MarketType": "spot", "SpotOptions": {"SpotInstanceType": "one-time"}}
TIMER_SECONDS = 100 * HOUR
USER_DATA = f"""#!/bin/bash
cat > timer <<UNIT
          OnCalendar=@$(( $(date +%s) + {TIMER_SECONDS} ))
UNIT
waits_until=$(( $(date +%s) + 900 ))
steering="s3://bucket/steering/$userid"
"""


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def instance_end_seconds() -> float:
    return 0.0


@pytest.fixture
def upload_seconds() -> float:
    return 0.0


@pytest.fixture
def aws(
    clock: VirtualClock, tmp_path: Path, instance_end_seconds: float, upload_seconds: float
) -> Iterator[EmbeddedAws]:
    settings = Settings(
        instances=SimulatedInstances(dataclasses.replace(TRAINING, upload_seconds=upload_seconds)),
        enforce_roles=False,
        instance_end_seconds=instance_end_seconds,
    )
    with EmbeddedAws(settings, folder=tmp_path / "aws", clock=clock) as running:
        running.client("s3").create_bucket(Bucket="bucket")
        running.client("logs").create_log_group(logGroupName="/trainers")
        profile(running)
        yield running


def profile(aws: EmbeddedAws) -> None:
    trust = {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    }
    iam = aws.client("iam")
    iam.create_role(RoleName="trainer", AssumeRolePolicyDocument=json.dumps(trust))
    iam.create_instance_profile(InstanceProfileName="trainer")
    iam.add_role_to_instance_profile(InstanceProfileName="trainer", RoleName="trainer")


def user_id(aws: EmbeddedAws, instance_id: str) -> str:
    role_id = aws.client("iam").get_role(RoleName="trainer")["Role"]["RoleId"]
    return f"{role_id}:{instance_id}"


def steer(aws: EmbeddedAws, instance_id: str, job: dict[str, Any]) -> None:
    files = {
        "job.json": json.dumps(job).encode(),
        "runner.zip": runner_archive(MACHINE_FILES),
        "bootstrap.sh": b"",
    }
    for name, body in files.items():
        key = f"steering/{user_id(aws, instance_id)}/{name}"
        aws.client("s3").put_object(Bucket="bucket", Key=key, Body=body)


def launch(
    aws: EmbeddedAws, job: dict[str, Any], behavior: str = "terminate", **options: Any
) -> str:
    instance_id = boot(aws, behavior, **options)
    steer(aws, instance_id, job)
    return instance_id


def boot(aws: EmbeddedAws, behavior: str = "terminate", **options: Any) -> str:
    answer = aws.client("ec2").run_instances(
        ImageId=IMAGE_ID,
        MinCount=1,
        MaxCount=1,
        UserData=USER_DATA,
        InstanceInitiatedShutdownBehavior=behavior,
        IamInstanceProfile={"Name": "trainer"},
        **options,
    )
    return str(answer["Instances"][0]["InstanceId"])


def written(aws: EmbeddedAws, name: str) -> tuple[dict[str, Any], float]:
    """Return a file that the machine wrote, and how many seconds after the launch it came."""
    s3 = aws.client("s3")
    listed = s3.list_objects_v2(Bucket="bucket", Prefix="machines/")["Contents"]
    (key,) = [one["Key"] for one in listed if one["Key"].endswith(f"/{name}")]
    found = s3.get_object(Bucket="bucket", Key=key)
    return json.loads(found["Body"].read()), (found["LastModified"] - START).total_seconds()


def run_until_off(aws: EmbeddedAws, clock: VirtualClock, instance_id: str) -> float:
    over = ("terminated", "stopped")
    clock.run_while(lambda: instance_state(aws, instance_id) not in over)
    return (clock.now() - START).total_seconds()


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return type(value).__name__


@pytest.mark.parametrize("name", ["started.json", "results-manifest.json", "exit.json"])
def test_it_leaves_the_files_of_the_real_runner_field_by_field(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer, name: str
) -> None:
    run_until_off(aws, clock, launch(aws, trainer.job))
    trainer.run("echo step=1 loss=0.5; exit 3\n")
    real = json.loads(trainer.saved(name))
    simulated, _ = written(aws, name)
    assert shape(simulated) == shape(real)
    for report in (simulated, real):
        for metric in report.get("metrics", {}).values():
            del metric["at"]
    timestamps = {"started_at", "ended_at", "uploaded_at", "last_log_lines"}
    assert {k: v for k, v in simulated.items() if k not in timestamps} == {
        k: v for k, v in real.items() if k not in timestamps
    }


def test_it_boots_trains_saves_and_goes_off_on_the_clock(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer
) -> None:
    off_after_seconds = run_until_off(aws, clock, launch(aws, trainer.job))
    assert written(aws, "started.json")[1] == 40
    assert written(aws, "exit.json")[1] == 40 + 10 * HOUR
    assert off_after_seconds == 40 + 10 * HOUR + 5


@pytest.mark.parametrize("instance_end_seconds", [30.0])
@pytest.mark.parametrize(
    ("behavior", "ending", "ended"),
    [("terminate", "shutting-down", "terminated"), ("stop", "stopping", "stopped")],
)
def test_ec2_takes_its_time_to_call_an_instance_over_that_went_off(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer, behavior: str, ending: str, ended: str
) -> None:
    instance_id = launch(aws, trainer.job, behavior)
    off_at = START + timedelta(seconds=40 + 10 * HOUR + 5)
    clock.run_until(off_at + timedelta(seconds=29))
    assert instance_state(aws, instance_id) == ending
    clock.run_until(off_at + timedelta(seconds=30))
    assert instance_state(aws, instance_id) == ended
    found = aws.client("ec2").describe_instances(InstanceIds=[instance_id])
    reason = found["Reservations"][0]["Instances"][0]["StateReason"]["Code"]
    assert reason == "Client.InstanceInitiatedShutdown"


def test_it_writes_its_log_and_its_console(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer
) -> None:
    instance_id = launch(aws, trainer.job)
    run_until_off(aws, clock, instance_id)
    found = aws.client("logs").get_log_events(
        logGroupName="/trainers", logStreamName="digits/digits-1"
    )["events"]
    said = [event["message"] for event in found]
    console = aws.client("ec2").get_console_output(InstanceId=instance_id)["Output"]
    assert said[0] == "parris: starting train.sh"
    assert any(line.startswith("parris: ended by script, exit status 3") for line in said)
    assert console.splitlines() == said
    assert {event["timestamp"] for event in found} == {
        (START.timestamp() + 40) * 1000,
        (START.timestamp() + 40 + 10 * HOUR) * 1000,
    }


def test_on_a_stop_signal_it_saves_within_its_grace_period(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer
) -> None:
    trainer.job["save_grace_seconds"] = 60
    instance_id = launch(aws, trainer.job)
    clock.run_until(START + timedelta(hours=1))
    aws.client("ec2").stop_instances(InstanceIds=[instance_id])
    assert instance_state(aws, instance_id) == "stopping"
    assert run_until_off(aws, clock, instance_id) == HOUR + 20 + 5
    report, seconds = written(aws, "exit.json")
    assert (report["ended_by"], report["exit_status"], seconds) == ("signal", 0, HOUR + 20)


def test_a_grace_that_is_too_short_kills_the_script(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer
) -> None:
    trainer.job["save_grace_seconds"] = 5
    instance_id = launch(aws, trainer.job)
    clock.run_until(START + timedelta(hours=1))
    aws.client("ec2").terminate_instances(InstanceIds=[instance_id])
    assert run_until_off(aws, clock, instance_id) == HOUR + 5 + 5
    report, _ = written(aws, "exit.json")
    assert (report["exit_status"], report["signal"]) == (None, "SIGKILL")


def test_its_own_limit_ends_it_at_the_second_that_the_real_runner_would_take(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer
) -> None:
    limit_to_two_hours(trainer)
    assert run_until_off(aws, clock, launch(aws, trainer.job)) == 2 * HOUR - 120 + 20 + 5
    assert written(aws, "exit.json")[0]["ended_by"] == "time-limit"


def limit_to_two_hours(trainer: Trainer) -> None:
    trainer.job["save_grace_seconds"] = 60
    trainer.job["limits"] |= {
        "time_limit_seconds": 2 * HOUR,
        "ends_at_seconds": 2 * HOUR - 120,
        "gone_at_seconds": 2 * HOUR,
    }


@pytest.mark.parametrize("upload_seconds", [1000.0])
def test_its_upload_lies_inside_the_limit_and_is_announced_before(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer
) -> None:
    limit_to_two_hours(trainer)
    instance_id = launch(aws, trainer.job)
    stops_at = 2 * HOUR - 30 - 10 - 60 - 1500
    clock.run_until(START + timedelta(seconds=stops_at + 100))

    report, seconds = written(aws, "exit.json")
    assert (report["is_final"], report["results"]["complete"]) == (False, False)
    assert seconds == stops_at + 20

    assert run_until_off(aws, clock, instance_id) == stops_at + 20 + 1000 + 5
    report, seconds = written(aws, "exit.json")
    assert (report["is_final"], report["results"]["complete"]) == (True, True)
    assert report["ended_by"] == "time-limit"


@pytest.mark.parametrize("upload_seconds", [10.0 * HOUR])
def test_an_upload_that_cannot_be_done_in_time_is_given_up_in_time(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer
) -> None:
    limit_to_two_hours(trainer)
    assert run_until_off(aws, clock, launch(aws, trainer.job)) == 2 * HOUR - 40 + 5
    report, _ = written(aws, "exit.json")
    assert (report["is_final"], report["results"]["complete"]) == (True, False)
    assert report["ended_at"] == "2031-05-01T01:58:20.000Z"


@pytest.mark.parametrize("upload_seconds", [1000.0])
def test_a_machine_that_is_killed_while_it_uploads_leaves_its_first_report(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer
) -> None:
    limit_to_two_hours(trainer)
    instance_id = launch(aws, trainer.job)
    clock.run_until(START + timedelta(seconds=2 * HOUR - 1400))
    with aws.context.at_work("test"):
        kill_instance(
            ec2_backends[aws.context.settings.account_id]["us-east-1"].get_instance(instance_id)
        )
    clock.run_until(START + timedelta(hours=3))
    assert written(aws, "exit.json")[0]["is_final"] is False


@pytest.mark.parametrize("upload_seconds", [1000.0])
@pytest.mark.parametrize(
    ("told_at", "report"),
    [
        pytest.param(20, None, id="boots"),
        pytest.param(2 * HOUR - 1600, "interruption", id="trains"),
        pytest.param(10 * HOUR + 38, "script", id="ends by itself meanwhile"),
        pytest.param(10 * HOUR + 200, "script", id="uploads"),
    ],
)
def test_a_spot_machine_is_gone_two_minutes_after_its_notice_whatever_it_is_at(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer, told_at: int, report: str | None
) -> None:
    trainer.job |= {"is_spot": True, "save_grace_seconds": 60}
    instance_id = launch(aws, trainer.job, InstanceMarketOptions=SPOT)
    clock.run_until(START + timedelta(seconds=told_at))
    with aws.context.at_work("test"):
        interrupt_spot_instance(instance_id)

    assert run_until_off(aws, clock, instance_id) == told_at + 120

    found = aws.client("ec2").describe_instances(InstanceIds=[instance_id])
    instance = found["Reservations"][0]["Instances"][0]
    assert instance["StateReason"]["Code"] == "Server.SpotInstanceTermination"
    clock.run_until(START + timedelta(hours=12))
    if report is not None:
        left, _ = written(aws, "exit.json")
        assert (left["ended_by"], left["is_final"]) == (report, False)
        assert left["results"]["complete"] is False


def test_a_spot_machine_that_hangs_is_gone_two_minutes_after_its_notice(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer
) -> None:
    trainer.job |= {"is_spot": True, "save_grace_seconds": 60}
    instance_id = launch(aws, trainer.job, InstanceMarketOptions=SPOT)
    clock.run_until(START + timedelta(hours=1))
    with aws.context.at_work("test"):
        backend = ec2_backends[aws.context.settings.account_id]["us-east-1"]
        hang_instance(backend.get_instance(instance_id))
        interrupt_spot_instance(instance_id)
    assert run_until_off(aws, clock, instance_id) == HOUR + 120


def test_its_heart_beats_every_five_minutes_until_it_is_over_and_no_timer_beats(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer
) -> None:
    trainer.job["sync_interval_seconds"] = 600
    instance_id = launch(aws, trainer.job)
    clock.run_until(START + timedelta(seconds=40 + 299))
    beat, seconds = written(aws, "heartbeat.json")
    assert seconds == 40
    assert beat == {
        "written_at": "2031-05-01T00:00:40.000Z",
        "is_script_running": True,
        "results_synced_at": None,
        "metrics": {},
    }
    clock.run_until(START + timedelta(seconds=40 + 1501))
    beat, seconds = written(aws, "heartbeat.json")
    assert seconds == 40 + 1500
    assert beat["results_synced_at"] == "2031-05-01T00:20:40.000Z"
    listed = aws.client("s3").list_objects_v2(
        Bucket="bucket", Prefix=f"machines/{user_id(aws, instance_id)}/heartbeat"
    )
    assert (listed["Contents"][0]["LastModified"] - START).total_seconds() == 40 + 1500
    off_after_seconds = run_until_off(aws, clock, instance_id)
    clock.run_until(clock.now() + timedelta(hours=2))
    assert written(aws, "heartbeat.json")[1] <= off_after_seconds


def test_a_limit_that_comes_before_the_script_starts_is_its_end(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer
) -> None:
    trainer.job["limits"] |= {
        "time_limit_seconds": 30,
        "ends_at_seconds": 20,
        "gone_at_seconds": 30,
    }
    run_until_off(aws, clock, launch(aws, trainer.job))
    report, _ = written(aws, "exit.json")
    assert (report["ended_by"], report["started_at"]) == ("time-limit", None)


def test_a_machine_without_its_files_shuts_down_without_a_report(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer
) -> None:
    instance_id = launch(aws, trainer.job)
    key = f"steering/{user_id(aws, instance_id)}/job.json"
    aws.client("s3").delete_object(Bucket="bucket", Key=key)
    assert run_until_off(aws, clock, instance_id) == 45


def test_a_machine_waits_for_its_files(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer
) -> None:
    instance_id = boot(aws)
    clock.run_until(START + timedelta(seconds=601))
    steer(aws, instance_id, trainer.job)
    run_until_off(aws, clock, instance_id)
    assert written(aws, "started.json")[1] == 602


@pytest.mark.long
def test_a_machine_that_is_never_given_its_files_goes_off(
    aws: EmbeddedAws, clock: VirtualClock
) -> None:
    assert run_until_off(aws, clock, boot(aws)) == 40 + 900 + 5


def test_a_waiting_machine_shuts_down_on_request(aws: EmbeddedAws, clock: VirtualClock) -> None:
    instance_id = boot(aws)
    clock.run_until(START + timedelta(seconds=100))
    aws.client("ec2").terminate_instances(InstanceIds=[instance_id])
    assert run_until_off(aws, clock, instance_id) == 105


def test_a_stopped_machine_does_not_train_again_and_its_timer_ends_it(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer
) -> None:
    instance_id = launch(aws, trainer.job, behavior="stop")
    run_until_off(aws, clock, instance_id)
    _, saved_after_seconds = written(aws, "exit.json")
    aws.client("ec2").start_instances(InstanceIds=[instance_id])
    assert instance_state(aws, instance_id) == "running"
    assert run_until_off(aws, clock, instance_id) == TIMER_SECONDS + 5
    assert written(aws, "exit.json")[1] == saved_after_seconds


def test_a_training_may_be_another_for_a_job_of_some_name() -> None:
    short = SimulatedTraining(takes_seconds=1)
    training = SimulatedTraining(takes_seconds=9, of_jobs={"digits": short})
    assert training.of("digits") is short
    assert training.of("letters") is training


def test_the_user_data_of_the_training_stack_is_understood() -> None:
    template = (MACHINE_FILES.parent / "ec2-stack" / "training-stack.yaml").read_text()
    values = {"BucketName": "a-bucket", "BootTimeoutSeconds": "900", "BackstopSeconds": "4500"}
    for name, value in values.items():
        template = template.replace(f"${{{name}}}", value)
    assert read_user_data(template) == UserData("a-bucket", 900, 4500)


class FirstCalls:
    """Strikes the first calls of each operation that an instance makes."""

    def __init__(self, instance_id: str, fault: CallFault, how_many: int) -> None:
        self._instance_id, self._fault, self._how_many = instance_id, fault, how_many
        self.struck: Counter[str] = Counter()

    def __call__(self, call: AwsCall) -> CallFault | None:
        if call.caller != self._instance_id or self.struck[call.operation] >= self._how_many:
            return None
        self.struck[call.operation] += 1
        return self._fault


@pytest.mark.parametrize("fault", [CallFault.THROTTLED, CallFault.UNAVAILABLE, CallFault.LOST])
def test_temporary_failures_are_retried_as_by_the_real_runner(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer, fault: CallFault
) -> None:
    instance_id = launch(aws, trainer.job)
    with aws.context.at_work("test"):
        striker = FirstCalls(instance_id, fault, 2)
        strike_calls(striker)
    off_seconds = run_until_off(aws, clock, instance_id)
    assert {"GetObject", "PutObject"} <= {
        name for name, count in striker.struck.items() if count == 2
    }
    # Four waits of 2 s of the user data, which lists and reads; of 1 s and 3 s of the runner.
    assert written(aws, "started.json")[1] == 40 + 8 + 4
    assert written(aws, "exit.json")[0]["exit_status"] == 3
    assert off_seconds == 40 + 8 + 4 + 10 * HOUR + 5


def test_a_machine_that_cannot_save_goes_off_when_it_has_tried_for_long_enough(
    aws: EmbeddedAws, clock: VirtualClock, trainer: Trainer
) -> None:
    instance_id = launch(aws, trainer.job)
    clock.run_until(START + timedelta(hours=1))
    with aws.context.at_work("test"):
        strike_calls(FirstCalls(instance_id, CallFault.DENIED, 10**6))
    assert run_until_off(aws, clock, instance_id) == 40 + 10 * HOUR + (1 + 3 + 8 + 15) + 5
    assert b"exit.json could not be written" in _console(aws, instance_id)


def _console(aws: EmbeddedAws, instance_id: str) -> bytes:
    output: str = aws.client("ec2").get_console_output(InstanceId=instance_id)["Output"]
    return output.encode()
