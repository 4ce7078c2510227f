"""`parris doctor`: checks everything that a job needs."""

import argparse

from parris_cli.commands.command import Command, add_deployment, add_json

_ABOUT = """\
Check everything that a job needs, and say what to do where something is not as it should be: this
machine, credentials and Region, the clock, the deployment and its version, its bucket, alarms about
something that may be left running, the reaper, who gets mail, and whether a job of a given type
would start: its price, quota, image and network, as the deployment itself checks them.

Nothing is changed or started. What your permissions do not show is not checked, and said so.
"""

_EXAMPLES = """\
examples:
  parris doctor
          the only deployment in your account, and its default job
  parris doctor --instance-type g5.xlarge
          also whether you may launch this type
  parris doctor --json | jq -r '.checks[] | select(.health != "ok") | .remedy'
          what to do, for scripts

exit codes:
  0  a job can start; there may be notes
  1  something is bad: each problem is printed with its remedy
  2  the command line is invalid
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--instance-type", metavar="TYPE", help="what to quote (default: the default job's type)"
    )
    add_deployment(parser)
    add_json(parser)


def _call(found: argparse.Namespace) -> int:
    from parris_cli.doctor.examine import DoctorOptions, examine

    return examine(DoctorOptions(found.deployment, found.instance_type, found.json))


DOCTOR = Command(
    "doctor",
    "check everything that a job needs",
    _ABOUT,
    _EXAMPLES,
    _add_arguments,
    _call,
)
