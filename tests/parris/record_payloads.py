"""Writes down what goes from state to state in this release, for tests of later ones.

Run once for each release, from the clone: `python -m tests.parris.record_payloads`. It deploys
to an embedded AWS, runs one job, and writes tests/parris/payloads/<version>/: the definition, and
for each state of the run `$` before and after it. What is there is never written again.
"""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from cli import __version__
from cli.account import Account, Deployment
from cli.job_files import CLONE
from cli.start_job import StartedJob
from embedded_aws import EmbeddedAws, Settings
from tests.end_to_end.deployment import Deployed

PAYLOADS = Path(__file__).parent / "payloads"
LONGEST_RUN_SECONDS = 120.0


def main() -> None:
    folder = PAYLOADS / __version__
    folder.mkdir(parents=True)
    shutil.copy(CLONE / "state_machine" / "training.asl.json", folder / "training.asl.json")
    with tempfile.TemporaryDirectory() as scratch, EmbeddedAws(Settings()) as aws:
        outputs = aws.deploy(CLONE / "template.yaml", "parris", {})
        account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
        deployed = Deployed(account, Path(scratch))
        started = deployed.start(
            "recorded",
            "sleep 8\n",
            termination_method=["around-cost-threshold", "at-fixed-time"],
            termination_options={"time-limit": 1, "cost-limit": 5},
            instance_type=["t3.micro", "t3.small"],
            environment={"WORD": "hello"},
            hyperparameters={"epochs": 3},
        )
        deployed.end_of(started, LONGEST_RUN_SECONDS)
        for state, payload in _states_of(account, started).items():
            text = json.dumps(payload, indent=2, sort_keys=True) + "\n"
            (folder / f"{state}.json").write_text(text)


def _states_of(account: Account, started: StartedJob) -> dict[str, dict[str, Any]]:
    """Return `$` before and after each state, of the last time that it was run through."""
    pages = account.stepfunctions.get_paginator("get_execution_history").paginate(
        executionArn=started.execution_arn
    )
    states: dict[str, dict[str, Any]] = {}
    for event in (event for page in pages for event in page["events"]):
        entered = event.get("stateEnteredEventDetails")
        left = event.get("stateExitedEventDetails")
        if entered is not None:
            states[entered["name"]] = {"before": json.loads(entered["input"])}
        elif left is not None:
            states[left["name"]]["after"] = json.loads(left["output"])
    return states


if __name__ == "__main__":
    main()
