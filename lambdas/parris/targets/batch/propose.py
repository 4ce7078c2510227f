"""Turns a config into the spec and the offers of this target, and checks both with AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.costs.offer import Proposal
from parris.image_uri import ImageUri
from parris.payloads import maybe_text_in
from parris.targets.batch.check_architecture import find_architecture_violations
from parris.targets.batch.check_container import container_warnings, find_container_violations
from parris.targets.batch.check_limits import find_short_limits
from parris.targets.batch.check_queues import (
    find_queue_violations,
    unused_environment_warnings,
)
from parris.targets.batch.check_quotas import CheckedQuotas, check_quotas
from parris.targets.batch.check_roles import find_role_violations
from parris.targets.batch.check_sizes import (
    burstable_warnings,
    find_keys_of_other_machines,
    find_size_violations,
    memory_warnings,
)
from parris.targets.batch.offers import VARYING_PRICE, idle_warnings, offer_of, pull_warnings
from parris.targets.batch.rates import FoundRates, find_rates
from parris.targets.batch.read_queues import QUEUE_KEY, QueueOfJob, read_queues
from parris.targets.batch.read_spec import queues_in, spec_in
from parris.targets.batch.spec import TERMINATE_JOB
from parris.validation.container_image import check_image
from parris.validation.input_data import find_input_violations
from parris.validation.semantics import METHOD_KEY, OPTIONS_KEY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from parris.payloads import Payload
    from parris.targets.batch.aws.gateways import BatchGateways
    from parris.targets.batch.settings import BatchSettings
    from parris.targets.batch.spec import BatchSpec
    from parris.validation.violations import Violation

_SIZE_KEYS = {"vcpus", "memory-mib", "gpus"}
_PRICE_KEYS = {"hourly-price-usd", "ephemeral-storage-gib", "assign-public-ip", "architecture"}


def propose(
    aws: BatchGateways,
    settings: BatchSettings,
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
    spec = spec_in(sound)
    image, image_warnings = check_image(sound, aws.image_repositories, settings.region)
    violations = [*find_container_violations(sound, wrong), *image]
    violations += find_input_violations(sound, settings, has_own_role=False)
    queues: tuple[QueueOfJob, ...] = ()
    if QUEUE_KEY not in wrong:
        queues = read_queues(sound, queues_in(sound, settings.job_queue), aws)
        violations += _queue_violations(sound, spec, queues, settings, wrong)
        violations += find_role_violations(queues, aws.container_roles)
    rates, quotas = FoundRates(), CheckedQuotas()
    usable = _without_violations(queues, spec, settings, sound)
    if not image and not wrong & (_SIZE_KEYS | {"architecture"}):
        violations += find_architecture_violations(spec, usable, aws.image_architectures)
    if usable and not wrong & (_SIZE_KEYS | _PRICE_KEYS):
        rates = find_rates(spec, usable, aws, are_all_needed=are_prices_needed)
        quotas = check_quotas(spec, usable, aws.quotas, settings.region)
        violations += [*rates.violations, *quotas.violations]
    tried = [one for one in rates.by_queue if one.queue.name not in quotas.queues_beyond]
    offers = tuple(offer_of(one, spec) for one in tried)
    if not wrong & {METHOD_KEY, OPTIONS_KEY}:
        violations += find_short_limits(sound, spec, offers)
    return Proposal(
        offers=offers,
        spec=spec.to_payload(),
        details={"runs_image_command": spec.runs_image_command},
        on_termination=TERMINATE_JOB,
        price_note=VARYING_PRICE if any(one.varies for one in tried) else "",
        violations=tuple(violations),
        warnings=(
            *container_warnings(sound),
            *image_warnings,
            *_unchecked_image_warnings(sound),
            *(text for one in queues for text in unused_environment_warnings(one)),
            *(text for one in usable for text in memory_warnings(spec, one)),
            *(text for one in usable for text in burstable_warnings(spec, one)),
            *rates.warnings,
            *quotas.warnings,
            *(text for one in tried for text in idle_warnings(one)),
            *(text for one in tried for text in pull_warnings(one, spec)),
        ),
        room=quotas.room,
    )


def _queue_violations(
    config: Payload,
    spec: BatchSpec,
    queues: Sequence[QueueOfJob],
    settings: BatchSettings,
    wrong: AbstractSet[str],
) -> list[Violation]:
    found = [*find_keys_of_other_machines(config, queues)]
    for queue in queues:
        own = list(find_queue_violations(queue, settings))
        found += own
        if not own:
            found += find_size_violations(config, spec, queue, wrong)
    return list(dict.fromkeys(found))


def _without_violations(
    queues: Sequence[QueueOfJob], spec: BatchSpec, settings: BatchSettings, config: Payload
) -> list[QueueOfJob]:
    """Return the queues in which the job can run."""
    return [
        one
        for one in queues
        if not any(find_queue_violations(one, settings))
        and not any(find_size_violations(config, spec, one, frozenset()))
    ]


def _unchecked_image_warnings(config: Payload) -> tuple[str, ...]:
    image = maybe_text_in(config, "image")
    if image is None or ImageUri.parse(image) is not None:
        return ()
    return (f"{image} could not be checked: it is not in Amazon ECR",)
