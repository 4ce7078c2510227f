"""The real `sam`, `aws` and `parris deploy` against `parris aws up`: from a build to a deletion."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded_aws_helpers.builders import until
from parris_cli.deployment.sam import SHARED_CODE
from parris_cli.project_files import PROJECT
from tests.patience import PATIENCE_SECONDS
from tests.served_aws import BIN, ServedAws, plain_environment, processes_of, served_aws

# What `sam build` reads; the clone itself is left as it is.
ROOMS = ("config", "lambdas", "parris_cli", "state_machine", "templates")
FILES = ("template.yaml", "samconfig.toml")
SLEEPS = '{"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "Seconds": 3600, "End": true}}}'


class Shell:
    """A shell in a copy of the clone, with an empty home and the server's variables."""

    def __init__(self, folder: Path, home: Path, server: ServedAws) -> None:
        self.folder, self._home, self.server = folder, home, server

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [BIN / command[0], *command[1:]],
            cwd=self.folder,
            env={
                **{key: value for key, value in os.environ.items() if key.startswith("PIP_")},
                **plain_environment(self._home),
                # As `parris deploy` runs sam; tests of the documents run it without.
                **SHARED_CODE,
                **self.server.variables,
                "PATH": os.pathsep.join([str(BIN), "/usr/bin", "/bin"]),
                # So that `parris` is the copy's.
                "PYTHONPATH": os.pathsep.join([str(self.folder), str(self.folder / "lambdas")]),
                # sam asks for news of a stack every five seconds otherwise.
                "SAM_CLI_POLL_DELAY": "0.5",
            },
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def aws(self, *command: str) -> Any:
        return json.loads(self.run("aws", *command, "--output", "json") or "null")


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    folder, home = tmp_path_factory.mktemp("clone"), tmp_path_factory.mktemp("home")
    for room in ROOMS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / room, folder / room, ignore=ignored)
    for file in FILES:
        shutil.copy(PROJECT / file, folder / file)
    with served_aws(home) as server:
        yield Shell(folder, home, server)
    until(lambda: processes_of(home) == [])


@pytest.fixture(scope="module")
def outputs(shell: Shell) -> dict[str, str]:
    """Build and deploy, once for all the tests, and return the stack's outputs."""
    assert "Build Succeeded" in shell.run("sam", "build")
    said = shell.run("sam", "deploy")
    assert "Successfully created/updated stack - parris" in said
    assert re.search(r"\+ Add +ValidateConfigFunction +AWS::Lambda::Function", said)
    stack = stack_of(shell)
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    return {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}


def stack_of(shell: Shell) -> dict[str, Any]:
    (stack,) = shell.server.client("cloudformation").describe_stacks(StackName="parris")["Stacks"]
    described: dict[str, Any] = stack
    return described


def events_of(shell: Shell) -> set[tuple[str, str]]:
    pages = shell.server.client("cloudformation").get_paginator("describe_stack_events")
    return {
        (event["LogicalResourceId"], event["ResourceStatus"])
        for page in pages.paginate(StackName="parris")
        for event in page["StackEvents"]
    }


def start(shell: Shell, outputs: dict[str, str], **data: Any) -> str:
    machine = outputs["StateMachineArn"]
    started = shell.aws(
        *("stepfunctions", "start-execution", "--state-machine-arn", machine),
        *("--input", json.dumps(data)),
    )
    return str(started["executionArn"])


def end_of(shell: Shell, execution: str) -> dict[str, Any]:
    client = shell.server.client("stepfunctions")
    awaited_for(lambda: client.describe_execution(executionArn=execution)["status"] != "RUNNING")
    described: dict[str, Any] = shell.aws(
        "stepfunctions", "describe-execution", "--execution-arn", execution
    )
    return described


def awaited_for(condition: Callable[[], bool]) -> None:
    for _ in range(4):  # a job takes longer than the deadline of a single wait
        try:
            until(condition)
        except AssertionError:
            continue
        return
    raise AssertionError("the job did not end in time")


def history_of(shell: Shell, execution: str) -> list[str]:
    pages = shell.server.client("stepfunctions").get_paginator("get_execution_history")
    return [
        event["type"] for page in pages.paginate(executionArn=execution) for event in page["events"]
    ]


@pytest.mark.long
def test_a_second_deploy_without_a_change_says_so(shell: Shell, outputs: dict[str, str]) -> None:
    assert "No changes to deploy" in shell.run("sam", "deploy")


def test_sam_build_needs_no_other_python_and_packs_no_botocore(
    shell: Shell, outputs: dict[str, str]
) -> None:
    built = shell.folder / ".aws-sam" / "build"
    assert not list(built.rglob("botocore"))
    code = re.findall(r"^ {6}CodeUri: (.+)$", (built / "template.yaml").read_text(), re.MULTILINE)
    assert len(code) > 20
    assert all((built / folder / "validate_config.py").is_file() for folder in code)
    # Built once, since it is the same code.
    assert len(set(code)) == 1
    assert list((built / "DependenciesLayer" / "python").glob("aws_lambda_powertools"))
    # Wheels for the runtime's Python, not for this machine's.
    assert list(built.rglob("rpds*cpython-313-aarch64*.so"))


