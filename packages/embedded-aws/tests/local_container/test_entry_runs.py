"""What the entry of a container finds, in both ways to its /opt/ml, and how it ends."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.local_container.driver import LocalContainers
from embedded_aws.local_container.opt_ml import OptMl, find_mount_problem
from embedded_aws.processes import find_marked
from embedded_aws_helpers.containers import SCRIPT, RunContainer, training_request
from embedded_aws_helpers.roles import allow, make_role
from embedded_aws_helpers.waiting import is_alive, wait_until

WAYS = [
    pytest.param(
        OptMl.MOUNTED,
        marks=pytest.mark.skipif(bool(find_mount_problem()), reason=find_mount_problem()),
    ),
    OptMl.BASE_DIR,
]
both_ways = pytest.mark.parametrize("way", WAYS)
DUMP = """
import json, os, pathlib, sys
model = pathlib.Path(os.environ["SM_MODEL_DIR"])
(model / "seen.json").write_text(json.dumps([sys.argv, dict(os.environ), os.getcwd()]))
print("trained", flush=True)
print("and warned", file=sys.stderr)
"""
# Prints how it was stopped, and saves as a script on SageMaker does.
SAVES = """
import os, pathlib, signal, sys, time
def save(*_):
    (pathlib.Path(os.environ["SM_MODEL_DIR"]) / "saved").write_text("on SIGTERM")
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
print("ready", flush=True)
while True:
    time.sleep(0.05)
