"""Jobs outlive an update of their deployment: old definition, new code, new layers."""

import json
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Settings
from parris_cli.account.clients import Account, Deployment
from parris_cli.project_files import PROJECT
from parris_cli.starting.start_job import StartedJob
from parris_cli.stopping.request_stop import request_stop
from tests.end_to_end.deployment import ENDLESS, Deployed
from tests.jobs_table import jobs_table_name
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.long

PARTS = ("config", "lambdas", "state_machine", "templates")
SAVES_WHEN_TOLD = f"""
trap 'echo saved > "$PARRIS_RESULTS_DIR/checkpoint"; exit 0' TERM
{ENDLESS}"""


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[EmbeddedAws]:
    settings = Settings(stack_create_seconds=0.5, stack_delete_seconds=0.5)
    with EmbeddedAws(settings, folder=tmp_path / "aws") as running:
        yield running


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of what is deployed, to be changed."""
    folder = tmp_path / "source"
    folder.mkdir()
    shutil.copy(PROJECT / "template.yaml", folder)
    for part in PARTS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / part, folder / part, ignore=ignored)
    return folder


def change_everything(source: Path) -> None:
    """Change the code of every function, the definition, and the layer that holds the config."""
    with (source / "lambdas" / "parris" / "__init__.py").open("a") as library:
        library.write('\nRELEASE = "the next one"\n')
    path = source / "state_machine" / "training.asl.json"
    definition = json.loads(path.read_text())
    states = definition["States"]
    states["AskedToEnd"] = {**states["Aborted"], "Comment": "A new name for an end."}
    states["Completed"]["Comment"] = "Other words."
    states["ShouldJobEnd"]["Choices"].append(
        {"Variable": "$.decision.reason", "StringEquals": "ASKED", "Next": "AskedToEnd"}
    )
    path.write_text(json.dumps(definition))
    config = json.loads((source / "config" / "training-config.json").read_text())
    config["_release"] = "the next one"
    (source / "config" / "training-config.json").write_text(json.dumps(config))


def code_of(aws: EmbeddedAws) -> set[str]:
    """Return the hashes of all functions' packages."""
    return {one["CodeSha256"] for one in aws.client("lambda").list_functions()["Functions"]}


def wait_until_asleep(aws: EmbeddedAws, job: StartedJob) -> None:
    """Wait until the run has stored the token of its sleep."""
    table = aws.client("dynamodb")
    name = jobs_table_name(aws)
    key = {"item": {"S": f"job#{job.job_id.rsplit('-', 2)[0]}"}}
    deadline = time.monotonic() + PATIENCE_SECONDS
    while "task_token" not in table.get_item(TableName=name, Key=key).get("Item", {}):
        assert time.monotonic() < deadline, f"{job.job_id} does not sleep"
        time.sleep(0.2)


def test_jobs_from_before_an_update_end_as_they_would_have(
    aws: EmbeddedAws, source: Path, tmp_path: Path
) -> None:
    outputs = aws.deploy(source / "template.yaml", "parris", {})
    account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
    deployed = Deployed(account, tmp_path)
    may_end = tmp_path / "may-end"
    waiting = f'until [ -e "{may_end}" ]; do sleep 0.2; done\necho ok > "$PARRIS_RESULTS_DIR/model"'
    goes_on = deployed.start("goes-on", f"{waiting}\n")
    is_stopped = deployed.start("is-stopped", SAVES_WHEN_TOLD)
    for job in (goes_on, is_stopped):
        deployed.wait_for_file(job, "started.json")
        wait_until_asleep(aws, job)

    code_before = code_of(aws)
    change_everything(source)
    aws.deploy(source / "template.yaml", "parris", {})
    assert not code_of(aws) & code_before
    states = account.stepfunctions
    machine = states.describe_state_machine(stateMachineArn=outputs["StateMachineArn"])
    assert "AskedToEnd" in machine["definition"]
    then = states.describe_state_machine_for_execution(executionArn=goes_on.execution_arn)
    assert "AskedToEnd" not in then["definition"]

    may_end.touch()
    assert request_stop(account, "is-stopped", is_stopped.execution_arn, datetime.now(UTC))
    ended = deployed.end_of(goes_on, PATIENCE_SECONDS)
    assert (ended.status, ended.reason, ended.left) == ("SUCCEEDED", "COMPLETED", [])
    assert deployed.results_of(goes_on) == {"model": "ok\n"}
    ended = deployed.end_of(is_stopped, PATIENCE_SECONDS)
    assert (ended.status, ended.reason, ended.left) == ("FAILED", "ABORTED", [])
    assert deployed.results_of(is_stopped) == {"checkpoint": "saved\n"}
