"""A job out of a config that was found to be right: hours become seconds, dollars too."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import product

from parris.costs.cost import affordable_seconds
from parris.costs.rate import Rate
from parris.job import (
    DEFAULT_SYNC_INTERVAL_SECONDS,
    ON_DEMAND,
    Candidate,
    Job,
    Limits,
    Machine,
    UserFile,
)
from parris.liveness import DEFAULT_SILENCE_TIMEOUT_SECONDS
from parris.notifications.kinds import EVERY_KIND
from parris.payloads import Json, Payload, maybe_text_in, part_of, text_in, texts_in
from parris.validation.merge_configs import without_comments
from parris.validation.semantics import methods_in, texts_of, unused_limit_warnings

_DEFAULT_GRACE_SECONDS = 120
_DEFAULT_VOLUME_SIZE_GIB = 30


def build_job(
    config: Payload,
    *,
    job_id: str,
    execution_arn: str,
    submitted_at: str,
    deployment: str,
    bucket: str,
    script: UserFile,
    template: UserFile | None,
    rates: Mapping[str, Rate],
    least_volume_gib: int = 0,
    warnings: tuple[str, ...] = (),
) -> Job:
    """Return the job that a config means, on the first of the machines that it is content with.

    Args:
        config: the merged config, checked.
        job_id: the execution's name.
        execution_arn: the execution's ARN.
        submitted_at: when the execution was started, as a moment of payloads.
        deployment: the name of this deployment.
        bucket: the training bucket.
        script: the trainer script that was found.
        template: the person's own template, None for the packaged one.
        rates: what an hour costs, by instance type; a type is absent where that is unknown and no
            method needs it.
        least_volume_gib: the least size of the root volume, which its image has.
        warnings: what the person is to be told beside.
    """
    started_by = config.get("_started-by")
    job = Job(
        job_id=job_id,
        execution_arn=execution_arn,
        started_by=started_by if isinstance(started_by, str) else "unknown",
        submitted_at=submitted_at,
        training_job_name=text_in(config, "training-job-name"),
        deployment=deployment,
        bucket=bucket,
        target=maybe_text_in(config, "target") or "ec2-stack",
        methods=methods_in(config),
        on_termination=maybe_text_in(config, "on-termination") or "delete-stack",
        script=script,
        limits=limits_in(config),
        machine=_machine(config, least_volume_gib),
        rate=None,
        config=without_comments(config),
        candidates=candidates_in(config, rates),
        template=template,
        replaces_stack=config.get("stack-replacement") is True,
        warnings=unused_limit_warnings(config) + warnings,
        input_data=texts_in(config, "input-data"),
        environment=part_of(config, "environment"),
        hyperparameters=without_comments(part_of(config, "hyperparameters")),
        purchase_option=maybe_text_in(config, "purchase-option") or ON_DEMAND,
        notify=texts_in(config, "notify") if "notify" in config else EVERY_KIND,
        sync_interval_seconds=_whole_or(
            config.get("sync-interval-seconds"), DEFAULT_SYNC_INTERVAL_SECONDS
        ),
        silence_timeout_seconds=_whole_or(
            config.get("silence-timeout-seconds"), DEFAULT_SILENCE_TIMEOUT_SECONDS
        ),
    )
    return job.with_candidate(0)


def volume_size_gib_of(config: Payload, least_gib: int) -> int:
    """Return the size of the job's volume in GiB: the default rises to what its image needs."""
    return _whole_or(config.get("volume-size-gib"), max(_DEFAULT_VOLUME_SIZE_GIB, least_gib))


def limits_in(config: Payload) -> Limits:
    """Return the limits that were chosen; a cost limit has no seconds yet, since it has no rate."""
    options, methods = part_of(config, "termination-options"), methods_in(config)
    time_limit_seconds = cost_limit_usd = None
    if "at-fixed-time" in methods:
        time_limit_seconds = max(1, int(Decimal(str(options["time-limit"])) * 3600))
    if "around-cost-threshold" in methods:
        cost_limit_usd = str(Decimal(str(options["cost-limit"])))
    return Limits(
        time_limit_seconds=time_limit_seconds,
        cost_limit_seconds=None,
        cost_limit_usd=cost_limit_usd,
        save_grace_seconds=_whole_or(options.get("save-grace-seconds"), _DEFAULT_GRACE_SECONDS),
    )


def candidates_in(config: Payload, rates: Mapping[str, Rate]) -> tuple[Candidate, ...]:
    """Return every type in every subnet, a type's subnets before the next type."""
    limit_usd = limits_in(config).cost_limit_usd
    types, subnets = texts_of(config, "instance-type"), texts_of(config, "subnet-id") or ("",)
    candidates = []
    for instance_type, subnet_id in product(types, subnets):
        rate = rates.get(instance_type)
        seconds = None
        if rate is not None and limit_usd is not None:
            seconds = affordable_seconds(rate, Decimal(limit_usd))
        candidates.append(Candidate(instance_type, subnet_id, rate, seconds))
    return tuple(candidates)


def _machine(config: Payload, least_volume_gib: int) -> Machine:
    return Machine(
        instance_type="",
        subnet_id="",
        security_group_id=maybe_text_in(config, "security-group-id") or "",
        key_pair_name=maybe_text_in(config, "ec2-keypair-name") or "",
        role_name=maybe_text_in(config, "instance-iam-role-name") or "",
        ami=maybe_text_in(config, "ami") or "",
        volume_size_gib=volume_size_gib_of(config, least_volume_gib),
    )


def _whole_or(value: Json, default: int) -> int:
    return default if value is None else int(str(value).removesuffix(".0"))