"""
IN_A_SHELL = ["/bin/sh", "-c", f"true && python3 {SCRIPT}; true"]


def seen_by(run: RunContainer) -> tuple[list[str], dict[str, str], str]:
    found = json.loads((run.ml_folder / "model" / "seen.json").read_text())
    return found[0], found[1], found[2]


@both_ways
def test_the_entry_finds_its_files_and_variables(
    aws: EmbeddedAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: OptMl
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the-persons-own")
    monkeypatch.setenv("MY_SECRET", "secret")
    request = training_request(
        algorithm={"ContainerArguments": ["--data", "/opt/ml/input/data/train"]},
        HyperParameters={"learning-rate": "0.1"},
        Environment={"SEED": "7", "CACHE": "/opt/ml/cache", "SM_LOG_LEVEL": "10"},
    )

    run = RunContainer(LocalContainers(opt_ml=way), tmp_path, DUMP, request)

    assert run.await_exit() == 0
    base = "/opt/ml" if way is OptMl.MOUNTED else str(run.ml_folder)
    arguments, variables, _ = seen_by(run)
    assert arguments == [f"{base}/input/data/code/train.py", "--data", f"{base}/input/data/train"]
    assert variables["SM_CHANNEL_CODE"] == f"{base}/input/data/code"
    assert variables["SM_HP_LEARNING-RATE"] == variables["SM_HP_LEARNING_RATE"] == "0.1"
    assert variables["SEED"] == "7"
    assert variables["CACHE"] == f"{base}/cache"
    assert variables["SM_LOG_LEVEL"] == "10"
    assert variables.get("SAGEMAKER_BASE_DIR", "/opt/ml") == base
    assert variables["TRAINING_JOB_NAME"] == request["TrainingJobName"]
    assert variables["TRAINING_JOB_ARN"].endswith(f":training-job/{request['TrainingJobName']}")
    assert variables["AWS_ENDPOINT_URL"] == aws.endpoint_url
    assert not {"AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "MY_SECRET"} & set(variables)
    config = json.loads((run.ml_folder / "input/config/hyperparameters.json").read_text())
    assert config == {"learning-rate": "0.1"}
    first, *rest = run.log.splitlines()
    assert first.startswith("embedded AWS: /opt/ml is ")
    assert ("SAGEMAKER_BASE_DIR" in first) == (way is OptMl.BASE_DIR)
    assert sorted(rest) == ["and warned", "trained"]


def test_what_is_under_opt_stays_visible_beside_opt_ml(aws: EmbeddedAws, tmp_path: Path) -> None:
    if find_mount_problem():
        pytest.skip(find_mount_problem())
    script = "import os; print(sorted(os.listdir('/opt'))); open('/opt/ml/model/m', 'w')"

    run = RunContainer(LocalContainers(opt_ml=OptMl.MOUNTED), tmp_path, script)

    assert run.await_exit() == 0
    assert str(sorted({*os.listdir("/opt"), "ml"})) in run.log
    assert (run.ml_folder / "model" / "m").exists()


def test_hosts_of_a_job_find_each_other_by_name(aws: EmbeddedAws, tmp_path: Path) -> None:
    if find_mount_problem():
        pytest.skip(find_mount_problem())
    script = (
        "import socket\nprint([socket.gethostbyname(f'algo-{n}') for n in (1, 2)],"
        " socket.gethostbyname('localhost'))"
    )
    resources = {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1}
    request = training_request(ResourceConfig=resources)

    run = RunContainer(LocalContainers(opt_ml=OptMl.MOUNTED), tmp_path, script, request)

    assert run.await_exit() == 0, run.log
    assert "['127.0.0.1', '127.0.0.2'] 127.0.0.1" in run.log


@both_ways
def test_the_exit_status_and_the_failure_file_are_the_scripts(
    aws: EmbeddedAws, tmp_path: Path, way: OptMl
) -> None:
    script = (
        "import os, sys\nopen(os.environ['SM_OUTPUT_FAILURE'], 'w').write('no data')\nsys.exit(3)"
    )

    run = RunContainer(LocalContainers(opt_ml=way), tmp_path, script)

    assert run.await_exit() == 3
    assert (run.ml_folder / "output" / "failure").read_text() == "no data"


def test_a_job_without_an_entrypoint_fails_with_advice(aws: EmbeddedAws, tmp_path: Path) -> None:
    request = training_request()
    del request["AlgorithmSpecification"]["ContainerEntrypoint"]

    run = RunContainer(LocalContainers(), tmp_path, DUMP, request)

    assert run.await_exit() == 1
    reason = (run.ml_folder / "output" / "failure").read_text()
    assert "state `entrypoint` or a training script" in reason
    assert "--in-container" in reason
    assert reason in run.log


def test_an_entry_that_does_not_exist_fails_as_in_a_container(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    request = training_request(algorithm={"ContainerEntrypoint": ["no-such-program"]})

    run = RunContainer(LocalContainers(), tmp_path, DUMP, request)

    assert run.await_exit() == 127
    assert "no-such-program" in (run.ml_folder / "output" / "failure").read_text()


@both_ways
def test_a_script_that_is_the_entry_saves_when_it_is_stopped(
    aws: EmbeddedAws, tmp_path: Path, way: OptMl
) -> None:
    run = RunContainer(LocalContainers(opt_ml=way), tmp_path, SAVES)
    run.await_said("ready")

    run.container.ask_stop()

    assert run.await_exit() == 0
    assert (run.ml_folder / "model" / "saved").exists()
    assert "warning" not in run.log


@pytest.mark.parametrize("is_forwarded", [False, True])
def test_signals_go_to_the_entry_alone_unless_they_are_forwarded(
    aws: EmbeddedAws, tmp_path: Path, is_forwarded: bool
) -> None:
    request = training_request(
        algorithm={"ContainerEntrypoint": IN_A_SHELL},
        Environment={"EMBEDDED_AWS_SIGNALS": "forwarded"} if is_forwarded else {},
    )
    run = RunContainer(LocalContainers(opt_ml=OptMl.BASE_DIR), tmp_path, SAVES, request)
    run.await_said("ready")

    run.container.ask_stop()

    assert run.await_exit() == 128 + signal.SIGTERM
    assert (run.ml_folder / "model" / "saved").exists() == is_forwarded
    assert "warning: /opt/ml/input/data/code/train.py handles SIGTERM, but" in run.log


@both_ways
def test_nothing_of_a_killed_container_is_left(
    aws: EmbeddedAws, tmp_path: Path, way: OptMl
) -> None:
    # A child in a session of its own, with no environment: only its ancestry leads to it.
    script = (
        "import subprocess, time\n"
        "subprocess.Popen(['/usr/bin/env', '-i', 'sleep', '600'], start_new_session=True)\n"
        "print('ready', flush=True)\ntime.sleep(600)"
    )
    run = RunContainer(LocalContainers(opt_ml=way), tmp_path, script)
    run.await_said("ready")
    assert len(find_marked(run.container.marker)) == 2

    run.container.kill()

    assert run.await_exit() == 128 + signal.SIGKILL
    assert find_marked(run.container.marker) == set()


def test_what_the_entry_leaves_behind_ends_with_it(aws: EmbeddedAws, tmp_path: Path) -> None:
    script = (
        "import subprocess\n"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\nprint(child.pid)"
    )

    run = RunContainer(LocalContainers(opt_ml=OptMl.BASE_DIR), tmp_path, script)

    assert run.await_exit() == 0
    child = int(run.log.splitlines()[-1])
    assert not is_alive(child)


def test_a_closed_container_reports_no_exit(aws: EmbeddedAws, tmp_path: Path) -> None:
    run = RunContainer(LocalContainers(opt_ml=OptMl.BASE_DIR), tmp_path, SAVES)
    run.await_said("ready")

    run.container.close()
    run.container.close()

    wait_until(lambda: not find_marked(run.container.marker))
    assert run._exits.empty()


def test_the_job_acts_as_its_role(aws: EmbeddedAws, tmp_path: Path) -> None:
    role_arn = make_role(
        aws,
        "digits",
        allow("s3:ListBucket", "arn:aws:s3:::bucket"),
        trusts={"Service": "sagemaker.amazonaws.com"},
    )
    script = """
