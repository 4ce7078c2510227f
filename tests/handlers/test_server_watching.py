"""What the watch over a job on a server makes of events, restarts and developer mode."""

import wake
from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.payloads import Payload
from tests.builders import some_limits
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
