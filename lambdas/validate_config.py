"""State ValidateConfig: the execution's input becomes a job, or every fault of it is told at once.

Reads the packaged config, the one at the bucket's root, the one that `config-key` names, the files
that they name, the price list, and what AWS says of role and template. Writes nothing. Answers
`$.job` and `$.quote`. With `is_estimate` in the event only the quote is wanted: the script, which
is uploaded when a job is started, is not looked for.
May raise ConfigInvalidError, AwsThrottledError, AwsUnavailableError, AwsDeniedError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.aws.config_layers import CONFIG_KEY, config_layers, packaged_schema
from parris.costs.quote import quote_of
from parris.entrypoint import Deps, lambda_handler
from parris.job import UserFile
from parris.payloads import Payload, maybe_text_in, text_in
from parris.targets.ec2_stack.aws.gateways import Ec2Gateways
from parris.targets.ec2_stack.check_image import CheckedImages
from parris.targets.ec2_stack.instance_types import driver_warnings
from parris.targets.ec2_stack.offers import FoundRates, find_rates
from parris.timestamps import format_moment, parse_moment
from parris.validation.build_job import build_job, volume_size_gib_of
from parris.validation.hyperparameters import find_colliding_hyperparameters
from parris.validation.limits import find_bound_faults
from parris.validation.merge_configs import merge_configs
from parris.validation.schema import find_shape_faults
from parris.validation.semantics import (
    SCRIPT_KEY,
    TEMPLATE_KEYS,
    find_missing_options,
    find_numbers_that_are_none,
    find_oversize,
    find_taken_script_name,
    find_unpayable_limit,
    find_unstoppable_machine,
    is_spot,
    methods_in,
)
from parris.validation.violations import Fault, refuse, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

_LIMIT_KEYS = {"termination-method", "termination-options"}
_PRICE_KEYS = {"termination-method", "instance-type", "hourly-price-usd"}


def run(event: Payload, deps: Deps) -> Payload:
    """Return the job that the execution's input means, and its quote."""
    given = event.get("config")
    if not isinstance(given, dict):
        refuse([Fault("/", shown(given), "an object; {} runs the default job")])
        raise AssertionError("unreachable: refuse() raised")
    layers, faults = config_layers(deps.settings.layers_root, deps.aws.bucket, given)
    config = merge_configs(*layers, given)
    config.pop(CONFIG_KEY, None)
    faults += find_shape_faults(config, packaged_schema(deps.settings.layers_root))
    faults += find_numbers_that_are_none(config)
    faults += find_oversize(config)
    wrong = {fault.path.split("/")[1] for fault in faults}
    images = _check_images(config, wrong, deps)
    faults += images.faults
    priced, missing = _price(config, wrong, images.least_volume_gib, deps)
    faults += missing
    if not wrong & {"purchase-option", "on-termination"}:
        faults += find_unstoppable_machine(config)
    if SCRIPT_KEY not in wrong:
        faults += find_taken_script_name(config)
    if "hyperparameters" not in wrong:
        # The packaged job's own may stand in another spelling: what a person gives goes over them.
        faults += find_colliding_hyperparameters(merge_configs(*layers[1:], given))
    script, missing = _script(config, event, wrong, deps)
    faults += missing
    template, missing = _file(config, TEMPLATE_KEYS, wrong, deps)
    faults += missing
    if not wrong & {"target", "instance-iam-role-name"}:
        target = deps.target(maybe_text_in(config, "target") or "ec2-stack")
        body = None if template is None else deps.aws.user_files.read(template)
        faults += target.find_faults(config, body)
    refuse(faults)
    if script is None:
        raise AssertionError("unreachable: a missing script is one of the faults")
    job = build_job(
        config,
        job_id=text_in(event, "job_id"),
        execution_arn=text_in(event, "execution_arn"),
        submitted_at=format_moment(parse_moment(text_in(event, "submitted_at"))),
        deployment=deps.settings.deployment,
        bucket=deps.settings.training_bucket,
        script=script,
        template=template,
        rates=priced.rates,
        least_volume_gib=images.least_volume_gib,
        warnings=driver_warnings(config) + priced.warnings + images.warnings,
    )
    return {"job": job.to_payload(), "quote": quote_of(job)}


def _check_images(config: Payload, wrong: set[str], deps: Deps) -> CheckedImages:
    """Return what the images of the job's machines ask for, where it can be asked."""
    if wrong & {"target", "ami", "instance-type", *TEMPLATE_KEYS}:
        return CheckedImages()
    sound = {key: value for key, value in config.items() if key not in wrong}
    return deps.target(maybe_text_in(config, "target") or "ec2-stack").check_images(sound)


def _price(
    config: Payload, wrong: set[str], least_volume_gib: int, deps: Deps
) -> tuple[FoundRates, list[Fault]]:
    """Return the rates, and what is wrong with prices, limits and what they come to together."""
    priced = FoundRates()
    faults: list[Fault] = []
    if not wrong & _LIMIT_KEYS:
        faults += find_missing_options(config)
    if not wrong & _PRICE_KEYS:
        is_needed = (
            "around-cost-threshold" in methods_in(config)
            # Of a spot instance the price is the bid as well.
            or is_spot(config)
            or deps.settings.most_job_cost_usd is not None
        )
        sound = {key: value for key, value in config.items() if key not in wrong}
        size_gib = volume_size_gib_of(sound, least_volume_gib)
        priced = find_rates(
            sound, deps.aws.once(Ec2Gateways).prices, size_gib, are_all_needed=is_needed
        )
        faults += priced.faults
    if not wrong & _LIMIT_KEYS:
        faults += find_unpayable_limit(config, priced.rates.values())
        if not wrong & _PRICE_KEYS:
            faults += find_bound_faults(config, priced.rates, deps.settings)
    return priced, faults


def _script(
    config: Payload, event: Payload, wrong: set[str], deps: Deps
) -> tuple[UserFile | None, list[Fault]]:
    if event.get("is_estimate") is True and SCRIPT_KEY not in wrong:
        return UserFile(text_in(config, SCRIPT_KEY), "not looked for", ""), []
    return _file(config, [SCRIPT_KEY], wrong, deps)


def _file(
    config: Payload, keys: Sequence[str], wrong: set[str], deps: Deps
) -> tuple[UserFile | None, list[Fault]]:
    """Return the file that the first of the keys names, or a fault where there is no such file."""
    key = next((one for one in keys if one in config and one not in wrong), None)
    if key is None:
        return None, []
    filename = text_in(config, key)
    file = deps.aws.user_files.find(filename)
    if file is not None:
        return file, []
    bucket = deps.settings.training_bucket
    expected = f"a key in s3://{bucket}/ or a file deployed with the package"
    return None, [Fault(f"/{key}", shown(filename), expected)]


handler = lambda_handler(run)
