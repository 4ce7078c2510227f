"""State ValidateConfig: turns the execution's input into a job, or reports all violations at once.

Reads the packaged config, the one at the bucket's root, the one that `config-key` names, the files
that they name, the price list, and what AWS says of role and template. Stores the configs of a
valid job at the team's experiments, before anything is launched. Answers `$.job` and `$.quote`.
With `is_estimate` in the event only the quote is wanted: script, code and script config, which
are uploaded when a job is started, are not looked for, and nothing is stored. With
`stores_nothing`, which ValidateSweep sets, everything is checked and nothing is stored; `room` is
then for how many such jobs the account has room at the same time. With `stands_alone` the input is
a whole config of somebody's own, as one that `parris run` has uploaded.
May raise ConfigInvalidError, AwsThrottledError, AwsUnavailableError, AwsDeniedError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.aws.config_levels import packaged_schema, read_levels
from parris.costs.offer import Proposal
from parris.costs.quote import quote_of
from parris.entrypoint import Deps, lambda_handler
from parris.experiment import files_before_the_launch
from parris.job import Job, UserFile
from parris.payloads import Payload, maybe_text_in, part_of, text_in
from parris.sweeps.names import TRIAL_KEY
from parris.sweeps.reservation import find_reservation_violations
from parris.timestamps import format_timestamp, parse_timestamp
from parris.validation.attempts import find_unfit_attempts
from parris.validation.build_job import ATTEMPTS_KEY, build_job
from parris.validation.code import (
    CODE_KEY,
    FILES_KEY,
    find_code_without_script,
    find_unpacked_files,
)
from parris.validation.data_set import DATA_SET_KEY, find_data_set_violations
from parris.validation.experiments import (
    EXPERIMENTS_KEY,
    TRAINING_CONFIG_KEY,
    experiment_uri,
    find_location_violations,
    find_training_config_violations,
    unwritable_location,
)
from parris.validation.hyperparameters import find_colliding_hyperparameters
from parris.validation.limits import find_bound_violations, find_limit_violations
from parris.validation.merge_configs import merge_configs, merge_levels
from parris.validation.metrics import find_unsafe_metrics
from parris.validation.schema import find_shape_violations
from parris.validation.script import find_script_violations
from parris.validation.semantics import (
    METHOD_KEY,
    OPTION_OF,
    OPTIONS_KEY,
    SCRIPT_KEY,
    find_endless_goal,
    find_missing_options,
    find_oversize,
    find_oversized_run,
    find_taken_script_name,
    find_unpayable_limit,
    methods_in,
)
from parris.validation.sound_parts import sound_parts
from parris.validation.values import (
    find_deep_nesting,
    find_unfit_values,
    with_readable_numbers,
)
from parris.validation.violations import Violation, refuse, shown, top_key_of

if TYPE_CHECKING:
    from datetime import datetime

_TARGET_KEY = "target"
_LIMIT_KEYS = {METHOD_KEY, OPTIONS_KEY}


def run(event: Payload, deps: Deps) -> Payload:
    """Return the job of the execution's input, and its quote."""
    given = event.get("config")
    if not isinstance(given, dict):
        refuse([Violation("/", shown(given), "an object; {} runs the default job")])
        raise AssertionError("unreachable: refuse() raised")
    refuse(list(find_deep_nesting(given)))
    levels, violations = read_levels(
        deps.settings.layers_root,
        deps.aws.bucket,
        given,
        stands_alone=event.get("stands_alone") is True,
    )
    schema = packaged_schema(deps.settings.layers_root)
    config = with_readable_numbers(merge_levels(levels, schema))
    violations += find_shape_violations(config, schema)
    violations += find_unfit_values(config)
    violations += find_oversize(config)
    wrong = {top_key_of(violation) for violation in violations}
    proposal, target_name = Proposal(), ""
    if _TARGET_KEY not in wrong:
        target_name = maybe_text_in(config, _TARGET_KEY) or _default_target(schema)
        proposal = _propose(target_name, config, wrong, deps)
    violations += proposal.violations
    if ATTEMPTS_KEY not in wrong:
        violations += find_unfit_attempts(config, proposal)
    sound = sound_parts(config, violations)
    submitted_at = parse_timestamp(text_in(event, "submitted_at"))
    violations += _limit_violations(sound, proposal, submitted_at, deps)
    if not wrong & _LIMIT_KEYS and proposal.offers:
        violations += find_bound_violations(sound, proposal.offers, deps.settings, submitted_at)
    # One at the top level, as in the old form, is a violation already, which says its place.
    if not any(option in config for option in OPTION_OF.values()):
        violations += find_missing_options(config)
    violations += find_endless_goal(config)
    if SCRIPT_KEY in config and SCRIPT_KEY not in wrong:
        violations += find_taken_script_name(config)
    if "hyperparameters" not in wrong:
        # The demo's own may stand in another spelling: what a person gives goes over them.
        violations += find_colliding_hyperparameters(merge_configs(*levels.own()))
    if TRIAL_KEY in config and TRIAL_KEY not in wrong:
        violations += find_reservation_violations(config, event, deps.aws)
    violations += find_unsafe_metrics(sound)
    if DATA_SET_KEY not in wrong and event.get("is_estimate") is not True:
        violations += find_data_set_violations(config, deps.aws.bucket)
    if EXPERIMENTS_KEY not in wrong:
        violations += find_location_violations(config, deps.settings)
    script, missing = _script(config, event, wrong, deps)
    code, unusable = _code(config, event, wrong, deps)
    training_config, unreadable = _training_config(config, event, wrong, deps)
    violations += missing + unusable + unreadable
    refuse(violations)
    job = build_job(
        config,
        job_id=text_in(event, "job_id"),
        execution_arn=text_in(event, "execution_arn"),
        submitted_at=format_timestamp(parse_timestamp(text_in(event, "submitted_at"))),
        deployment=deps.settings.deployment,
        bucket=deps.settings.training_bucket,
        target=target_name,
        script=script,
        code=code,
        training_config=training_config,
        experiment_uri=experiment_uri(config, text_in(event, "job_id"), deps.settings),
        proposal=proposal,
    )
    result: Payload = {"job": job.to_payload(), "quote": quote_of(job)}
    refuse(list(find_oversized_run(result)))
    if event.get("stores_nothing"):
        return {**result, "room": None if proposal.room is None else proposal.room.to_payload()}
    if not event.get("is_estimate"):
        refuse(_store_experiment(job, deps))
    return result


