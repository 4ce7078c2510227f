"""Not a state: ends a run's sleep when a check is due.

Called by EventBridge with an event of a target, such as a machine's change of state, when a runner
has written exit.json or one of `WAKING_REPORTS` to the training bucket; by the reaper, if the event
of such a report was lost; and with requests:
- `{"training_job_name": ..., "execution_arn": ..., "request": "stop", "requested_at": ...}` from a
  person; without an ARN, it is for the run that holds the name;
- `"request": "supersede", "superseded_by": ...` from a run that replaces another;
- `"request": "check"` from EndJobs, for a run that is ending, or from the reaper, for a run that
  missed an event, with `"silent_since"` and `"silences"` if its machine sends no heartbeat.

Sets the wake in the job's item and reads the token in the same step, then completes the token. A
run that sleeps for something else is not woken (`parris/waits.py`); a request is still recorded in
its item. Returns the run that the request was for. Safe to repeat, to call late, or for an ended
job. May raise the Aws errors, after which Lambda retries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.entrypoint import Deps, lambda_handler
from parris.folder import EXIT_FILE, JOB_FILE, WAKING_REPORTS, MachineFolder
from parris.payloads import Payload, maybe_text_in, part_of, text_in
from parris.targets.runner_reports import read_exit_report
from parris.timestamps import format_timestamp, parse_timestamp
from parris.waits import WOKEN_BY, Cause

if TYPE_CHECKING:
    from parris.aws.job_item import JobItem
    from parris.aws.machines_table import MachineItem
    from parris.targets.target import Change

_MOST_REPORTS = 100
"""An execution has 25,000 history events at most, and a script may write reports of its own."""


def run(event: Payload, deps: Deps) -> Payload:
    """Return whether a run was notified."""
    if event.get("source") == "aws.s3":
        return _wake_by_object(event, deps)
    if "detail" in event:
        return _wake_by_event(event, deps)
    return _wake_by_request(event, deps)


def _wake_by_event(event: Payload, deps: Deps) -> Payload:
    # Two targets may read one event of EC2: only one of them has a machine with a job.
    for target in deps.targets():
        change = target.change_in(event)
        if change is None:
            continue
        machine_id = change.machine_id
        machine = None if machine_id is None else deps.aws.machines_table.find(machine_id)
        if machine is not None or change.training_job_name is not None:
            return _wake_by_change(change, machine, deps)
    return {"was_notified": False, "why": "the event is about no job"}


def _wake_by_change(change: Change, machine: MachineItem | None, deps: Deps) -> Payload:
    table, waits = deps.aws.jobs_table, WOKEN_BY[change.cause]
    if machine is None:
        # No check has recorded the machine yet: the run still waits for its launch.
        name = change.training_job_name or ""
        item = table.wake(name, None, change.cause, waits, {}, change.launch_id)
        return _answer(item, deps)
    notes = {}
    if change.machine_id is not None and change.state is not None:
        notes = {"reported_state": change.state, "reported_machine": change.machine_id}
    name, execution_arn = machine.training_job_name, machine.execution_arn
    return _answer(table.wake(name, execution_arn, change.cause, waits, notes), deps)


def _wake_by_object(event: Payload, deps: Deps) -> Payload:
    key = text_in(part_of(part_of(event, "detail"), "object"), "key")
    folder = MachineFolder.of_file(key, WAKING_REPORTS)
    return _wake_by_exit_report(key, deps) if folder is None else _wake_by_report(folder, deps)


def _wake_by_report(folder: MachineFolder, deps: Deps) -> Payload:
    # No machine can write there: what it says of the job is true.
    job = deps.aws.bucket.read_json(folder.steering_key(JOB_FILE))
    if job is None:
        return {"was_notified": False, "why": "no runner of a job writes to this folder"}
    name, execution_arn = text_in(job, "training_job_name"), text_in(job, "execution_arn")
    table, cause = deps.aws.jobs_table, Cause.RUNNER_REPORT
    if not table.count_runner_report(name, execution_arn, _MOST_REPORTS):
        # The next check reads it.
        return {"was_notified": False, "why": "the run has ended, or has had too many reports"}
    return _answer(table.wake(name, execution_arn, cause, WOKEN_BY[cause], {}), deps)


def _wake_by_exit_report(key: str, deps: Deps) -> Payload:
    machine = _machine_of_exit_report(key, deps)
    if machine is None:
        return {"was_notified": False, "why": "the object is no report of a job's machine"}
    report = read_exit_report(deps.aws.bucket, key)
    if report is None or not report.is_final:
        # The runner is still saving: there is nothing to decide before its final report.
        return {"was_notified": False, "why": "the exit report is not final"}
    name, cause = machine.training_job_name, Cause.EXIT_REPORT
    item = deps.aws.jobs_table.wake(name, machine.execution_arn, cause, WOKEN_BY[cause], {})
    return _answer(item, deps)


def _machine_of_exit_report(key: str, deps: Deps) -> MachineItem | None:
    folder = MachineFolder.of_file(key, {EXIT_FILE})
    if folder is None:
        return None
    for target in deps.targets():
        machine_id = target.machine_of(folder.user_id)
        machine = None if machine_id is None else deps.aws.machines_table.find(machine_id)
        if machine is not None:
            return machine
    return None


def _wake_by_request(event: Payload, deps: Deps) -> Payload:
    name = text_in(event, "training_job_name")
    execution_arn = maybe_text_in(event, "execution_arn")
    if execution_arn is None:
        item = deps.aws.jobs_table.find(name)
        if item is None:
            return {"was_notified": False, "why": "no run holds this job name"}
        execution_arn = item.execution_arn
    notes, cause = _notes_of_request(event), Cause(text_in(event, "request"))
    item = deps.aws.jobs_table.wake(name, execution_arn, cause, WOKEN_BY[cause], notes)
    if item is None and notes:
        # A run that sleeps for something else still has to know of it, for its next attempt.
        item = deps.aws.jobs_table.note(name, execution_arn, notes)
    return _answer(item, deps)


def _notes_of_request(event: Payload) -> dict[str, str]:
    match event.get("request"):
        case "stop":
            requested_at = parse_timestamp(text_in(event, "requested_at"))
            return {"stop_requested_at": format_timestamp(requested_at)}
        case "supersede":
            return {"superseded_by": text_in(event, "superseded_by")}
        case "check":
            # Records that the run was woken for this silence.
            notes = {note: maybe_text_in(event, note) for note in ("silent_since", "silences")}
            return {note: text for note, text in notes.items() if text is not None}
        case other:
            raise ValueError(f"no such request: {other!r}")


def _answer(item: JobItem | None, deps: Deps) -> Payload:
    """Complete the token of a run that was woken, and return what was done."""
    if item is None:
        return {"was_notified": False, "why": "no run that holds the job name waits for this"}
    token = item.task_token if item.is_woken else None
    if token is not None:
        deps.aws.executions.end_sleep(token)
    return {
        "was_notified": True,
        "was_asleep": token is not None,
        "execution_arn": item.execution_arn,
    }


handler = lambda_handler(run)
