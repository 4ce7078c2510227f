"""Turns a config into the spec and the offers of this target, and checks both with AWS."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from parris.costs.offer import Proposal
from parris.payloads import maybe_text_in
from parris.targets.sagemaker.check_access import (
    find_empty_channels,
    find_network_violations,
    find_role_violations,
    find_uri_violations,
)
from parris.targets.sagemaker.check_container import (
    argument_warnings,
    find_container_violations,
    isolation_warnings,
)
from parris.targets.sagemaker.check_instances import find_instance_violations
from parris.targets.sagemaker.check_quotas import CheckedQuotas, check_quotas
from parris.targets.sagemaker.check_runtime import find_runtime_violations
from parris.targets.sagemaker.lost_signals import lost_signal_warning
from parris.targets.sagemaker.offers import machines_in, offer_of, with_runtime_details
from parris.targets.sagemaker.rates import FoundRates, find_unknown_types, instance_types_in
from parris.targets.sagemaker.read_spec import spec_in
from parris.targets.sagemaker.spec import STOP_JOB
from parris.validation.container_image import check_image
from parris.validation.semantics import (
    METHOD_KEY,
    OPTIONS_KEY,
    SCRIPT_KEY,
    find_missing_options,
)

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from parris.costs.offer import Offer
    from parris.payloads import Payload
    from parris.targets.sagemaker.aws.gateways import SageMakerGateways
    from parris.targets.sagemaker.settings import SageMakerSettings
    from parris.targets.sagemaker.spec import SageMakerSpec
    from parris.validation.violations import Violation

_MACHINE_KEYS = {
    "instance-type",
    "instance-count",
    "instance-groups",
    "volume-size-gib",
    "hourly-price-usd",
    "purchase-option",
    "keep-alive-seconds",
}


def propose(
    aws: SageMakerGateways,
    settings: SageMakerSettings,
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
    image, image_warnings = check_image(sound, aws.image_repositories, settings.region)
    violations = [
        *find_instance_violations(sound, wrong),
        *find_container_violations(sound),
        *find_role_violations(sound, settings.allowed_role_arns),
        *find_network_violations(sound, wrong),
        *find_uri_violations(sound, settings, wrong),
        *find_empty_channels(sound, aws.bucket),
        *image,
    ]
    spec = spec_in(sound)
    machines = _Machines()
    if not wrong & _MACHINE_KEYS and instance_types_in(sound):
        machines = _check_machines(sound, spec, aws, settings, are_prices_needed=are_prices_needed)
        violations += machines.violations
    offers = machines.offers
    if offers and not wrong & {METHOD_KEY, OPTIONS_KEY} and not any(find_missing_options(sound)):
        violations += find_runtime_violations(sound, offers, machines.quotas, settings.region)
        offers = with_runtime_details(sound, offers, machines.quotas)
    return Proposal(
        offers=offers,
        spec=_with_longest_runtime(spec, machines.quotas).to_payload(),
        details={"purchase_option": spec.purchase_option, "has_own_role": spec.has_own_role},
        on_termination=STOP_JOB,
        violations=tuple(violations),
        warnings=image_warnings + machines.warnings + _warnings(sound, spec, aws),
        room=machines.quotas.room,
    )


@dataclass(frozen=True, slots=True)
class _Machines:
    """The machines of a config, as offers, with what AWS says of their prices and quotas."""

    offers: tuple[Offer, ...] = ()
    quotas: CheckedQuotas = field(default_factory=CheckedQuotas)
    violations: tuple[Violation, ...] = ()
    warnings: tuple[str, ...] = ()


def _check_machines(
    config: Payload,
    spec: SageMakerSpec,
    aws: SageMakerGateways,
    settings: SageMakerSettings,
    *,
    are_prices_needed: bool,
) -> _Machines:
    rates = FoundRates.read(aws.prices, config)
    violations = find_unknown_types(config, rates, aws.instance_types.known())
    unknown = {one.path for one in violations}
    if are_prices_needed:
        violations += [one for one in rates.violations(config) if one.path not in unknown]
    machines = machines_in(config, spec, rates)
    quotas = CheckedQuotas()
    if not unknown:
        quotas = check_quotas(config, machines, aws.quotas, settings.region)
    return _Machines(
        offers=tuple(
            offer_of(one, spec) for one in machines if one.title not in quotas.titles_beyond
        ),
        quotas=quotas,
        violations=(*violations, *quotas.violations),
        warnings=(rates.warnings() if rates.is_given or not are_prices_needed else ())
        + quotas.warnings,
    )


def _with_longest_runtime(spec: SageMakerSpec, quotas: CheckedQuotas) -> SageMakerSpec:
    return dataclasses.replace(spec, longest_runtime_seconds=quotas.longest_runtime_seconds)


def _warnings(config: Payload, spec: SageMakerSpec, aws: SageMakerGateways) -> tuple[str, ...]:
    found = (
        isolation_warnings(config) + argument_warnings(config) + _lost_signals(config, spec, aws)
    )
    if not spec.has_own_role:
        found += ("jobs with the same execution-role-arn can read each other's data",)
    elif spec.keep_alive_seconds:
        found += (
            "keep-alive-seconds keeps the instances for a job with the same role, and each job has"
            " its own: name an execution-role-arn, or no other job can use them",
        )
    return found


def _lost_signals(config: Payload, spec: SageMakerSpec, aws: SageMakerGateways) -> tuple[str, ...]:
    filename = maybe_text_in(config, SCRIPT_KEY)
    if not spec.entrypoint or filename is None:
        return ()  # an entrypoint of ours passes signals on
    # None of an estimate, whose script is not uploaded.
    script = aws.user_files.body_of(filename) or b""
    name = PurePosixPath(filename).name
    warning = lost_signal_warning(spec.entrypoint, name, script.decode(errors="replace"))
    return (warning,) if warning else ()