def _default_target(schema: Payload) -> str:
    return text_in(part_of(part_of(schema, "properties"), _TARGET_KEY), "default")


def _propose(target_name: str, config: Payload, wrong: set[str], deps: Deps) -> Proposal:
    """Return the target's proposal for the config."""
    is_limited = METHOD_KEY not in wrong and "around-cost-threshold" in methods_in(config)
    return deps.target(target_name).propose(
        config,
        wrong,
        are_prices_needed=is_limited or deps.settings.most_job_cost_usd is not None,
    )


def _limit_violations(
    config: Payload, proposal: Proposal, submitted_at: datetime, deps: Deps
) -> list[Violation]:
    """Return the violations in the sound ones of the limits, whatever else is wrong."""
    rates = [one.rate for one in proposal.offers if one.rate is not None]
    return [
        *find_unpayable_limit(config, rates),
        *find_limit_violations(config, deps.settings, submitted_at),
    ]


def _script(
    config: Payload, event: Payload, wrong: set[str], deps: Deps
) -> tuple[UserFile | None, list[Violation]]:
    filename = None if SCRIPT_KEY in wrong else maybe_text_in(config, SCRIPT_KEY)
    if event.get("is_estimate") is True and filename is not None:
        return UserFile(filename, "not checked", ""), []
    return deps.aws.user_files.find_named(config, [SCRIPT_KEY], wrong, find_script_violations)


def _code(
    config: Payload, event: Payload, wrong: set[str], deps: Deps
) -> tuple[UserFile | None, list[Violation]]:
    if event.get("is_estimate") is True or wrong & {CODE_KEY, FILES_KEY}:
        return None, []
    if SCRIPT_KEY not in config and SCRIPT_KEY not in wrong:
        return None, list(find_code_without_script(config))
    key = maybe_text_in(config, CODE_KEY)
    if key is None:
        return None, list(find_unpacked_files(config))
    return deps.aws.code_archives.find(key)


def _training_config(
    config: Payload, event: Payload, wrong: set[str], deps: Deps
) -> tuple[UserFile | None, list[Violation]]:
    if event.get("is_estimate") is True:
        return None, []
    return deps.aws.user_files.find_named(
        config, [TRAINING_CONFIG_KEY], wrong, find_training_config_violations
    )


def _store_experiment(job: Job, deps: Deps) -> list[Violation]:
    """Store the run's configs where its team sees them, or return why they cannot be stored."""
    body = b"" if job.training_config is None else deps.aws.user_files.read(job.training_config)
    files = files_before_the_launch(job, body)
    why = deps.aws.experiment_files.write(job.experiment_uri, files)
    return [] if why is None else [unwritable_location(job.config, job.experiment_uri, why)]


handler = lambda_handler(run)
