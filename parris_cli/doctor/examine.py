"""Runs all checks and prints what they found."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError

from parris_cli.account.connect import real_account
from parris_cli.account.find_deployment import find_deployment
from parris_cli.account.session import own_session
from parris_cli.aws_errors import describe_error
from parris_cli.doctor.account_checks import check_account
from parris_cli.doctor.deployment_checks import check_deployment
from parris_cli.doctor.finding import Finding, Health, bad, good
from parris_cli.doctor.machine_checks import check_machine
from parris_cli.errors import RefusedError
from parris_cli.formatting import counted
from parris_cli.reports.report import EXIT_FAILED, EXIT_SUCCEEDED
from parris_cli.terminal.output import print_json, print_text
from parris_cli.terminal.screen import Screen
from parris_cli.terminal.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_STYLES = {Health.GOOD: Style.GOOD, Health.NOTE: Style.WARNING, Health.BAD: Style.BAD}


@dataclass(frozen=True, slots=True)
class DoctorOptions:
    """Options of `parris doctor`. `instance_type` is None for that of the default job."""

    deployment: str | None
    instance_type: str | None
    is_json: bool


def examine(options: DoctorOptions) -> int:
    """Print what the checks find, each as soon as it is known, and return the exit code."""
    screen = Screen(sys.stderr)
    found = []
    for finding in _findings(options):
        found.append(finding)
        text = f"{finding.name}: {finding.text}"
        if finding.remedy:
            text += f"\n{finding.remedy}"
        screen.say(text, finding.health.value, _STYLES[finding.health])
    counts = {health: sum(one.health is health for one in found) for health in Health}
    if options.is_json:
        print_json({"checks": [one.to_json() for one in found], "is_sound": not counts[Health.BAD]})
    else:
        print_text(_summary(counts[Health.BAD], counts[Health.NOTE]))
    return EXIT_FAILED if counts[Health.BAD] else EXIT_SUCCEEDED


def _findings(options: DoctorOptions) -> Iterator[Finding]:
    yield from check_machine()
    try:
        session = own_session()
    except BotoCoreError as err:
        yield bad("credentials", describe_error(err), "aws configure")
        return
    account_findings = list(check_account(session))
    yield from account_findings
    if _is_bad(account_findings):
        return
    try:
        name = options.deployment or find_deployment("")
        account = real_account(name)
    except RefusedError as err:
        yield bad("deployment", str(err), "parris deploy")
        return
    yield good("deployment", name)
    yield from check_deployment(session, account, options.instance_type)


def _is_bad(findings: Sequence[Finding]) -> bool:
    return any(one.health is Health.BAD for one in findings)


def _summary(bad_count: int, note_count: int) -> str:
    notes = f", {counted(note_count, 'note')}" if note_count else ""
    if bad_count:
        return f"{counted(bad_count, 'problem')}{notes}"
    return f"ready to train{notes}"
