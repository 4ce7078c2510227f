"""The lease of a server: who has it, who waits for it, and who is refused."""

from datetime import timedelta

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.context import current
from parris.entrypoint import Deps
from parris.errors import LaunchFailedError, ResourceBusyError
from tests.builders import EXECUTION_ARN, some_limits
from tests.handlers.server_runs import a_run, a_waiting_run, handed_over, now, server_ends
from tests.handlers.virtual_time import let_pass
from tests.targets.conformance.server_stage import held, state_of


def test_a_second_request_is_refused_and_says_until_when(deps: Deps, aws: EmbeddedAws) -> None:
    first = a_run(deps, aws)
    first.start()
    other = a_run(deps, aws, execution_arn=f"{EXECUTION_ARN}-2", training_job_name="rose")
    # Taken at 12:00, with an hour's limit.
    with pytest.raises(ResourceBusyError, match=r"busy with the job iris, until about 13:0\d UTC"):
        other.start()
    assert held(aws) == {first.machine_id}


def test_a_server_goes_from_run_to_run_and_is_stopped_after_the_last(
    deps: Deps, aws: EmbeddedAws
) -> None:
    first = a_run(deps, aws)
    first.start()
    first.until_running()
    second, dead = a_waiting_run(deps, aws, "rose"), a_waiting_run(deps, aws, "tulip", lives=False)
    # It is not stopped while somebody waits for it.
    server_ends(aws, first)
    assert first.end() == ["released"]
    assert state_of(aws, first.server_id) == "running"
    assert handed_over(deps, first) is None
    assert second.until_running()["machine_id"] == second.machine_id
    holder = second.lease.holder_of(second.machine_id)
    assert holder is not None
    assert (holder.is_started_by_us, holder.start_requested_at) == (True, None)
    # The other run that waited is dead: nobody would stop the server but this one.
    server_ends(aws, second)
    assert second.end() == ["released", "deleting", "released"]
    assert state_of(aws, first.server_id) == "stopped"
    assert held(aws) == set()
    assert dead.end() == ["nothing-to-end"]


def test_a_run_that_waits_can_be_stopped_and_costs_nothing(deps: Deps, aws: EmbeddedAws) -> None:
    first = a_run(deps, aws)
    first.start()
    waiting = a_waiting_run(deps, aws, "rose")
    let_pass(3600)
    deps.aws.jobs_table.note("rose", waiting.job.execution_arn, {"stop_requested_at": now()})
    assert waiting.check()["status"] == "running"
    assert waiting.poll()["reason"] == "ABORTED"
    assert waiting.end() == ["nothing-to-end"]
    outcome = waiting.record()
    assert (outcome["estimated_cost_usd"], outcome["runtime_seconds"]) == ("0.0000", 0)
    assert held(aws) == {first.machine_id}


def test_a_run_waits_no_longer_than_until_its_clock_time(deps: Deps, aws: EmbeddedAws) -> None:
    a_run(deps, aws).start()
    began_at = current().clock.now()
    limits = some_limits().with_clock_time(began_at + timedelta(seconds=1000), began_at)
    waiting = a_waiting_run(deps, aws, "rose", limits=limits)
    let_pass(900)
    # A machine that is launched now has a hundred seconds, a fifth of which are to save and stop.
    assert int(str(waiting.check()["sleep_seconds"])) <= 80
    let_pass(100)
    with pytest.raises(LaunchFailedError, match="nothing had been launched"):
        waiting.check()
    assert waiting.end("LAUNCH_FAILED") == ["nothing-to-end"]
