"""`parris run`: one config, one training job, from its start to its end."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from parris_cli.account.connect import chosen_account
from parris_cli.aws_errors import describe_error
from parris_cli.containers.engine import EngineImage, find_engine
from parris_cli.containers.stand_in_image import IMAGE_KEY, with_stand_in_image
from parris_cli.deployment.embedded_environment import deploy_environment
from parris_cli.errors import RefusedError
from parris_cli.following.follow_to_end import INTERRUPTED, NOT_FOLLOWED, follow_to_end
from parris_cli.following.follower import Follower
from parris_cli.following.job_progress import JobProgress
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, refusal_to_json
from parris_cli.reports.reporter import Reporter, default_folder
from parris_cli.starting.begin_job import begin_job
from parris_cli.starting.job_files import find_job_files
from parris_cli.starting.job_options import NO_OPTIONS, JobOptions
from parris_cli.starting.overrides import parse_overrides
from parris_cli.terminal.interrupts import Interrupts
from parris_cli.terminal.output import print_json, print_report
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from parris_cli.account.clients import Account
    from parris_cli.reports.report import Report
    from parris_cli.starting.begin_job import Begun
    from parris_cli.starting.job_files import JobFiles

_NOT_STARTED = "interrupted; no job was started"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Options of `parris run`. `deployment` is used if `is_embedded` is false.

    `is_in_container`: the embedded AWS runs the job's image, not its entrypoint as a process.
    """

    source: Path | None
    is_embedded: bool
    deployment: str
    settings: tuple[str, ...]
    is_json: bool
    results: Path | None
    is_verbose: bool = False
    job: JobOptions = NO_OPTIONS
    is_in_container: bool = False


def run_job(options: RunOptions) -> int:
    """Run a job, report on it and return the command's exit code."""
    screen = Screen(sys.stderr, is_verbose=options.is_verbose)
    with Interrupts(ends_job=options.is_embedded) as interrupts:
        try:
            return _run(options, screen, interrupts)
        except RefusedError as err:
            message, reason = str(err), err.reason
        except KeyboardInterrupt:
            message, reason = _NOT_STARTED, None
        except Exception as err:  # nothing is running yet; a started job is reported on below
            message, reason = describe_error(err), None
        interrupts.close()
        screen.say(message if message == _NOT_STARTED else f"not started: {message}")
        if options.is_json:
            print_json(refusal_to_json(message, reason))
    return EXIT_FAILED if reason is None else EXIT_REFUSED


def _run(options: RunOptions, screen: Screen, interrupts: Interrupts) -> int:
    overrides = parse_overrides(options.settings)
    files = find_job_files(options.source, overrides, options.job)
    if options.results is not None and options.results.exists() and not options.results.is_dir():
        raise RefusedError(f"--results {options.results}: is a file, expected a folder")
    # Before AWS is reached, which takes seconds: what is missing is refused at once.
    files.local.describe(screen)
    image = _image_for(options, files)
    with ExitStack() as reaching:
        with interrupts.at_once():
            account = reaching.enter_context(
                chosen_account(
                    options.deployment,
                    screen,
                    is_embedded=options.is_embedded,
                    image=image,
                )
            )
            if options.is_embedded:
                deploy_environment(account, files, screen)
        if options.is_embedded:
            # The shutdown that follows must not be disturbed.
            reaching.callback(interrupts.close)
            files = with_stand_in_image(account, files, screen)
        begun = begin_job(account, files, interrupts)
        _warn_of_unwritable_results(options, begun.started.job_id, screen)
        screen.say(f"{begun.started.job_id}, from {files.shown_source}", "job")
        report = _see_to_end(options, account, files, begun, screen, interrupts)
        text = report.to_text(options.is_embedded, is_verbose=options.is_verbose)
        print_report(report.to_json(), text, screen, is_json=options.is_json, style=report.style)
    return report.exit_code


def _image_for(options: RunOptions, files: JobFiles) -> EngineImage | None:
    """Return the image that a container engine runs, None if a process is run.

    Raises:
        RefusedError: when --in-container cannot be met.
    """
    if not options.is_in_container:
        return None
    if not options.is_embedded:
        raise RefusedError("--in-container is for --embedded only: on AWS the image runs anyway")
    image = files.merged.get(IMAGE_KEY)
    if not isinstance(image, str) or not image:
        raise RefusedError(f"--in-container runs the job's image, but {files.source} has none")
    return EngineImage(find_engine(), image)


def _see_to_end(
    options: RunOptions,
    account: Account,
    files: JobFiles,
    begun: Begun,
    screen: Screen,
    interrupts: Interrupts,
) -> Report:
    started = begun.started
    progress = JobProgress(account, started, screen, files.training_job_name)
    reporter = Reporter(account, started, progress, screen, options.deployment, options.results)
    if begun.doubt:
        status = INTERRUPTED if begun.doubt.startswith(INTERRUPTED.lower()) else NOT_FOLLOWED
        return reporter.unfinished(begun.doubt, datetime.now(UTC), status, goes_on=None)
    follower = Follower(account, started, progress, screen, interrupts)
    return follow_to_end(follower, reporter, interrupts, screen, is_embedded=account.is_embedded)


def _warn_of_unwritable_results(options: RunOptions, job_id: str, screen: Screen) -> None:
    """Warn at once that the results cannot be stored here, while that can still be corrected."""
    folder = options.results or default_folder(job_id)
    there = next((one for one in (folder, *folder.absolute().parents) if one.exists()), None)
    if there is not None and not (there.is_dir() and os.access(there, os.W_OK)):
        screen.warn(f"{folder} cannot be written because of {there}; results stay in S3")
