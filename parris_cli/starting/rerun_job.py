"""`parris rerun`: starts a job again as its record describes it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from parris.aws.bucket import Bucket
from parris.payloads import Payload, maybe_text_in, part_of, texts_in
from parris_cli.account.connect import real_account
from parris_cli.account.find_deployment import find_deployment
from parris_cli.aws_errors import describe_error
from parris_cli.downloads.found_places import places_of
from parris_cli.errors import RefusedError
from parris_cli.following.find_started import find_started
from parris_cli.local_runs.find_local import find_local_run
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, refusal_to_json
from parris_cli.runs.running import newest_state
from parris_cli.starting.begin_job import begin
from parris_cli.starting.job_options import JobOptions
from parris_cli.starting.overrides import parse_overrides
from parris_cli.starting.run_job import RunOptions, run_job
from parris_cli.starting.see_to_end import Following, refuse_results_file, see_to_end
from parris_cli.starting.start_job import prepare_again
from parris_cli.terminal.interrupts import Interrupts
from parris_cli.terminal.output import print_json
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from parris.reasons import EndReason
    from parris_cli.account.clients import Account
    from parris_cli.following.find_started import FoundJob
    from parris_cli.local_runs.local_run import LocalRun

_NOT_STARTED = "interrupted; no job was started"


@dataclass(frozen=True, slots=True)
class RerunOptions:
    """Options of `parris rerun`. `settings` are those of --set.

    `deployment` is None for the only one in the account.
    """

    job: str
    deployment: str | None
    settings: tuple[str, ...]
    is_json: bool
    results: Path | None
    is_verbose: bool = False
    is_detached: bool = False
    is_embedded: bool = False


def rerun_job(options: RerunOptions) -> int:
    """Start a job again, and return the command's exit code."""
    screen = Screen(sys.stderr, is_verbose=options.is_verbose)
    try:
        local = find_local_run(options.job, options.deployment, is_embedded=options.is_embedded)
    except RefusedError as err:
        return _refuse(options, screen, str(err), err.reason)
    if local is not None:
        return run_job(run_options_of(local, options))
    with Interrupts() as interrupts:
        try:
            with interrupts.at_once():
                named = options.deployment or find_deployment(options.job)
                account = real_account(named)
            return rerun_on(account, options, screen, interrupts)
        except RefusedError as err:
            message, reason = str(err), err.reason
        except KeyboardInterrupt:
            message, reason = _NOT_STARTED, None
        except Exception as err:  # nothing is running yet; a started job is reported on
            message, reason = describe_error(err), None
        interrupts.close()
    return _refuse(options, screen, message, reason)


def _refuse(options: RerunOptions, screen: Screen, message: str, reason: EndReason | None) -> int:
    screen.say(message if message == _NOT_STARTED else f"not started: {message}")
    if options.is_json:
        print_json(refusal_to_json(message, reason))
    return EXIT_FAILED if reason is None else EXIT_REFUSED


def run_options_of(local: LocalRun, options: RerunOptions) -> RunOptions:
    """Return the command line that started a job of this machine, with what is to be changed."""
    usd = maybe_text_in(local.job, "cost_limit_usd")
    return RunOptions(
        source=Path(local.source) if local.source else None,
        is_embedded=True,
        deployment="",
        settings=(*local.settings, *options.settings),
        is_json=options.is_json,
        results=options.results,
        is_verbose=options.is_verbose,
        job=JobOptions(
            texts_in(local.job, "instance_types"),
            maybe_text_in(local.job, "time_limit"),
            None if usd is None else Decimal(usd),
        ),
        is_detached=options.is_detached,
    )


def rerun_on(
    account: Account, options: RerunOptions, screen: Screen, interrupts: Interrupts
) -> int:
    """Start a job of this deployment again, and return the command's exit code.

    Raises:
        RefusedError: when there is no such job, or its config is not known any more.
    """
    overrides = parse_overrides(options.settings)
    refuse_results_file(options.results)
    with interrupts.at_once():
        found = find_started(account, options.job)
        config = _config_of(account, found)
    begun = begin(account, lambda now: prepare_again(account, config, overrides, now), interrupts)
    changed = f", with {', '.join(options.settings)}" if options.settings else ""
    screen.say(f"{begun.started.job_id}, again as {found.job_id}{changed}", "job")
    name = maybe_text_in(config, "training-job-name") or begun.started.job_id
    following = Following(
        options.deployment,
        options.results,
        options.is_json,
        options.is_verbose,
        options.is_detached,
    )
    return see_to_end(account, begun, name, following, screen, interrupts)


def _config_of(account: Account, found: FoundJob) -> Payload:
    """Return the whole config of a run: from its record, or from its state while it is running."""
    if found.started is not None:
        state = newest_state(account.stepfunctions, found.started.execution_arn)
        config = part_of(part_of(state, "job"), "config")
        if config:
            return config
    places = places_of(account, found)
    record = Bucket(account.s3, places.bucket).read_json(places.record_key) or {}
    config = part_of(record, "config")
    if not config:
        raise RefusedError(
            f"{found.job_id} has no record with its config: it is still being checked, or was"
            " rejected. Try again later, or name another run; `parris list` shows them"
        )
    return config
