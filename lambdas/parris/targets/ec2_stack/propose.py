"""Turns a config into the spec and the offers of this target, and checks both with AWS."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from parris.costs.offer import Offer, Proposal
from parris.payloads import maybe_text_in
from parris.targets.ec2_stack.check_image import CheckedImages, check_images
from parris.targets.ec2_stack.check_places import TYPE_KEY, find_place_violations
from parris.targets.ec2_stack.check_purchase import find_unstoppable_machine
from parris.targets.ec2_stack.check_quotas import CheckedQuotas, check_quotas
from parris.targets.ec2_stack.check_role import find_role_violations
from parris.targets.ec2_stack.check_template import TEMPLATE_KEYS, find_template_violations
from parris.targets.ec2_stack.default_images import default_boot_timeout_seconds, driver_warnings
from parris.targets.ec2_stack.rates import FoundRates, find_rates
from parris.targets.ec2_stack.spec import (
    DELETE_STACK,
    ON_DEMAND,
    STOP_INSTANCE,
    is_spot,
    spec_in,
    volume_size_gib_of,
)
from parris.validation.input_data import find_input_violations
from parris.validation.semantics import texts_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from parris.job import UserFile
    from parris.payloads import Payload
    from parris.targets.ec2_stack.aws.gateways import Ec2Gateways
    from parris.targets.ec2_stack.settings import Ec2StackSettings
    from parris.validation.violations import Violation

_PRICE_KEYS = {"instance-type", "hourly-price-usd"}
_SPOT_NOTE = "spot: at the maximum bid"


def propose(
    aws: Ec2Gateways,
    settings: Ec2StackSettings,
    config: Payload,
    wrong: AbstractSet[str],
    *,
    are_prices_needed: bool,
) -> Proposal:
    """Return the spec and the offers of a config, and the violations that AWS would reject.

    Args:
        aws: the gateways.
        settings: the settings of the deployment.
        config: the merged config.
        wrong: the keys whose values violate the schema, and are not used.
        are_prices_needed: whether a limit depends on the cost of the job.
    """
    sound = {key: value for key, value in config.items() if key not in wrong}
    images = _check_images(sound, wrong, aws)
    violations = [*images.violations]
    least_gib = images.least_volume_gib
    rates = FoundRates()
    offers: tuple[Offer, ...] = ()
    if not wrong & _PRICE_KEYS:
        # The price of a spot instance is also the bid.
        is_needed = are_prices_needed or is_spot(sound)
        size_gib = volume_size_gib_of(sound, least_gib)
        rates = find_rates(sound, aws.prices, size_gib, are_all_needed=is_needed)
    vcpus = _vcpus_by_type(sound, rates, aws)
    places = find_place_violations(sound, settings, aws.places, vcpus)
    # That a type has no price says nothing about one that does not exist.
    nowhere = {one.found for one in places if one.path.startswith(f"/{TYPE_KEY}")}
    violations += [one for one in rates.violations if one.found not in nowhere]
    violations += places
    quotas = CheckedQuotas()
    if "purchase-option" not in wrong:
        quotas = check_quotas(sound, vcpus, aws.quotas, settings.region)
        violations += quotas.violations
    if not wrong & _PRICE_KEYS:
        offers = _offers(sound, rates, images, quotas.types_beyond)
    if not wrong & {"purchase-option", "on-termination"}:
        violations += find_unstoppable_machine(sound)
    on_termination = maybe_text_in(sound, "on-termination") or DELETE_STACK
    template, missing = aws.user_files.find_named(config, TEMPLATE_KEYS, wrong)
    violations += missing
    if "instance-iam-role-name" not in wrong:
        violations += _access_violations(config, template, aws, settings)
    return Proposal(
        offers=offers,
        spec=spec_in(sound, least_gib, template).to_payload(),
        details={"purchase_option": maybe_text_in(sound, "purchase-option") or ON_DEMAND},
        on_termination=on_termination,
        keeps_resources=on_termination == STOP_INSTANCE,
        price_note=_SPOT_NOTE if is_spot(sound) else "",
        violations=tuple(violations),
        warnings=driver_warnings(sound) + rates.warnings + images.warnings + quotas.warnings,
        room=quotas.room,
    )


def _check_images(sound: Payload, wrong: AbstractSet[str], aws: Ec2Gateways) -> CheckedImages:
    """Check the images of the job's machines, if the keys that determine them are valid."""
    if wrong & {"ami", "instance-type", *TEMPLATE_KEYS}:
        return CheckedImages()
    return check_images(sound, aws.images)


def _vcpus_by_type(config: Payload, rates: FoundRates, aws: Ec2Gateways) -> Mapping[str, int]:
    """Return the vCPUs of each type that exists. EC2 knows those that the price list does not."""
    unlisted = [one for one in texts_of(config, "instance-type") if one not in rates.vcpus]
    return {**rates.vcpus, **aws.places.vcpus_of(unlisted)} if unlisted else rates.vcpus


def _offers(
    config: Payload, rates: FoundRates, images: CheckedImages, left_out: AbstractSet[str]
) -> tuple[Offer, ...]:
    """Return an offer for each type in each subnet: all subnets of a type, then the next type."""
    types, subnets = texts_of(config, "instance-type"), texts_of(config, "subnet-id") or ("",)
    return tuple(
        Offer(
            title=instance_type,
            rate=rates.rates.get(instance_type),
            boot_timeout_seconds=default_boot_timeout_seconds(instance_type),
            spec={
                "instance_type": instance_type,
                "subnet_id": subnet_id,
                "root_device_name": images.root_device_names.get(instance_type, ""),
            },
            details={"instance_type": instance_type},
        )
        for instance_type, subnet_id in product(types, subnets)
        if instance_type not in left_out
    )


def _access_violations(
    config: Payload, template: UserFile | None, aws: Ec2Gateways, settings: Ec2StackSettings
) -> list[Violation]:
    """Return the violations in the role, the template and the input data of the config."""
    violations = find_role_violations(config, settings.allowed_role_names, aws.profiles)
    if template is not None:
        body = aws.user_files.read(template)
        return violations + find_template_violations(config, body, aws.stacks)
    # Parris does not know what a user's own role or template lets a machine read.
    if not config.get("instance-iam-role-name"):
        has_own_role = bool(settings.job_boundary_arn)
        violations += find_input_violations(config, settings, has_own_role=has_own_role)
    return violations
