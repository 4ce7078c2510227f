"""The page that `parris report` writes for a job, as a reader sees it."""

import html
import re
from datetime import UTC, datetime
from pathlib import Path

from parris_cli.account.clients import Account
from parris_cli.job_report.write_report import ReportOptions, write_report_on
from parris_cli.starting.start_job import StartedJob

_UNSEEN = re.compile(r"<style>.*?</style>|<svg.*?</svg>|<[^>]+>", re.DOTALL)


def write_page(account: Account, started: StartedJob, folder: Path) -> dict[str, str]:
    """Write the page of a job, and return the words of each section by its heading.

    What comes before the first section is below an empty heading.
    """
    file = folder / f"{started.job_id}.html"
    write_report_on(account, ReportOptions(started.job_id, str(file), None), datetime.now(UTC))
    head, *sections = re.split(r"<h2[^>]*>", file.read_text())
    found = {"": _words(head)}
    for section in sections:
        heading, _, body = section.partition("</h2>")
        found[heading] = _words(body)
    return found


def _words(text: str) -> str:
    return " ".join(html.unescape(_UNSEEN.sub(" ", text)).split())
