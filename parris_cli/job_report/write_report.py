"""`parris report`: writes the page of a job, and opens it if that is wanted."""

from __future__ import annotations

import sys
import webbrowser
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from parris_cli.account.connect import real_account
from parris_cli.account.find_deployment import find_deployment
from parris_cli.account.stack_status import Use
from parris_cli.errors import RefusedError
from parris_cli.job_report.read_facts import read_facts
from parris_cli.job_report.read_local import read_local_facts
from parris_cli.job_report.render import render_job_page
from parris_cli.local_runs.find_local import find_local_run
from parris_cli.reports.print_read import Found, print_read
from parris_cli.terminal.style import Span, Style

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris_cli.account.clients import Account
    from parris_cli.job_report.job_facts import JobFacts

STANDARD_OUTPUT = "-"


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """Options of `parris report`.

    `output` is None for `<job-id>.html` in this folder, and "-" for standard output. `deployment`
    is None for the only one in the account.
    """

    job: str
    output: str | None
    deployment: str | None
    is_json: bool = False
    is_opened: bool = False
    is_embedded: bool = False


def write_report(options: ReportOptions) -> int:
    """Write the page of a job, and return the command's exit code."""

    def read() -> Found:
        if options.output == STANDARD_OUTPUT and (options.is_json or options.is_opened):
            raise RefusedError("--output - prints the page itself; leave out --json and --open")
        now = datetime.now(UTC)
        local = find_local_run(options.job, options.deployment, is_embedded=options.is_embedded)
        if local is not None:
            return written(read_local_facts(local, now), options, now)
        named = options.deployment or find_deployment(options.job)
        return write_report_on(real_account(named, Use.REACH), options, now)

    return print_read(read, is_json=options.is_json)


def write_report_on(account: Account, options: ReportOptions, now: datetime) -> Found:
    """Write the page of a job of a deployment, and return what the command prints.

    Raises:
        RefusedError: when there is no such job, or the file cannot be written.
    """
    facts = read_facts(account, options.job, options.deployment, now)
    return written(facts, options, now)


def written(facts: JobFacts, options: ReportOptions, now: datetime) -> Found:
    """Write the page of a job that was read.

    Raises:
        RefusedError: when the file cannot be written.
    """
    page, job_id = render_job_page(facts, now), facts.one.run.job_id
    if options.output == STANDARD_OUTPUT:
        sys.stdout.write(page)
        return Found({}, [])
    file = Path(options.output or f"{job_id}.html")
    part = file.with_name(f"{file.name}.part")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(file)
    except OSError as err:
        raise RefusedError(f"{file} cannot be written: {err.strerror or err}") from err
    if options.is_opened:
        webbrowser.open(file.absolute().as_uri())
    value: Payload = {"job_id": job_id, "report": str(file.absolute())}
    return Found(value, [(Span(job_id, Style.BOLD),), (Span(f"  report   {file}"),)])
