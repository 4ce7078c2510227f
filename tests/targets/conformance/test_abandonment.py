"""What becomes of every target's resources when their run is dead, or their deployment goes."""

from typing import Any

import end_jobs
import find_run
import reap_orphans
from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.payloads import Payload, part_of
from parris.targets.find_owned import find_owned
from tests.builders import EXECUTION_ARN
from tests.handlers.test_end_jobs import a_stack
from tests.handlers.test_ending import NOW, until
from tests.targets.conformance.played_run import ended, trained
from tests.targets.conformance.stages import Stage


def test_what_an_abandoned_run_left_is_reaped_and_ended(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    job = stage.job(aws)
    trained(deps, job)
    assert set(find_owned(deps.settings, deps.aws)) == {EXECUTION_ARN}
    assert reap_orphans.run({"time": NOW}, deps)["cleaned_up"] == 1
    event: Payload = {"execution_arn": EXECUTION_ARN, "since": NOW, "now": NOW}
    found = find_run.run(event, deps)
    assert found["verdict"] == "to-end"
    state: dict[str, Any] = dict(part_of(found, "state"))
    assert state["job"]["target"] == job.target
    ended(deps, state)
    assert (state["confirmed"]["state"], state["confirmed"]["left"]) == ("ended", [])
    assert stage.there(aws) == set()


def test_what_dead_runs_left_goes_with_the_deployment(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    deployment = a_stack(aws)
    trained(deps, stage.job(aws))

    def left() -> Payload:
        return {"left": str(len(end_jobs.run({"StackId": deployment, "now": NOW}, deps)))}

    until(left, "left", "0")
    assert stage.there(aws) == set()


def test_what_another_run_launched_is_left_alone(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    trained(deps, stage.job(aws))
    there = stage.there(aws)
    other = stage.job(aws, execution_arn=f"{EXECUTION_ARN}-of-another")
    assert ended(deps, {"job": other.to_payload()}) == ["nothing-to-end"]
    assert stage.there(aws) == there
