"""Builds a job from a valid config; hours and cost limits become seconds."""

import dataclasses
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from parris.costs.offer import Offer, Proposal
from parris.durations import SECONDS_PER_HOUR, seconds_of
from parris.job import DEFAULT_SYNC_INTERVAL_SECONDS, Job, UserFile
from parris.limits import Limits
from parris.liveness import DEFAULT_SILENCE_TIMEOUT_SECONDS
from parris.no_progress import NoProgress
from parris.notifications.kinds import EVERY_KIND
from parris.payloads import Json, Payload, maybe_text_in, part_of, text_in, texts_in
from parris.sweeps.names import TRIAL_KEY
from parris.sweeps.trial_goal import GOAL_KEY
from parris.timestamps import parse_timestamp
from parris.validation.clock_time import clock_time_in
from parris.validation.code import FOLDER_KEY
from parris.validation.data_set import data_set_in
from parris.validation.merge_configs import without_comments
from parris.validation.metrics import METRICS_KEY, cloudwatch_warnings, misspelled_goal_warnings
from parris.validation.semantics import (
    NO_PROGRESS,
    ON_METRIC,
    OPTION_OF,
    OPTIONS_KEY,
    methods_in,
    unused_limit_warnings,
)

ATTEMPTS_KEY = "max-attempts"
_DEFAULT_GRACE_SECONDS = 120


def build_job(
    config: Payload,
    *,
    job_id: str,
    execution_arn: str,
    submitted_at: str,
    deployment: str,
    bucket: str,
    target: str,
    script: UserFile | None,
    code: UserFile | None,
    training_config: UserFile | None,
    experiment_uri: str,
    proposal: Proposal,
) -> Job:
    """Return the job of a config, with the first of its target's offers.

    Args:
        config: the merged config, without violations.
        job_id: the name of the execution.
        execution_arn: the ARN of the execution.
        submitted_at: when the execution was started, as a timestamp text.
        deployment: the name of this deployment.
        bucket: the training bucket.
        target: the name of the job's target.
        script: the trainer script that was found, if the job has one.
        code: the archive of the files that the script needs, if there is one.
        training_config: the file with the parameters of the script, if there is one.
        experiment_uri: the run's folder at the team's experiments.
        proposal: the target's spec and offers for the config.
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
        target=target,
        methods=methods_in(config),
        on_termination=proposal.on_termination,
        script=script,
        limits=limits_in(config, parse_timestamp(submitted_at)),
        rate=None,
        config=without_comments(config),
        spec=proposal.spec,
        details=proposal.details,
        price_note=proposal.price_note,
        keeps_resources=proposal.keeps_resources,
        offers=offers_within(config, proposal.offers),
        replaces_another=config.get("stack-replacement") is True,
        warnings=(
            *unused_limit_warnings(config),
            *misspelled_goal_warnings(config),
            *cloudwatch_warnings(config),
            *proposal.warnings,
        ),
        input_data=(*texts_in(config, "input-data"), *data_set_in(config)),
        environment=part_of(config, "environment"),
        metrics=without_comments(part_of(config, METRICS_KEY)),
        hyperparameters=without_comments(part_of(config, "hyperparameters")),
        notify=texts_in(config, "notify") if "notify" in config else EVERY_KIND,
        sync_interval_seconds=_seconds_or(
            config.get("sync-interval-seconds"), DEFAULT_SYNC_INTERVAL_SECONDS
        ),
        silence_timeout_seconds=_seconds_or(
            config.get("silence-timeout-seconds"), DEFAULT_SILENCE_TIMEOUT_SECONDS
        ),
        max_attempts=max_attempts_in(config),
        code=code,
        script_folder=maybe_text_in(config, FOLDER_KEY) or "",
        training_config=training_config,
        experiment_uri=experiment_uri,
        sweep_trial=maybe_text_in(config, TRIAL_KEY) or "",
        sweep_goal=part_of(config, GOAL_KEY),
        metric_goal=_metric_goal(config),
        no_progress=_no_progress(config),
    )
    return job.with_offer(0)


def _metric_goal(config: Payload) -> Payload:
    if ON_METRIC not in methods_in(config):
        return {}
    return without_comments(part_of(part_of(config, OPTIONS_KEY), OPTION_OF[ON_METRIC]))


def _no_progress(config: Payload) -> Payload:
    if NO_PROGRESS not in methods_in(config):
        return {}
    options = part_of(part_of(config, OPTIONS_KEY), NO_PROGRESS)
    return NoProgress.from_options(options).to_payload()


def limits_in(config: Payload, submitted_at: datetime | None = None) -> Limits:
    """Return the chosen limits. The seconds of the cost limit depend on the rate and come later.

    Args:
        config: the merged config; its limits are no violations.
        submitted_at: when the run begins; None leaves its clock time out.
    """
    options, methods = part_of(config, "termination-options"), methods_in(config)
    time_limit_seconds = cost_limit_usd = None
    if "at-fixed-time" in methods:
        time_limit_seconds = max(1, int(seconds_of(options["time-limit"], SECONDS_PER_HOUR)))
    if "around-cost-threshold" in methods:
        cost_limit_usd = str(Decimal(str(options["cost-limit"])))
    limits = Limits(
        time_limit_seconds=time_limit_seconds,
        cost_limit_seconds=None,
        cost_limit_usd=cost_limit_usd,
        save_grace_seconds=_seconds_or(options.get("save-grace-seconds"), _DEFAULT_GRACE_SECONDS),
    )
    clock_time = None if submitted_at is None else clock_time_in(config, submitted_at)
    if submitted_at is None or clock_time is None:
        return limits
    return limits.with_clock_time(clock_time, submitted_at)


def max_attempts_in(config: Payload) -> int:
    """Return how often the job is launched at most."""
    value = config.get(ATTEMPTS_KEY)
    return int(value) if isinstance(value, int | float) else 1


def offers_within(config: Payload, offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """Return a target's offers, with the config's own limits and timeouts applied."""
    limit_usd = limits_in(config).cost_limit_usd
    requested = config.get("boot-timeout-seconds")
    return tuple(
        dataclasses.replace(
            one, boot_timeout_seconds=_seconds_or(requested, one.boot_timeout_seconds)
        ).within(limit_usd)
        for one in offers
    )


def _seconds_or(value: Json, default: int) -> int:
    return default if value is None else int(seconds_of(value, 1))
