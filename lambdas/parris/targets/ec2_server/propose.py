"""Turns a config into the spec and the offers of this target, and checks both with AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.costs.offer import Offer, Proposal
from parris.liveness import DEFAULT_BOOT_TIMEOUT_SECONDS
from parris.room import Room
from parris.targets.ec2_server.check_servers import (
    KIND_KEY,
    SERVER_KEY,
    find_quota_violations,
    find_servers,
    key_warnings,
    task_type_in,
)
from parris.targets.ec2_server.rates import FoundRates, find_rates
from parris.targets.ec2_server.spec import QUEUE, RELEASE_SERVER, Ec2ServerSpec
from parris.validation.input_data import find_input_violations

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from parris.payloads import Payload
    from parris.targets.ec2_server.aws.gateways import ServerGateways
    from parris.targets.ec2_server.aws.servers import Server
    from parris.targets.ec2_server.settings import Ec2ServerSettings


def propose(
    aws: ServerGateways,
    settings: Ec2ServerSettings,
    config: Payload,
    wrong: AbstractSet[str],
    *,
    are_prices_needed: bool,
) -> Proposal:
    """Return the spec and the offers of a config, and the violations that AWS would reject.

    Args:
        aws: the gateways.
        settings: the settings of the deployment and of this target.
        config: the merged config.
        wrong: the keys whose values violate the schema, and are not used.
        are_prices_needed: whether a limit depends on the cost of the job.
    """
    sound = {key: value for key, value in config.items() if key not in wrong}
    spec = Ec2ServerSpec(
        task_type=task_type_in(sound, settings),
        may_wait=sound.get("when-busy") == QUEUE,
        is_dev_mode=sound.get("dev-mode") is True,
    )
    violations = find_input_violations(sound, settings, has_own_role=False)
    servers: tuple[Server, ...] = ()
    rates = FoundRates()
    warnings: tuple[str, ...] = ()
    if not wrong & {SERVER_KEY, KIND_KEY}:
        found = find_servers(sound, aws, settings)
        servers = found.servers
        violations += found.violations
        warnings = key_warnings(servers, aws, settings)
        if servers and "hourly-price-usd" not in wrong:
            types = tuple(dict.fromkeys(one.instance_type for one in servers))
            rates = find_rates(
                sound, found.path, types, aws.prices, are_all_needed=are_prices_needed
            )
            violations += rates.violations
            violations += find_quota_violations(
                found.path, servers, rates.vcpus, aws, settings.region
            )
    return Proposal(
        offers=_offers(servers, rates),
        spec=spec.to_payload(),
        details={"task_type": spec.task_type, "when_busy": QUEUE if spec.may_wait else "reject"},
        on_termination=RELEASE_SERVER,
        violations=tuple(violations),
        warnings=(*rates.warnings, *warnings),
        room=Room(len(servers), "a server runs one job at a time") if servers else None,
    )


def _offers(servers: Sequence[Server], rates: FoundRates) -> tuple[Offer, ...]:
    """Return an offer for each server, the cheapest first."""
    offers = (
        Offer(
            title=f"{one.instance_type} {one.server_id}",
            rate=rates.rates.get(one.instance_type),
            boot_timeout_seconds=DEFAULT_BOOT_TIMEOUT_SECONDS,
            spec={"server_id": one.server_id, "instance_type": one.instance_type},
            details={"server_id": one.server_id, "instance_type": one.instance_type},
        )
        for one in servers
    )
    return tuple(sorted(offers, key=lambda one: 0 if one.rate is None else one.rate.usd_per_hour))