# Builds and deploys a second time, and an environment: as dear as all other tests here together.
@pytest.mark.long
def test_parris_deploy_makes_the_changes_of_code_and_parameters_and_no_others(
    shell: Shell, outputs: dict[str, str]
) -> None:
    handler = shell.folder / "lambdas" / "wake.py"
    handler.write_text(handler.read_text().replace("the event is about no job", "whose is it?"))
    before = events_of(shell)
    said = shell.run(
        *("parris", "deploy", "--set", "LogRetentionDays=7"),
        *("--with", "batch", "--set", "batch.MaxvCpus=8"),
    ).splitlines()
    assert "Start the default job and follow it:" in said
    shown = [line for line in said if line.startswith("parris  ")]
    assert [line.split()[1] for line in shown] == [
        *("settings", "building", "uploading", "updating", "deployed"),
        # The environment of batch jobs is a stack of its own.
        *("uploading", "creating", "deployed"),
    ]
    (queue,) = shell.server.client("batch").describe_job_queues()["jobQueues"]
    assert queue["jobQueueName"] == "parris-batch"
    assert re.fullmatch(r"parris  updating     resources: \d+ changed", shown[3])
    updated = {name for name, status in events_of(shell) - before if status == "UPDATE_COMPLETE"}
    assert {"WakeFunction", "TrainersLogGroup"} <= updated
    assert "JobsTable" not in updated
    groups = shell.server.client("logs").describe_log_groups(logGroupNamePrefix="/parris/")
    assert {group["retentionInDays"] for group in groups["logGroups"]} == {7}
    event = {"detail": {"instance-id": "i-0", "state": "stopped"}}
    answer = shell.folder / "answer.json"
    shell.run(
        *("aws", "lambda", "invoke", "--function-name", outputs["WakeFunctionName"]),
        *("--payload", json.dumps(event), str(answer)),
    )
    assert json.loads(answer.read_text())["why"] == "whose is it?"


def test_a_job_is_configured_started_and_inspected(shell: Shell, outputs: dict[str, str]) -> None:
    bucket = outputs["TrainingBucketName"]
    config = json.loads((PROJECT / "config" / "training-config.json").read_text())
    config["hyperparameters"]["epochs"] = 2
    (shell.folder / "job.json").write_text(json.dumps({**config, "training-job-name": "mine"}))
    shell.run("aws", "s3", "cp", "job.json", f"s3://{bucket}/team/job.json")
    execution = start(shell, outputs, **{"config-key": "team/job.json"})
    ended = end_of(shell, execution)
    assert ended["status"] == "SUCCEEDED", ended
    outcome = json.loads(ended["output"])
    assert (outcome["training_job_name"], outcome["reason"]) == ("mine", "COMPLETED")
    types = history_of(shell, execution)
    assert (types[0], types[-1]) == ("ExecutionStarted", "ExecutionSucceeded")

    shell.run("aws", "s3", "cp", "--recursive", outcome["results_uri"], "results")
    assert json.loads((shell.folder / "results" / "model.json").read_text())
    group = outputs["TrainerLogGroupName"]
    found = shell.server.client("logs").filter_log_events(logGroupName=group)
    assert any("loss" in event["message"] for event in found["events"])


def test_a_stopped_execution_is_aborted_with_its_cause(
    shell: Shell, outputs: dict[str, str]
) -> None:
    """A run of Parris would be cleaned up after for minutes: tests of the virtual clock wait."""
    client = shell.server.client("stepfunctions")
    training = client.describe_state_machine(stateMachineArn=outputs["StateMachineArn"])
    made = client.create_state_machine(
        name="sleeper", definition=SLEEPS, roleArn=training["roleArn"]
    )
    execution = start(shell, {"StateMachineArn": made["stateMachineArn"]})
    until(lambda: "WaitStateEntered" in history_of(shell, execution))
    shell.aws(
        *("stepfunctions", "stop-execution", "--execution-arn", execution),
        *("--error", "Enough", "--cause", "it was enough"),
    )
    ended = end_of(shell, execution)
    assert (ended["status"], ended["cause"]) == ("ABORTED", "it was enough")
    assert history_of(shell, execution)[-1] == "ExecutionAborted"
    client.delete_state_machine(stateMachineArn=made["stateMachineArn"])


@pytest.mark.long
def test_sam_delete_deletes(shell: Shell, outputs: dict[str, str]) -> None:
    assert "Deleted successfully" in shell.run("sam", "delete", "--no-prompts")
    client = shell.server.client
    stacks = client("cloudformation").describe_stacks()["Stacks"]
    assert "parris" not in [stack["StackName"] for stack in stacks]
    assert client("lambda").list_functions()["Functions"] == []
    assert client("stepfunctions").list_state_machines()["stateMachines"] == []
