"""Jobs on a training server as a person runs them: it sleeps, trains, and sleeps again."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws_helpers.instances import await_state, describe
from embedded_aws_helpers.waiting import wait_until
from parris_cli.account.clients import Account, Deployment
from parris_cli.account.early_functions import SHARED_IMPORTS
from parris_cli.deployment.embedded_environment import deploy_environment
from parris_cli.project_files import PROJECT, snapshots_folder
from parris_cli.starting.job_files import find_job_files
from parris_cli.starting.start_job import StartedJob, start_job
from parris_cli.stopping.request_stop import request_stop
from tests.end_to_end.deployment import ENDLESS, Deployed
from tests.jobs_table import jobs_table_name

EXAMPLE = PROJECT / "config" / "ec2-server"
SAVES = f"""trap 'echo saved > "$PARRIS_RESULTS_DIR/model"; exit 0' TERM
{ENDLESS}"""


@dataclass(frozen=True, slots=True)
class Site:
    """One deployment with a server."""

    aws: EmbeddedAws
    deployed: Deployed
    server_id: str
    jobs_table: str
    folder: Path

    def start(self, config: Path) -> StartedJob:
        return start_job(self.deployed.account, find_job_files(config, {}), datetime.now(UTC))

    def start_small(self, name: str, script: str, **config: Any) -> StartedJob:
        """Start a job with this script, which waits for its turn."""
        path = self.deployed.write_job(name, script)
        whole = json.loads(path.read_text()) | {"target": "ec2-server", "when-busy": "queue"}
        del whole["instance-type"]
        path.write_text(json.dumps(whole | config))
        return self.start(path)

    def lease(self) -> dict[str, Any]:
        key = {"item": {"S": f"server#{self.server_id}"}}
        table = self.aws.client("dynamodb")
        return {**table.get_item(TableName=self.jobs_table, Key=key)["Item"]}

    def await_sleep(self) -> None:
        """Wait until the server is stopped, and nobody has its lease."""
        await_state(self.aws, self.server_id, "stopped")
        wait_until(lambda: "holder" not in self.lease())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("servers")
    (folder / "jobs").mkdir()
    with EmbeddedAws(
        Settings(enforce_roles=True, shared_imports=SHARED_IMPORTS),
        folder=folder / "aws",
        snapshots=snapshots_folder(),
    ) as aws:
        outputs = aws.deploy(PROJECT / "template.yaml", "parris", {})
        account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
        deploy_environment(account, find_job_files(EXAMPLE / "job.json", {}), None)
        (stack,) = aws.client("cloudformation").describe_stacks(StackName="parris-ec2-server")[
            "Stacks"
        ]
        values = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
        deployed = Deployed(account, folder / "jobs")
        yield Site(aws, deployed, values["ServerId"], jobs_table_name(aws), folder)


@pytest.mark.long
def test_the_example_trains_a_classifier_and_the_server_sleeps_again(site: Site) -> None:
    shutil.copytree(EXAMPLE, site.folder / "reviews")
    started = site.start(site.folder / "reviews" / "job.json")
    ended = site.deployed.end_of(started)
    assert (ended.reason, ended.left) == ("COMPLETED", []), ended.cause
    assert ended.outcome["metrics"]["accuracy"]["value"] > 0.8
    assert site.deployed.keys_of_results(started) == {"metrics.json", "model.json"}
    site.await_sleep()


@pytest.mark.long
def test_two_jobs_take_turns_and_the_server_is_started_once(site: Site) -> None:
    first = site.start_small("first", 'sleep 3; echo 1 > "$PARRIS_RESULTS_DIR/model"\n')
    second = site.start_small("second", 'echo 2 > "$PARRIS_RESULTS_DIR/model"\n')
    launched = set()
    for one in (first, second):
        ended = site.deployed.end_of(one)
        assert (ended.reason, ended.left) == ("COMPLETED", []), ended.cause
        launched.add(describe(site.aws, site.server_id)["LaunchTime"])
    assert len(launched) == 1
    site.await_sleep()


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "reason", "method"),
    [
        (
            "timed",
            "TIME_LIMIT",
            {
                "termination-method": "at-fixed-time",
                "termination-options": {"time-limit": "40s"},
            },
        ),
        (
            "costly",
            "COST_LIMIT",
            {
                "termination-method": "around-cost-threshold",
                "termination-options": {"cost-limit": 0.2},
                "hourly-price-usd": 9.0,
            },
        ),
    ],
)
def test_a_limit_leaves_time_to_save(
    site: Site, name: str, reason: str, method: dict[str, Any]
) -> None:
    started = site.start_small(name, SAVES, **method)
    ended = site.deployed.end_of(started)
    assert (ended.reason, ended.left) == (reason, []), ended.cause
    assert site.deployed.results_of(started) == {"model": "saved\n"}
    site.await_sleep()


@pytest.mark.long
def test_a_server_that_ran_before_is_left_running(site: Site) -> None:
    site.aws.client("ec2").start_instances(InstanceIds=[site.server_id])
    await_state(site.aws, site.server_id, "running")
    started = site.start_small("guest", SAVES)
    site.deployed.wait_for_file(started, "started.json")
    request_stop(site.deployed.account, "guest", started.execution_arn, datetime.now(UTC))
    ended = site.deployed.end_of(started)
    assert (ended.reason, ended.left) == ("ABORTED", []), ended.cause
    assert describe(site.aws, site.server_id)["State"]["Name"] == "running"
    site.aws.client("ec2").stop_instances(InstanceIds=[site.server_id])
    site.await_sleep()


@pytest.mark.long
def test_a_cancelled_execution_leaves_neither_a_running_server_nor_a_lease(site: Site) -> None:
    started = site.start_small("aborted", SAVES)
    site.deployed.wait_for_file(started, "started.json")
    site.aws.client("stepfunctions").stop_execution(executionArn=started.execution_arn)
    site.await_sleep()


@pytest.mark.long
def test_a_server_that_is_stopped_by_hand_ends_the_job(site: Site) -> None:
    started = site.start_small("stopped", SAVES)
    site.deployed.wait_for_file(started, "started.json")
    site.aws.client("ec2").stop_instances(InstanceIds=[site.server_id])
    ended = site.deployed.end_of(started)
    assert ended.status == "FAILED"
    assert site.deployed.results_of(started) == {"model": "saved\n"}
    site.await_sleep()
