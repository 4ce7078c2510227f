"""What the watch over a job on a server makes of events, restarts and developer mode."""

from dataclasses import dataclass

import pytest

import wake
from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.payloads import Payload
from parris.targets.registry import target_names
from parris.targets.target import Target
from tests.builders import EXECUTION_ARN, some_limits
from tests.handlers.conftest import put_json
from tests.handlers.server_runs import a_run, handed_over, now, server_ends
from tests.handlers.virtual_time import let_pass
from tests.targets.conformance.server_stage import held, state_of


def test_developer_mode_leaves_the_power_of_the_server_alone(
    deps: Deps, aws: EmbeddedAws, woken: list[tuple[str, str]]
) -> None:
    run = a_run(deps, aws, {"is_dev_mode": True}, limits=some_limits(time_limit_seconds=600))
    run.start()
    assert len(woken) == 1
    assert run.until_running()["machine_id"] == run.machine_id
    assert state_of(aws, run.server_id) == "stopped"
    assert handed_over(deps, run) is not None
    assert run.poll()["reason"] is None
    let_pass(901)
    assert run.poll()["reason"] in ("TIME_LIMIT", "LAUNCH_FAILED")
    assert run.end() == ["released"]
    assert held(aws) == set()


def test_a_server_that_restarts_loses_the_job(deps: Deps, aws: EmbeddedAws) -> None:
    run = a_run(deps, aws)
    run.start()
    prefix = run.until_running()["machine_prefix"]
    put_json(aws, f"{prefix}/started.json", {})
    server_ends(aws, run, "server-restarted")
    decision = run.poll()
    assert (decision["reason"], decision["cause"]) == (
        "INSTANCE_LOST",
        "the server was restarted while the job ran",
    )


def test_an_event_of_the_job_before_is_not_taken_for_this_one(deps: Deps, aws: EmbeddedAws) -> None:
    run = a_run(deps, aws)
    before = now()
    let_pass(5)
    run.start()
    run.until_running()
    event: Payload = {
        "source": "aws.ec2",
        "time": before,
        "detail": {"instance-id": run.server_id, "state": "stopped"},
    }
    assert wake.run(event, deps)["was_notified"] is False
    let_pass(60)
    assert wake.run({**event, "time": now()}, deps)["was_notified"] is True


@dataclass(frozen=True)
class InOrder(Deps):
    """All targets, in an order of their own."""

    order: tuple[str, ...]

    def targets(self) -> tuple[Target, ...]:
        return tuple(self.target(name) for name in self.order)


@pytest.mark.parametrize(
    "order", [target_names(), target_names()[::-1]], ids=["sorted", "reversed"]
)
def test_an_event_of_ec2_wakes_the_job_whose_machine_it_is_in_any_order_of_the_targets(
    deps: Deps, aws: EmbeddedAws, order: tuple[str, ...]
) -> None:
    """For each two targets, one of these orders has the one first, and the other the other."""
    run = a_run(deps, aws)
    run.start()
    run.until_running()
    other_arn, instance_id = f"{EXECUTION_ARN}-2", "i-0123456789abcdef0"
    deps.aws.jobs_table.claim("rose", other_arn, now())
    deps.aws.machines_table.note(instance_id, "rose", other_arn)
    let_pass(60)
    for machine_id, name, execution_arn in (
        (run.server_id, "iris", EXECUTION_ARN),
        (instance_id, "rose", other_arn),
    ):
        detail: Payload = {"instance-id": machine_id, "state": "stopped"}
        event: Payload = {"source": "aws.ec2", "time": now(), "detail": detail}
        woken = wake.run(event, InOrder(deps.settings, deps.aws, order))
        assert woken.get("execution_arn") == execution_arn, woken
        item = deps.aws.jobs_table.find(name)
        assert item is not None
        assert (item.is_woken, item.reported_state) == (True, "stopped")
