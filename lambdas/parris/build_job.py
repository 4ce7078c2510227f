"""A job out of a config that was found to be right: hours become seconds, dollars too."""

from decimal import Decimal

from parris.check_meaning import methods_in, unused_limit_warnings
from parris.cost import Rate, affordable_seconds
from parris.job import LONGEST_JOB_SECONDS, Job, Limits, Machine, Script
from parris.merge_configs import without_comments
from parris.payloads import Json, Payload, maybe_text_in, part_of, text_in, texts_in

_DEFAULT_GRACE_SECONDS = 120
_DEFAULT_VOLUME_SIZE_GIB = 30
_LARGEST_GRACE_SHARE = 10


def build_job(
    config: Payload,
    *,
    job_id: str,
    execution_arn: str,
    deployment: str,
    bucket: str,
    script: Script,
    rate: Rate | None,
) -> Job:
    """Return the job that a config means.

    Args:
        config: the merged config, checked.
        job_id: the execution's name.
        execution_arn: the execution's ARN.
        deployment: the name of this deployment.
        bucket: the training bucket.
        script: the trainer script that was found.
        rate: what an hour costs, None where that is unknown and no method needs it.
    """
    started_by = config.get("_started-by")
    return Job(
        job_id=job_id,
        execution_arn=execution_arn,
        started_by=started_by if isinstance(started_by, str) else "unknown",
        training_job_name=text_in(config, "training-job-name"),
        deployment=deployment,
        bucket=bucket,
        target=maybe_text_in(config, "target") or "ec2-stack",
        methods=methods_in(config),
        on_termination=maybe_text_in(config, "on-termination") or "delete-stack",
        script=script,
        limits=_limits(config, rate),
        machine=_machine(config),
        rate=rate,
        config=without_comments(config),
        warnings=unused_limit_warnings(config),
        input_data=texts_in(config, "input-data"),
        environment=part_of(config, "environment"),
        hyperparameters=without_comments(part_of(config, "hyperparameters")),
    )


def _limits(config: Payload, rate: Rate | None) -> Limits:
    options, methods = part_of(config, "termination-options"), methods_in(config)
    time_limit_seconds = cost_limit_seconds = cost_limit_usd = None
    if "at-fixed-time" in methods:
        time_limit_seconds = max(1, int(Decimal(str(options["time-limit"])) * 3600))
    if "around-cost-threshold" in methods and rate is not None:
        cost_limit_usd = Decimal(str(options["cost-limit"]))
        cost_limit_seconds = affordable_seconds(rate, cost_limit_usd)
    limits = [time_limit_seconds, cost_limit_seconds, LONGEST_JOB_SECONDS]
    earliest_seconds = min(seconds for seconds in limits if seconds is not None)
    wanted_seconds = _whole_or(options.get("save-grace-seconds"), _DEFAULT_GRACE_SECONDS)
    return Limits(
        time_limit_seconds=time_limit_seconds,
        cost_limit_seconds=cost_limit_seconds,
        cost_limit_usd=None if cost_limit_usd is None else str(cost_limit_usd),
        save_grace_seconds=max(1, min(wanted_seconds, earliest_seconds // _LARGEST_GRACE_SHARE)),
    )


def _machine(config: Payload) -> Machine:
    return Machine(
        instance_type=text_in(config, "instance-type"),
        subnet_id=maybe_text_in(config, "subnet-id") or "",
        security_group_id=maybe_text_in(config, "security-group-id") or "",
        key_pair_name=maybe_text_in(config, "ec2-keypair-name") or "",
        ami=maybe_text_in(config, "ami") or "",
        volume_size_gib=_whole_or(config.get("volume-size-gib"), _DEFAULT_VOLUME_SIZE_GIB),
    )


def _whole_or(value: Json, default: int) -> int:
    return default if value is None else int(str(value).removesuffix(".0"))
