"""More jobs at once than this machine can run: the others wait, all end well, nothing is left."""

import os
import time
from pathlib import Path

import pytest

from embedded_aws.packaging.deploy import deploy_template
from embedded_aws_helpers.builders import until
from parris_cli.account.clients import Account, Deployment
from parris_cli.project_files import PROJECT
from tests.end_to_end.deployment import Deployed
from tests.patience import PATIENCE_SECONDS
from tests.served_aws import ServedAws, processes_of, served_aws

QUICK = 'echo trained >"$PARRIS_RESULTS_DIR/model"\n'
_POLL_SECONDS = 3.0
# Of the server: itself, two fork servers, warm functions. Of a machine: what boots and saves.
_PROCESSES_BESIDE, _PROCESSES_OF_A_MACHINE = 110, 12


@pytest.mark.long
def test_all_end_well_however_many_there_are(tmp_path: Path) -> None:
    """`make test` has five jobs on two machines: test_job_ends.py."""
    job_count, machine_count = 200, 4
    with served_aws(tmp_path, "--machines", str(machine_count)) as server:
        deployed = deploy(server, tmp_path)
        began_at = time.monotonic()
        jobs = [deployed.start(f"job-{number}", QUICK) for number in range(job_count)]
        waiting, most_processes, highest_load = set(jobs), 0, 0.0
        while waiting:
            assert time.monotonic() < began_at + PATIENCE_SECONDS + 30 * job_count
            time.sleep(_POLL_SECONDS)
            most_processes = max(most_processes, len(processes_of(tmp_path)))
            highest_load = max(highest_load, os.getloadavg()[0])
            waiting = {job for job in waiting if is_running(deployed, job.execution_arn)}
        seconds = time.monotonic() - began_at
        print(f"{job_count} jobs: {seconds:.0f} s, {most_processes=}, {highest_load=}")
        reasons = [deployed.end_of(job).reason for job in jobs]
        assert reasons == ["COMPLETED"] * job_count
        assert most_processes <= _PROCESSES_BESIDE + _PROCESSES_OF_A_MACHINE * machine_count
        assert server.end() == 0
    until(lambda: processes_of(tmp_path) == [])
    assert list((tmp_path / "tmp").iterdir()) == []


def is_running(deployed: Deployed, execution_arn: str) -> bool:
    found = deployed.account.stepfunctions.describe_execution(executionArn=execution_arn)
    return found["status"] == "RUNNING"


def deploy(server: ServedAws, folder: Path) -> Deployed:
    def run_while(condition: object) -> None:
        assert callable(condition)
        until(lambda: not condition())

    outputs = deploy_template(
        server.client, PROJECT / "template.yaml", "parris", {"ReaperRate": "never"}, run_while
    )
    account = Account(server.client, Deployment.from_outputs(outputs), is_embedded=True)
    jobs = folder / "jobs"
    jobs.mkdir()
    return Deployed(account, jobs)
