"""`parris run`: runs one training job and follows it until it ends."""

import argparse

from parris_cli.commands.command import (
    Command,
    add_detach,
    add_job_arguments,
    add_results_folder,
    add_verbose,
    job_options,
)

_ABOUT = """\
Run one training job and follow it until it ends.

CONFIG is a training config in JSON or YAML (docs/configuration.md explains every key). The training
script is looked up next to the config, then in config/ of the clone. Without a config, give the
script itself: the job has the script's name and ends when the script ends, or at the limits that
you give. Without both, the default job of config/training-config.json runs.

The script's folder goes with it, or what `files` in the config names, without what .parrisignore
leaves out; a requirements.txt beside the script is installed first. Files and folders on this
machine can be input-data. docs/your-own-training.md shows a whole example.

While the job runs, its phase, its script's log, its time and its cost are shown. Ctrl-C asks
once whether to end the job. In an account, the job keeps running if this command ends; the command
then prints how to follow the job again, stop it and download its results. With --detach it does so
at once.
"""

_EXAMPLES = """\
examples:
  parris run --embedded
          the default job, on an embedded AWS on this machine: no account, no cost
  parris run train.py --instance-type g5.xlarge --time-limit 10h --cost-limit 20
          a script without a config: ten hours and 20 USD at most
  parris run my-job.json --embedded --set termination-options.time-limit=0.5
          your own job, with a time limit of half an hour
  parris run job.yaml --embedded --in-container
          a SageMaker job in its own image, with Docker or Podman on this machine
  parris run my-job.json --deployment parris --json > outcome.json
          the same in your AWS account, where Parris is deployed; the outcome for scripts
  parris run my-job.json --detach
          start it and return; `parris watch` follows it whenever you want

exit codes:
  0  the job ended as its policy says: COMPLETED, TIME_LIMIT, CLOCK_TIME, COST_LIMIT,
     STOPPED_EARLY, METRIC_REACHED or NO_IMPROVEMENT; with --detach: it was started
  1  it failed: SCRIPT_FAILED, LAUNCH_FAILED, NO_CAPACITY, INSTANCE_LOST, ABORTED, ...;
     or you detached, or its results were not all downloaded
  2  it was refused: the config, the script or the command line is invalid; nothing was created
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_job_arguments(parser)
    parser.add_argument(
        "--in-container",
        action="store_true",
        help="with --embedded: run the job's image with Docker or Podman, not its script as a"
        " process of this machine",
    )
    add_detach(parser, "; not with --embedded, whose AWS ends with the command")
    add_results_folder(parser)
    add_verbose(parser)


def _call(found: argparse.Namespace) -> int:
    from parris_cli.starting.run_job import RunOptions, run_job

    return run_job(
        RunOptions(
            source=found.source,
            job=job_options(found),
            is_embedded=found.embedded,
            deployment=found.deployment,
            settings=tuple(found.set),
            is_json=found.json,
            results=found.results,
            is_verbose=found.verbose,
            is_in_container=found.in_container,
            is_detached=found.detach,
        )
    )


RUN = Command(
    "run",
    "run one training job and follow it until it ends",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
)
