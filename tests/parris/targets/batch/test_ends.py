"""How a container's end is reported where its runner has not, and what events report of a job."""

from typing import Any

import pytest

from parris.targets.batch.describe import describe
from parris.targets.batch.events import change_in
from parris.targets.batch.observe import exit_report_of
from parris.targets.saving_time import UPLOAD_SECONDS
from parris.termination.exit_report import EndedBy
from parris.waits import Cause
from parris_cli.project_files import PROJECT
from tests.builders import after, some_limits
from tests.parris.targets.batch.builders import a_batch_job, a_spec
from tests.parris.targets.batch.described_jobs import JOB_ID, a_described_job, an_ended_job

LIMITS = some_limits()


@pytest.mark.parametrize(
    ("changes", "ended_by", "exit_status"),
    [
        ({"status": "SUCCEEDED", "exit_code": 0}, EndedBy.SCRIPT, 0),
        (
            {"exit_code": 3, "status_reason": "Essential container in task exited"},
            EndedBy.SCRIPT,
            3,
        ),
        ({"status_reason": "Job attempt duration exceeded timeout"}, EndedBy.TIME_LIMIT, None),
        ({"status_reason": "Parris ended the job", "exit_code": 143}, EndedBy.SIGNAL, 143),
    ],
)
def test_batch_says_how_the_images_own_command_ended(
    changes: dict[str, Any], ended_by: EndedBy, exit_status: int | None
) -> None:
    report = exit_report_of(an_ended_job(**changes), LIMITS, has_runner=False, last_lines=("x",))
    assert report is not None
    assert (report.ended_by, report.exit_status) == (ended_by, exit_status)
    assert (report.ended_at, report.last_log_lines) == (after(600), ("x",))
    assert report.are_results_saved


def test_a_container_that_was_lost_or_whose_runner_was_killed_has_no_report() -> None:
    lost = an_ended_job(status_reason="Host EC2 (instance i-1) terminated.")
    assert exit_report_of(lost, LIMITS, has_runner=False) is None
    assert exit_report_of(a_described_job(), LIMITS, has_runner=False) is None
    killed = an_ended_job(exit_code=137)
    assert exit_report_of(killed, LIMITS, has_runner=True) is None
    without_memory = an_ended_job(
        exit_code=137, container_reason="OutOfMemoryError: Container killed due to memory usage"
    )
    report = exit_report_of(without_memory, LIMITS, has_runner=True)
    assert report is not None
    assert (report.ended_by, report.exit_status) == (EndedBy.SCRIPT, 137)
    assert "memory usage" in report.describe()


def an_event(status: str, **changes: Any) -> dict[str, Any]:
    detail = {"jobId": JOB_ID, "jobName": "iris-0123456789abcdef", "status": status, **changes}
    return {"source": "aws.batch", "detail-type": "Batch Job State Change", "detail": detail}


def test_an_event_says_which_job_runs_or_has_ended() -> None:
    started, ended = change_in(an_event("RUNNING")), change_in(an_event("FAILED"))
    assert started is not None
    assert (started.cause, started.state, started.launch_id) == (Cause.LAUNCHED, None, JOB_ID)
    assert ended is not None
    assert (ended.cause, ended.state, ended.machine_id) == (Cause.MACHINE_OVER, "FAILED", JOB_ID)
    assert ended.training_job_name == "iris"
    tagged = change_in(an_event("RUNNING", tags={"parris:job": "of-the-tag"}))
    assert tagged is not None
    assert tagged.training_job_name == "of-the-tag"


@pytest.mark.parametrize(
    "event",
    [
        an_event("RUNNABLE"),
        an_event("SCHEDULED"),
        an_event("FAILED", jobName="nightly-report"),
        {**an_event("FAILED"), "source": "aws.ecs"},
        {"source": "aws.batch", "detail": {}},
    ],
)
def test_other_events_are_about_no_job(event: dict[str, Any]) -> None:
    assert change_in(event) is None


def test_the_log_of_a_container_is_named_where_no_runner_writes_one() -> None:
    (place,) = describe(a_batch_job(a_spec(runs_image_command=True)), [JOB_ID]).logs
    assert place.group == "/parris/parris-batch/jobs"
    assert place.stream_prefix.startswith("iris-")
    assert describe(a_batch_job(), [JOB_ID]).logs == ()
    # Ids of other targets are left out.
    assert describe(a_batch_job(), ["i-0123456789abcdef0"]).resources == ()


def test_the_runner_has_the_time_that_it_takes_for_the_upload() -> None:
    runner = (PROJECT / "templates" / "runner" / "runner_stop.py").read_text()
    assert f"\nUPLOAD_SECONDS = {float(UPLOAD_SECONDS)}\n" in runner
