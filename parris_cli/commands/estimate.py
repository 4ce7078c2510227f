"""`parris estimate`: shows what a job can cost at most, without starting it."""

import argparse

from parris_cli.commands.command import Command, add_job_arguments, job_options

_ABOUT = """\
Show what a job can cost at most, and when each of its limits would end it. Nothing is started.

CONFIG is a training config, or a script without one, as for `parris run`. The deployment makes the
estimate, so its defaults, its limits and the prices of its Region apply. The estimate uses list
prices of the instance, its disk and a public IPv4 address. It names what it does not count, and is
no guarantee.
"""

_EXAMPLES = """\
examples:
  parris estimate --embedded
          the default job, with the embedded AWS's price list: no account, no cost
  parris estimate my-job.json --set termination-options.cost-limit=300
          your own job in your account, with a cost limit of 300 USD
  parris estimate my-job.json --json | jq -r .most_usd
          the most that it can cost, for scripts

exit codes:
  0  the estimate was printed
  1  no estimate: no account, no deployment, or AWS did not respond
  2  the config has violations; all are listed
"""


def _call(found: argparse.Namespace) -> int:
    from parris_cli.starting.estimate_job import EstimateOptions, estimate_job

    return estimate_job(
        EstimateOptions(
            source=found.source,
            job=job_options(found),
            is_embedded=found.embedded,
            deployment=found.deployment,
            settings=tuple(found.set),
            is_json=found.json,
        )
    )


ESTIMATE = Command(
    "estimate",
    "show what a job can cost at most, without starting it",
    _ABOUT,
    _EXAMPLES,
    add_job_arguments,
    _call,
)
