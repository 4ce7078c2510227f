"""`parris estimate`: says what a job can cost at most, without starting it."""

import argparse

from parris_cli.commands.command import Command, add_job_arguments

_ABOUT = """\
Say what a job can cost at most, and when each of its limits would end it. Nothing is started.

CONFIG is a training config, as for `parris run`. The deployment itself is asked, so that its
defaults, its ceiling and the prices of its Region count. The estimate is made of list prices of the
instance, its disk and a public IPv4 address; it names what it does not count, and is no guarantee.
"""

_EXAMPLES = """\
examples:
  parris estimate --embedded
      the default job, with the prices that the embedded AWS knows: no account, no cost
  parris estimate my-job.json --set termination-options.cost-limit=300
      your own job in your own account, if 300 USD were its limit
  parris estimate my-job.json --json | jq -r .most_usd
      the most that it can cost, for a program

exit codes:
  0  the estimate was printed
  1  it could not be made: no account, no deployment, or AWS did not answer
  2  the config has violations, all of them listed
"""


def _call(found: argparse.Namespace) -> int:
    from parris_cli.starting.estimate_job import EstimateOptions, estimate_job

    return estimate_job(
        EstimateOptions(
            config=found.config,
            is_embedded=found.embedded,
            deployment=found.deployment,
            settings=tuple(found.set),
            is_json=found.json,
        )
    )


ESTIMATE = Command(
    "estimate",
    "say what a job can cost at most, without starting it",
    _ABOUT,
    _EXAMPLES,
    add_job_arguments,
    _call,
)
