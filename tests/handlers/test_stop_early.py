"""A trial that reaches a rung: what PollTerminationCondition decides, once and for all."""

import json
from typing import Any

import pytest

from parris.entrypoint import Deps
from parris.job import Job
from parris.no_progress import NoProgress
from parris.policy import MachineState, decide
from parris.reasons import EndReason
from parris.sweeps.stop_early import early_stop
from parris.targets.decided_end import with_decided_end
from tests.builders import a_job, a_report, a_sighting, after, some_limits

GOAL: Any = {"metric": "loss", "direction": "minimize", "reduction-factor": 2, "rungs": [1, 2, 4]}


def trial(number: int, **changes: Any) -> Job:
    return a_job(
        machine_prefix=f"machines/AROA123:i-{number}",
        sweep_trial=f"iris-1/{number}/0",
        sweep_goal=GOAL,
        **changes,
    )


def reach(deps: Deps, job: Job, *values: float) -> None:
    rungs = [{"reports": 2**place, "value": value} for place, value in enumerate(values)]
    deps.aws.bucket.write(job.folder.rungs_key, json.dumps({"rungs": rungs}).encode())


def stops(deps: Deps, job: Job) -> bool:
    return early_stop(job, deps.aws) is not None


def test_a_trial_that_is_not_among_the_best_so_far_stops(deps: Deps) -> None:
    for number, (loss, is_to_stop) in enumerate([(0.5, False), (0.6, True), (0.4, False)]):
        reach(deps, trial(number), loss)
        assert stops(deps, trial(number)) is is_to_stop
    reach(deps, trial(3), 0.45)
    assert early_stop(trial(3), deps.aws) is None
    reach(deps, trial(4), 0.7)
    assert early_stop(trial(4), deps.aws) == (
        EndReason.STOPPED_EARLY,
        "loss 0.7 after 1 reports is not among the best 2 of the 5 trials that have come so far",
    )


def test_a_decision_does_not_change_whatever_comes_later(deps: Deps) -> None:
    reach(deps, trial(0), 0.5)
    assert not stops(deps, trial(0))
    for number, loss in enumerate([0.1, 0.2, 0.3, 0.9], 1):
        reach(deps, trial(number), loss)
        stops(deps, trial(number))
    for number, is_to_stop in enumerate([False, False, True, True, True]):
        # Even if the next attempt reports another value at the same rung.
        reach(deps, trial(number), 0.5 - number)
        assert stops(deps, trial(number)) is is_to_stop


def test_a_check_that_broke_off_before_its_decision_decides_when_it_is_repeated(
    deps: Deps,
) -> None:
    assert deps.aws.sweep_rungs.enter("iris-1", 1, 0, 0.5).stops is None
    reach(deps, trial(1), 0.4)
    assert not stops(deps, trial(1))
    reach(deps, trial(0), 0.5)
    assert stops(deps, trial(0))


def test_of_two_trials_at_once_one_sees_the_other(deps: Deps) -> None:
    rungs = deps.aws.sweep_rungs
    for number in (0, 1):
        rungs.enter("iris-1", 1, number, 0.5 + number)
    assert [sorted(rungs.values("iris-1", 1)) for _ in (0, 1)] == [[0.5, 1.5]] * 2


def test_each_rung_is_compared_by_itself_and_each_sweep_too(deps: Deps) -> None:
    reach(deps, trial(0), 0.5, 0.4, 0.3)
    assert not stops(deps, trial(0))
    reach(deps, trial(1), 0.3, 0.45)
    assert "after 2 reports" in (early_stop(trial(1), deps.aws) or ("", ""))[1]
    assert deps.aws.sweep_rungs.values("iris-1", 4) == [0.3]
    assert deps.aws.sweep_rungs.values("iris", 1) == []


def test_a_job_that_is_no_such_trial_reads_nothing(deps: Deps) -> None:
    goals: list[Any] = [{}, {"metric": "loss", "direction": "minimize"}]
    for goal in goals:
        seen = with_decided_end(a_sighting(), a_job(sweep_goal=goal), deps.aws)
        assert seen.decided_end is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, EndReason.STOPPED_EARLY),
        ({"is_stop_requested": True}, EndReason.ABORTED),
        ({"machine": MachineState.OVER, "loss": "gone"}, EndReason.INSTANCE_LOST),
        ({"exit": a_report()}, EndReason.COMPLETED),
        ({"exit": a_report(is_final=False)}, None),
    ],
)
def test_a_training_that_has_ended_otherwise_is_not_stopped_early(
    changes: Any, reason: EndReason | None
) -> None:
    end = (EndReason.STOPPED_EARLY, "others were better")
    seen = a_sighting(decided_end=end, **changes)
    assert decide(some_limits(), seen, after(700)).reason is reason


def test_a_decision_of_the_runner_ends_a_job_that_asks_for_it(deps: Deps) -> None:
    goal: Any = {"metric": "loss", "direction": "minimize", "target": 0.1}
    job = a_job(machine_prefix="machines/AROA123:i-1", metric_goal=goal)
    assert with_decided_end(a_sighting(), job, deps.aws).decided_end is None
    decision = b'{"reason": "METRIC_REACHED", "value": 0.05, "reports": 7}'
    deps.aws.bucket.write(job.folder.decision_key, decision)
    seen = with_decided_end(a_sighting(), job, deps.aws)
    assert decide(some_limits(), seen, after(700)).reason is EndReason.METRIC_REACHED
    # Another job may have left the file there, or a script that wants to end as one that succeeds.
    assert with_decided_end(seen, a_job(), deps.aws).decided_end is None


def test_a_hang_ends_a_job_that_asks_for_it(deps: Deps) -> None:
    job = a_job(
        machine_prefix="machines/AROA123:i-1",
        no_progress=NoProgress(3, 60, 3600, is_retried=False).to_payload(),
    )
    facts = b'"silent_seconds": 125, "usual_seconds": 2.5, "gpu_percent": [100, 0]'
    deps.aws.bucket.write(job.folder.decision_key, b'{"reason": "NO_PROGRESS", %s}' % facts)
    seen = with_decided_end(a_sighting(), job, deps.aws)
    decision = decide(some_limits(), seen, after(700))
    assert decision.reason is EndReason.NO_PROGRESS
    assert decision.cause == (
        "the script printed no line for 2 min 5 s, where the next one usually comes after 2.5 s; "
        "its GPUs were busy to 100 %, 0 %"
    )
    # Neither what a script may have written, nor an end that the job does not ask for.
    for written in (
        b"{}",
        b"no json",
        b'{"reason": "NO_PROGRESS", "silent_seconds": "x"}',
        b'{"reason": "METRIC_REACHED", "value": 1, %s}' % facts,
    ):
        deps.aws.bucket.write(job.folder.decision_key, written)
        assert with_decided_end(a_sighting(), job, deps.aws).decided_end is None
