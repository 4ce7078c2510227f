"""`parris run`: one config, one training job, from its start to its end."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from parris_cli.account.connect import chosen_account
from parris_cli.aws_errors import describe_error
from parris_cli.containers.engine import EngineImage, find_engine
from parris_cli.containers.stand_in_image import IMAGE_KEY, with_stand_in_image
from parris_cli.deployment.embedded_environment import deploy_environment
from parris_cli.errors import RefusedError
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, refusal_to_json
from parris_cli.starting.begin_job import begin_job
from parris_cli.starting.job_files import find_job_files
from parris_cli.starting.job_options import NO_OPTIONS, JobOptions
from parris_cli.starting.overrides import parse_overrides
from parris_cli.starting.see_to_end import Following, refuse_results_file, see_to_end
from parris_cli.terminal.interrupts import Interrupts
from parris_cli.terminal.output import print_json
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from parris_cli.starting.job_files import JobFiles

_NOT_STARTED = "interrupted; no job was started"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Options of `parris run`. `deployment` is used if `is_embedded` is false.

    `is_in_container`: the embedded AWS runs the job's image, not its entrypoint as a process.
    `is_detached`: a job in an account is started and not followed.
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
    is_detached: bool = False


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
    if options.is_detached and options.is_embedded:
        raise RefusedError("--detach is for an account: an embedded AWS ends with the command")
    overrides = parse_overrides(options.settings)
    files = find_job_files(options.source, overrides, options.job)
    refuse_results_file(options.results)
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
        screen.say(f"{begun.started.job_id}, from {files.shown_source}", "job")
        following = Following(
            options.deployment,
            options.results,
            options.is_json,
            options.is_verbose,
            options.is_detached,
        )
        if options.is_embedded:
            from parris_cli.local_runs.remember import remembered

            reaching.enter_context(remembered(account, begun.started, files, options, screen))
        return see_to_end(account, begun, files.training_job_name, following, screen, interrupts)


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
