"""How every target ends a job: saved first, in each way, kept where results are in doubt."""

from typing import Any

import pytest

import find_run
import reap_orphans
from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.payloads import part_of, texts_in
from parris.targets.inventory import find_resources
from tests.builders import EXECUTION_ARN
from tests.handlers.test_ending import NOW, SEVEN_DAYS_ON
from tests.targets.conformance.played_run import (
    ended,
    first_step,
    recorded,
    report_saved_results,
    start_runner,
    trained,
)
from tests.targets.conformance.stages import STAGES, Stage

AFTER_EXPIRY = "2026-11-28T00:00:01.000Z"
WAYS = [
    pytest.param(stage, way, resource_end, id=f"{name}-{way}")
    for name, stage in STAGES.items()
    for way, resource_end in stage.examples.ways.items()
]


@pytest.mark.parametrize(("stage", "way", "resource_end"), WAYS)
def test_a_job_ends_in_every_way(
    stage: Stage, way: str, resource_end: str, deps: Deps, aws: EmbeddedAws
) -> None:
    job = stage.job(aws, on_termination=way)
    state = trained(deps, job)
    start_runner(state, aws)
    planned = first_step(deps, state)
    report_saved_results(state, aws)
    launched = stage.there(aws)
    steps = ended(deps, state)
    seen = state["confirmed"]
    outcome = recorded(deps, state)
    assert (seen["state"], outcome["reason"]) == ("ended", "ABORTED")
    assert outcome["target"] == job.target
    assert deps.aws.jobs_table.find("iris") is None
    found = find_resources(deps.settings, deps.aws)
    match resource_end:
        case "gone":
            # The script gets the signal and may save before anything is deleted.
            assert planned == "saving"
            assert (stage.there(aws), found, seen["left"]) == (set(), (), [])
        case "kept":
            kept = [one for one in found if one.resource_id in texts_in(seen, "kept")]
            assert kept
            assert {one.keep_until for one in kept} == {"always"}
            assert seen["keep_until"] == outcome["keep_until"] == "always"
            assert not any(one.is_left_behind for one in found)
            assert reap_orphans.run({"time": AFTER_EXPIRY}, deps)["kept"] == 1
        case _:
            # It belongs to no job any more: nothing reaps it, and nothing of ours is left.
            assert steps == ["released"]
            assert (stage.there(aws), found, outcome["kept"]) == (launched, (), [])


def test_each_part_that_outlives_its_machine_ends_by_its_own_name(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    (offer, *_) = (
        deps.target(stage.job(aws).target)
        .propose(stage.examples.config, frozenset(), are_prices_needed=True)
        .offers
    )
    assert offer.rate is not None
    state = trained(deps, stage.job(aws, rate=offer.rate))
    ended(deps, state)
    outlive = {one.part for one in offer.rate.components if one.reserve_seconds}
    assert set(state["confirmed"]["part_ends"]) == outlive
    basis = part_of(recorded(deps, state), "cost_basis")
    assert isinstance(basis["components"], list)
    assert len(basis["components"]) == len(offer.rate.components)


def test_results_in_doubt_are_kept_then_reaped_and_gone(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    if not stage.examples.has_disk_to_keep:
        pytest.skip("the service keeps no disk of its machines")
    state = trained(deps, stage.job(aws))
    start_runner(state, aws)
    ended(deps, state)
    outcome = recorded(deps, state)
    kept = texts_in(outcome, "kept")
    assert kept
    assert set(kept) <= stage.there(aws)
    assert outcome["keep_until"] == SEVEN_DAYS_ON
    assert "could not be verified" in str(outcome["cause"])
    assert reap_orphans.run({"time": NOW}, deps)["kept"] == 1

    assert reap_orphans.run({"time": AFTER_EXPIRY}, deps)["expired"] == 1
    found = find_run.run(
        {
            "execution_arn": EXECUTION_ARN,
            "since": AFTER_EXPIRY,
            "now": AFTER_EXPIRY,
            "input": {"expired": True},
        },
        deps,
    )
    assert found["verdict"] == "to-end"
    expired: dict[str, Any] = dict(part_of(found, "state"))
    ended(deps, expired, AFTER_EXPIRY)
    assert expired["confirmed"]["state"] == "ended"
    assert stage.there(aws) == set()
    assert recorded(deps, expired)["kept"] == []