import json, os, urllib.request
request = urllib.request.Request(
    os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
    headers={"Authorization": os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]})
print(json.load(urllib.request.urlopen(request))["AccessKeyId"])
try:
    urllib.request.urlopen(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
except urllib.error.HTTPError as error:
    print("without the token", error.code)
"""
    request = training_request(RoleArn=role_arn)

    run = RunContainer(LocalContainers(), tmp_path, script, request)

    assert run.await_exit() == 0
    *_, key_id, refused = run.log.splitlines()
    assert refused == "without the token 401"
    owner = aws.client("sts").get_access_key_info(AccessKeyId=key_id)
    assert owner["Account"] == "123456789012"


def test_packages_that_a_script_installs_stay_in_its_folder(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    run = RunContainer(LocalContainers(opt_ml=OptMl.BASE_DIR), tmp_path, DUMP)

    assert run.await_exit() == 0
    _, variables, folder = seen_by(run)
    own = str(run.container.own_folder)
    places = [variables[name] for name in ("PIP_TARGET", "PYTHONPATH", "HOME", "TMPDIR")]
    assert all(place.startswith(own) for place in [*places, folder])


def test_checkpoints_are_where_the_request_has_them(aws: EmbeddedAws, tmp_path: Path) -> None:
    place: dict[str, Any] = {"S3Uri": "s3://bucket/c/", "LocalPath": "/opt/ml/state/saved"}
    script = "import os; open(os.environ['SAGEMAKER_BASE_DIR'] + '/state/saved/1', 'w')"

    run = RunContainer(
        LocalContainers(opt_ml=OptMl.BASE_DIR),
        tmp_path,
        script,
        training_request(CheckpointConfig=place),
    )

    assert run.await_exit() == 0
    assert (run.ml_folder / "checkpoints" / "1").exists()
    config = json.loads((run.ml_folder / "input/config/checkpointconfig.json").read_text())
    assert config == place
