"""`--in-container`: the calls of a container engine, recorded by a stand-in for it."""

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.local_container.driver import LocalContainers
from embedded_aws_helpers.containers import SCRIPT, RunContainer, training_request
from embedded_aws_helpers.waiting import wait_until

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/digits:1"
# Records its arguments and the variables that `--env NAME` passes on. `run` runs until `kill`.
STAND_IN = f"""#!{sys.executable}
import json, os, pathlib, sys, time
calls = pathlib.Path(__file__).with_name("calls")
words = sys.argv[1:]
passed = {{name: os.environ.get(name) for name in words if name in os.environ}}
with open(calls, "a") as file:
    file.write(json.dumps([words, passed]) + "\\n")
killed = pathlib.Path(__file__).with_name("killed")
if words[0] in ("kill", "exec"):
    killed.touch()
elif words[0] == "run" and "--rm" in words and "chmod" not in words:
    print("training", flush=True)
    while not killed.exists():
        time.sleep(0.02)
    print("saved", flush=True)
    sys.exit(7)
"""


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(STAND_IN)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def calls_of(engine: Path) -> list[tuple[list[str], dict[str, str]]]:
    lines = engine.with_name("calls").read_text().splitlines()
    return [(found[0], found[1]) for found in map(json.loads, lines)]


def test_the_image_runs_with_the_jobs_folder_variables_and_signals(
    aws: EmbeddedAws, engine: Path, tmp_path: Path
) -> None:
    algorithm = {"TrainingImage": IMAGE, "ContainerArguments": ["--epochs", "3"]}
    request = training_request(algorithm=algorithm, Environment={"SEED": "7", "PATH": "/app"})
    run = RunContainer(LocalContainers(str(engine)), tmp_path, "", request)
    run.await_said("training")

    run.container.ask_stop()

    assert run.await_exit() == 7
    assert run.log.splitlines()[-1] == "saved"
    (words, passed), (stop, _), *_, (end, _) = calls_of(engine)
    name = words[words.index("--name") + 1]
    assert words[words.index("--volume") + 1] == f"{run.ml_folder}:/opt/ml:z"
    assert words[words.index("--entrypoint") + 1] == "python3"
    assert words[words.index(IMAGE) :] == [IMAGE, SCRIPT, "--epochs", "3"]
    assert passed["SEED"] == "7"
    assert "SEED=7" not in words
    assert "PATH=/app" in words  # the engine needs its own
    assert passed["SM_MODEL_DIR"] == "/opt/ml/model"
    assert passed["AWS_ENDPOINT_URL"] == aws.endpoint_url
    assert stop == ["kill", "--signal", "TERM", name]
    assert end == ["rm", "--force", name]


def test_an_image_without_an_entrypoint_gets_the_command_train(
    aws: EmbeddedAws, engine: Path, tmp_path: Path
) -> None:
    request = training_request(algorithm={"TrainingImage": IMAGE})
    del request["AlgorithmSpecification"]["ContainerEntrypoint"]

    run = RunContainer(LocalContainers(str(engine)), tmp_path, "", request)
    run.await_said("training")
    run.container.close()

    words, _ = calls_of(engine)[0]
    assert words[words.index(IMAGE) :] == [IMAGE, "train"]
    assert "--entrypoint" not in words


def test_a_killed_job_leaves_no_container(aws: EmbeddedAws, engine: Path, tmp_path: Path) -> None:
    request = training_request(algorithm={"TrainingImage": IMAGE})
    run = RunContainer(LocalContainers(str(engine)), tmp_path, "", request)
    run.await_said("training")

    run.container.kill()

    assert run.await_exit() == 137
    wait_until(lambda: calls_of(engine)[-1][0][0] == "rm")


def test_forwarded_signals_reach_all_processes_of_the_container(
    aws: EmbeddedAws, engine: Path, tmp_path: Path
) -> None:
    request = training_request(
        algorithm={"TrainingImage": IMAGE}, Environment={"EMBEDDED_AWS_SIGNALS": "forwarded"}
    )
    run = RunContainer(LocalContainers(str(engine)), tmp_path, "", request)
    run.await_said("training")

    run.container.ask_stop()

    assert run.await_exit() == 7
    assert calls_of(engine)[1][0][0] == "exec"


def test_isolated_jobs_have_no_network_and_no_credentials(
    aws: EmbeddedAws, engine: Path, tmp_path: Path
) -> None:
    request = training_request(algorithm={"TrainingImage": IMAGE}, EnableNetworkIsolation=True)
    run = RunContainer(LocalContainers(str(engine)), tmp_path, "", request)
    run.await_said("training")
    run.container.close()

    words, _ = calls_of(engine)[0]
    assert words[words.index("--network") + 1] == "none"
    assert not [word for word in words if word.startswith("AWS_CONTAINER")]


def test_files_of_the_containers_root_are_opened_for_this_user(
    aws: EmbeddedAws, engine: Path, tmp_path: Path
) -> None:
    request = training_request(algorithm={"TrainingImage": IMAGE})
    run = RunContainer(LocalContainers(str(engine)), tmp_path, "", request)
    run.await_said("training")
    run.container.ask_stop()
    assert run.await_exit() == 7

    opened = [words for words, _ in calls_of(engine) if "chmod" in words]
    assert bool(opened) == (os.geteuid() != 0)
