"""`parris results`: downloads what a job has saved, resuming an earlier download."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from parris_cli.account.connect import real_account
from parris_cli.account.find_deployment import find_deployment
from parris_cli.account.stack_status import Use
from parris_cli.aws_errors import describe_error
from parris_cli.downloads.download import download_results
from parris_cli.downloads.found_places import places_of
from parris_cli.downloads.job_places import LOG
from parris_cli.downloads.report import download_lines, download_to_json
from parris_cli.errors import RefusedError
from parris_cli.following.find_started import find_started
from parris_cli.formatting import counted
from parris_cli.local_runs.find_local import find_local_run
from parris_cli.local_runs.reach import account_of
from parris_cli.reports.next_steps import next_steps
from parris_cli.reports.report import EXIT_FAILED, EXIT_REFUSED, EXIT_SUCCEEDED
from parris_cli.reports.reporter import default_folder
from parris_cli.terminal.interrupts import Interrupts
from parris_cli.terminal.output import print_json, print_report
from parris_cli.terminal.screen import Screen

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris_cli.account.clients import Account
    from parris_cli.local_runs.local_run import LocalRun


@dataclass(frozen=True, slots=True)
class ResultsOptions:
    """Options of `parris results`.

    `job` is a job's name, its job id or its execution ARN. `folder` is None for
    `results/<job-id>`, and `deployment` is None for the only one in the account.
    """

    job: str
    folder: Path | None
    deployment: str | None
    is_json: bool
    is_embedded: bool = False


def fetch_results(options: ResultsOptions) -> int:
    """Download what a job has saved, report on it and return the command's exit code."""
    screen = Screen(sys.stderr)
    with Interrupts() as interrupts, interrupts.at_once():
        try:
            local = find_local_run(options.job, options.deployment, is_embedded=options.is_embedded)
            if local is None:
                named = options.deployment or find_deployment(options.job)
                return fetch_results_on(real_account(named, Use.REACH), options, screen)
            account = account_of(local)
            if account is None:
                return _show_local(local, options, screen)
            return fetch_results_on(account, replace(options, job=local.job_id), screen)
        except RefusedError as err:
            message, is_refused = str(err), err.reason is not None
        except KeyboardInterrupt:
            message, is_refused = "interrupted", False
        except Exception as err:
            message, is_refused = describe_error(err), False
        interrupts.close()
        screen.say(f"nothing was downloaded: {message}")
        if options.is_json:
            print_json({"job_id": None, "results": None, "cause": message})
    return EXIT_REFUSED if is_refused else EXIT_FAILED


def fetch_results_on(account: Account, options: ResultsOptions, screen: Screen) -> int:
    """Download what a job of this deployment has saved, and return the command's exit code.

    Raises:
        RefusedError: when there is no such job, or it has no results.
    """
    found = find_started(account, options.job)
    places = places_of(account, found)
    folder = options.folder or default_folder(found.job_id)
    download = download_results(account, places, folder, screen)
    lines = download_lines(download)
    if download.is_complete and not download.total_count:
        lines = [f"  results  none yet: {download.uri} is empty"]
    lines.insert(0, found.job_id)
    steps = next_steps(found.job_id, options.deployment, options.folder, is_running=False)
    if not download.is_complete:
        lines += steps.lines()
    value: Payload = {
        "job_id": found.job_id,
        **download_to_json(download),
        "results_count": download.count,
        "results_bytes": download.size_bytes,
        "fetched_count": download.fetched_count,
        "next": None if download.is_complete else steps.results,
    }
    print_report(value, "\n".join(lines), screen, is_json=options.is_json)
    return EXIT_SUCCEEDED if download.is_complete else EXIT_FAILED


def _show_local(local: LocalRun, options: ResultsOptions, screen: Screen) -> int:
    """Say where the results of a job of this machine are, or copy them into a folder.

    Raises:
        RefusedError: when they are gone.
    """
    if not local.folder.is_dir():
        raise RefusedError(f"{local.job_id} has left nothing in {local.results}")
    folder = local.folder
    if options.folder is not None and options.folder.absolute() != folder:
        folder = options.folder
        shutil.copytree(local.folder, folder, dirs_exist_ok=True)
        if local.folder == local.kept_results and local.kept_log.is_file():
            shutil.copy(local.kept_log, folder / LOG)
    count = sum(one.is_file() for one in folder.rglob("*"))
    value: Payload = {"job_id": local.job_id, "results": str(folder), "next": None}
    text = f"{local.job_id}\n  results  {folder} ({counted(count, 'file')}, with log and record)"
    print_report(value, text, screen, is_json=options.is_json)
    return EXIT_SUCCEEDED
