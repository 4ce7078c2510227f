"""`parris schedule`: jobs that start by the clock."""

import argparse

from parris.time_zones import find_zone
from parris_cli.commands.command import Command, add_deployment, add_json, add_set, checked
from parris_cli.schedules.when import FORMS, parse_when
from parris_cli.starting.overrides import FORM

_ABOUT = """\
Start jobs by the clock. EventBridge starts them: nothing of yours has to run, and nothing is billed
in between. docs/schedules.md explains time zones, repeated deliveries and overlapping runs.
"""

_ABOUT_ADD = """\
Make a schedule that starts a job.

WHEN is a time of day, every day or on the days before it, or an expression of EventBridge. KEY is a
config in the training bucket, where `parris push` puts it with its script; without KEY the default
job starts. A run that is still going when the next is due keeps its job name: the next is rejected,
or replaces it with stack-replacement.
"""

_EXAMPLES_ADD = """\
examples:
  parris schedule add nightly 04:00 team/iris/job.json --timezone Europe/Berlin
          every night, in local time
  parris schedule add weekly 'fri 22:00' team/iris/job.json --set termination-options.time-limit=20
          on Fridays, with a longer limit
  parris schedule add once 'at(2031-12-24T18:00:00)'
          the default job, once

exit codes:
  0  the schedule was made
  1  there is no such deployment, or AWS did not respond
  2  the name is taken, there is no such config, or the command line is invalid
"""

_ABOUT_LIST = """\
Show the schedules of a deployment: those of `parris schedule add`, that of its parameters, and
others whose names begin with the deployment's.
"""

_ABOUT_REMOVE = """\
Delete a schedule. Jobs that it has started are not affected.
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", type=checked(_name), metavar="NAME", help="a new name")
    parser.add_argument("when", type=checked(parse_when), metavar="WHEN", help=FORMS)
    parser.add_argument(
        "config_key", nargs="?", metavar="KEY", help="a config in the training bucket"
    )
    parser.add_argument(
        "--timezone",
        type=checked(_timezone),
        default="UTC",
        metavar="ZONE",
        help="such as Europe/Berlin (default: UTC)",
    )
    add_set(parser, FORM)
    parser.add_argument("--replace", action="store_true", help="change the schedule of that name")
    add_deployment(parser)
    add_json(parser)


def _name(text: str) -> str:
    if not (text.isascii() and text.replace("-", "").isalnum() and len(text) <= 40):
        raise ValueError(f"found {text!r}, expected up to 40 letters, digits and hyphens")
    return text


def _timezone(text: str) -> str:
    try:
        find_zone(text)
    except ValueError as err:
        raise ValueError(f"found {text!r}, expected {err}") from err
    return text


def _add_list_arguments(parser: argparse.ArgumentParser) -> None:
    add_deployment(parser)
    add_json(parser)


def _add_remove_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="as `parris schedule list` shows it")
    add_deployment(parser)
    add_json(parser)


def _call_add(found: argparse.Namespace) -> int:
    from parris_cli.schedules.schedules import AddOptions, add_schedule

    return add_schedule(
        AddOptions(
            name=found.name,
            expression=found.when,
            config_key=found.config_key,
            timezone=found.timezone,
            settings=tuple(found.set),
            deployment=found.deployment,
            is_replacing=found.replace,
            is_json=found.json,
        )
    )


def _call_list(found: argparse.Namespace) -> int:
    from parris_cli.schedules.schedules import list_schedules

    return list_schedules(found.deployment, is_json=found.json)


def _call_remove(found: argparse.Namespace) -> int:
    from parris_cli.schedules.schedules import remove_schedule

    return remove_schedule(found.name, found.deployment, is_json=found.json)


SCHEDULE = Command(
    "schedule",
    "start jobs by the clock: add, list and remove schedules",
    _ABOUT,
    subcommands=(
        Command("add", "make a schedule", _ABOUT_ADD, _EXAMPLES_ADD, _add_arguments, _call_add),
        Command("list", "show the schedules", _ABOUT_LIST, "", _add_list_arguments, _call_list),
        Command("remove", "delete one", _ABOUT_REMOVE, "", _add_remove_arguments, _call_remove),
    ),
)
