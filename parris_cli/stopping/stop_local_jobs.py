"""`parris stop` for jobs of `parris run --embedded`, from another terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris_cli.errors import InterruptedByUserError, RefusedError
from parris_cli.local_runs.find_local import find_local_run
from parris_cli.reports.report import (
    EXIT_FAILED,
    EXIT_REFUSED,
    EXIT_SUCCEEDED,
    refusal_to_json,
)
from parris_cli.runs.show_status import local_status_to_json, print_local_status
from parris_cli.terminal.interrupts import Interrupts
from parris_cli.terminal.output import print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parris.payloads import Payload
    from parris_cli.stopping.stop_options import StopOptions
    from parris_cli.terminal.screen import Screen


def stop_local_jobs(jobs: Sequence[str], options: StopOptions, screen: Screen) -> int:
    """Request that jobs of this machine end, one after the other, and return the exit code."""
    exit_codes = [EXIT_SUCCEEDED]
    values: list[Payload] = []
    for job in dict.fromkeys(jobs):
        exit_code, value = _stop(job, options, screen)
        exit_codes.append(exit_code)
        values.append(value)
    if options.is_json:
        print_json(values[0] if len(values) == 1 else {"jobs": [*values]})
    return max(exit_codes)


def _stop(job: str, options: StopOptions, screen: Screen) -> tuple[int, Payload]:
    """Return the exit code for one job, and how it stands then."""
    from parris_cli.local_runs.follow_local import stop_local  # imports the SDK

    exit_code = EXIT_SUCCEEDED
    try:
        found = find_local_run(job, None, is_embedded=True)
        assert found is not None  # else it was refused
        local = found
        with Interrupts() as interrupts:
            local = stop_local(found, screen, interrupts, is_waiting=options.is_waiting)
    except InterruptedByUserError:
        screen.say("no longer followed; the job ends nevertheless")
        exit_code = EXIT_FAILED
    except RefusedError as err:
        screen.say(f"not stopped: {err}")
        return EXIT_REFUSED, refusal_to_json(str(err), None, goes_on=False)
    if not options.is_json:
        print_local_status(local, is_json=False)
    return exit_code, local_status_to_json(local)
