"""What every target makes of a config: offers with prices, or all that is wrong with it."""

import json

from embedded_aws import EmbeddedAws
from parris.costs.cost import charges_of, least_usd, spent_usd
from parris.costs.offer import Offer, Proposal
from parris.entrypoint import Deps
from parris.payloads import Payload
from parris.targets.registry import target_names
from tests.targets.conformance.stages import STAGES, Stage


def proposed(
    deps: Deps, stage: Stage, config: Payload, wrong: frozenset[str] = frozenset(), **needs: bool
) -> Proposal:
    (name,) = (name for name, one in STAGES.items() if one is stage)
    needs = {"are_prices_needed": False, **needs}
    return deps.target(name).propose(config, wrong, **needs)


def test_every_target_has_a_stage() -> None:
    assert set(target_names()) == set(STAGES)


def test_a_refused_config_says_all_that_is_wrong_and_makes_nothing(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    found = proposed(deps, stage, stage.examples.bad_config, are_prices_needed=True).violations
    assert {one.path for one in found} == stage.examples.bad_paths
    assert all(one.found and one.expected for one in found)
    # What has a wrong shape is the schema's to report: nothing is read of it.
    wrong = frozenset(path.split("/")[1] for path in stage.examples.bad_paths)
    assert not proposed(
        deps, stage, stage.examples.bad_config, wrong, are_prices_needed=True
    ).violations
    assert stage.there(aws) == set()


def test_an_offer_has_parts_with_minimums_and_a_total(
    stage: Stage, deps: Deps, aws: EmbeddedAws
) -> None:
    proposal = proposed(deps, stage, stage.examples.config, are_prices_needed=True)
    assert not proposal.violations
    assert proposal.on_termination == next(iter(stage.examples.ways))
    assert proposal.offers
    for offer in proposal.offers:
        rate = offer.rate
        assert rate is not None
        assert offer.title
        assert offer.boot_timeout_seconds > 0
        assert Offer.from_payload(json.loads(json.dumps(offer.to_payload()))) == offer
        parts = [one.part for one in rate.components]
        assert len(set(parts)) == len(parts) > 0
        assert all(one.source for one in rate.components)
        assert rate.usd_per_hour == sum(one.usd_per_hour for one in rate.components)
        # AWS bills the least of each part, however soon a job ends.
        least = {one.component.part: one.billed_seconds for one in charges_of(rate, 1)}
        assert all(least[one.part] >= one.minimum_seconds > -1 for one in rate.components)
        assert 0 < least_usd(rate) <= spent_usd(rate, 3600)
    assert stage.there(aws) == set()


def test_each_way_to_end_says_whether_it_keeps_something(stage: Stage, deps: Deps) -> None:
    for way, resource_end in stage.examples.ways.items():
        proposal = proposed(deps, stage, {**stage.examples.config, "on-termination": way})
        assert (proposal.on_termination, proposal.keeps_resources) == (way, resource_end == "kept")
        assert not proposal.violations


def test_an_unknown_price_is_a_violation_where_a_limit_needs_it(stage: Stage, deps: Deps) -> None:
    assert proposed(deps, stage, stage.examples.unpriced_config, are_prices_needed=True).violations
    allowed = proposed(deps, stage, stage.examples.unpriced_config)
    assert not allowed.violations
    assert [one.rate for one in allowed.offers] == [None]
