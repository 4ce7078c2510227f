"""State ValidateSweep: checks a sweep and its training config, and reports all violations at once.

Reads the config that `config-key` names and the file of a list, and has ValidateConfig check the
training config of the first trial as that of a job, its quote included. The other trials differ in
their hyperparameters only. At most as many trials run at the same time as the account has room
for. Writes the sweep's config and its trials to the bucket, and its item to
the sweeps table; nothing is launched. Returns `$.sweep`. Safe to repeat.
May raise ConfigInvalidError, AwsThrottledError, AwsUnavailableError, AwsDeniedError.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from parris.entrypoint import Deps, lambda_handler
from parris.errors import ConfigInvalidError
from parris.limits import Limits
from parris.payloads import Payload, part_of, text_in
from parris.room import room_in
from parris.sweeps.check import (
    find_budget_violations,
    find_parameter_violations,
    find_search_violations,
    find_training_violations,
    find_trial_violations,
    find_value_violations,
    violations_of_training,
)
from parris.sweeps.config import SweepConfig
from parris.sweeps.folder import SweepFolder
from parris.sweeps.names import TRIAL_KEY, TrialName
from parris.sweeps.parallel import parallel_of
from parris.sweeps.plan import NAME_KEY, items_of, parameters_of, trial_config, trial_count
from parris.sweeps.read import read_listed_trials, read_sweep_config, sweep_schema
from parris.sweeps.sweep import Sweep
from parris.sweeps.time_budget import time_budget, with_clock_time
from parris.sweeps.trial_goal import goal_for_trials
from parris.sweeps.worst_case import WorstCase, worst_case_of
from parris.timestamps import format_timestamp, parse_timestamp
from parris.validation.merge_configs import without_comments
from parris.validation.schema import find_shape_violations
from parris.validation.sound_parts import sound_parts
from parris.validation.values import find_deep_nesting, with_readable_numbers
from parris.validation.violations import Violation, refuse, top_key_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris.room import Room

_WHAT = "sweep config"


def run(event: Payload, deps: Deps) -> Payload:
    """Return what the other states need of the sweep."""
    given, violations = read_sweep_config(event.get("config"), deps.aws.bucket)
    refuse([*violations, *find_deep_nesting(given)], _WHAT)
    given = with_readable_numbers(given)
    violations = find_shape_violations(given, sweep_schema(deps.settings.layers_root))
    violations += find_value_violations(given)
    wrong = {top_key_of(violation) for violation in violations}
    violations += find_parameter_violations(_sound_parameters(given, violations))
    listed: Sequence[Payload] = []
    if "search" not in wrong:
        violations += find_search_violations(given)
        listed, unreadable = read_listed_trials(given, deps.aws.bucket)
        violations += unreadable
    if "training" not in wrong:
        violations += find_training_violations(given)
    config = None
    if not violations:
        config = SweepConfig.from_payload(without_comments(given))
        violations += find_trial_violations(config, listed)
    checked: Payload = {}
    # The training has a schema of its own.
    if isinstance(given.get("training"), dict):
        of_trial = config if not violations else None
        checked, unfit = _check_training(event, given, of_trial, listed, deps)
        violations += unfit
    worst = None
    if config is not None and checked:
        worst = worst_case_of(part_of(checked, "quote"), deps.settings.keep_unverified_days)
        keeps = part_of(checked, "job").get("keeps_resources") is True
        violations += find_budget_violations(config, worst, keeps_resources=keeps)
    refuse(violations, _WHAT)
    if config is None or worst is None:
        raise AssertionError("unreachable: something is a violation")
    job, room = part_of(checked, "job"), room_in(checked)
    return {"sweep": _open(event, given, config, job, worst, room, listed, deps)}


def _sound_parameters(given: Payload, violations: Sequence[Violation]) -> Payload:
    """Return the config with nothing but the parameters that conform to the schema."""
    sound = part_of(sound_parts(given, violations), "parameters")
    whole = part_of(given, "parameters") if sound else {}
    return {"parameters": {name: one for name, one in sound.items() if one == whole[name]}}


def _check_training(
    event: Payload,
    given: Payload,
    config: SweepConfig | None,
    listed: Sequence[Payload],
    deps: Deps,
) -> tuple[Payload, list[Violation]]:
    """Return the job and the quote of the first trial, or the violations of its config."""
    sweep_id = text_in(event, "sweep_id")
    name = TrialName(sweep_id, 0, 0)
    parameters = {} if config is None else parameters_of(config, 0, listed) or {}
    goal = {} if config is None else goal_for_trials(config)
    training = trial_config(part_of(given, "training"), name, parameters, goal)
    del training[TRIAL_KEY]
    try:
        checked = deps.aws.training_checks.check(
            {
                "config": training,
                "job_id": name.execution_name,
                "execution_arn": text_in(event, "execution_arn"),
                "submitted_at": text_in(event, "started_at"),
            }
        )
    except ConfigInvalidError as err:
        found = violations_of_training(str(err))
        return {}, [one for one in found if one.path != f"/training/{NAME_KEY}"]
    return checked, []


def _open(
    event: Payload,
    given: Payload,
    config: SweepConfig,
    job: Payload,
    worst: WorstCase,
    room: Room | None,
    listed: Sequence[Payload],
    deps: Deps,
) -> Payload:
    """Store the sweep, and return what the state machine needs of it."""
    sweep_id = text_in(event, "sweep_id")
    started_at = parse_timestamp(text_in(event, "started_at"))
    folder = SweepFolder(deps.settings.training_bucket, config.sweep_name, sweep_id)
    limits = Limits.from_payload(part_of(job, "limits"))
    ends_by, longest_seconds = time_budget(config, limits, worst, started_at)
    trials = trial_count(config, listed)
    parallel = parallel_of(config.max_parallel, trials, room)
    sweep = Sweep(
        sweep_id=sweep_id,
        sweep_name=config.sweep_name,
        execution_arn=text_in(event, "execution_arn"),
        started_at=format_timestamp(started_at),
        cost_limit_usd=config.cost_limit_usd,
        worst_usd=worst.usd or config.cost_limit_usd,
        longest_seconds=longest_seconds,
        trials=trials,
        config_key=folder.config_key,
        ends_by=None if ends_by is None else format_timestamp(ends_by),
        max_parallel=parallel.trials,
        bounded_by=parallel.bounded_by,
    )
    started_by = part_of(given, "training").get("_started-by") or given.get("_started-by")
    training = with_clock_time(part_of(given, "training"), limits.clock_time)
    stored = {**given, "training": {**training, "_started-by": started_by}}
    deps.aws.bucket.write(folder.config_key, json.dumps(stored, indent=2).encode())
    deps.aws.bucket.write(folder.trials_key, items_of(sweep_id, config, listed))
    deps.aws.sweeps_table.open(sweep)
    return {
        "sweep_id": sweep_id,
        "sweep_name": sweep.sweep_name,
        "trials": sweep.trials,
        "max_parallel": sweep.max_parallel,
        "bucket": folder.bucket,
        "trials_key": folder.trials_key,
        "map_prefix": folder.map_prefix,
        "worst_usd": str(sweep.worst_usd),
    }


handler = lambda_handler(run)
