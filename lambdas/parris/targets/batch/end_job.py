"""Ends a job's Batch job: asks its runner to save, terminates it, and removes its definition.

CancelJob has no effect once a job runs, so that only TerminateJob is used. It sends SIGTERM, and
SIGKILL 30 s later, which is too short to save much. So the runner is asked first, and has the
script's grace and the time of the upload. There is no disk to keep afterwards.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from parris.targets.batch.observed_run import ObservedRun, runs_image_command
from parris.targets.perform_acts import perform_all
from parris.targets.runner_files import request_stop
from parris.targets.runner_reports import RunnerReports
from parris.targets.saving_time import saves_until
from parris.termination.ending import Act, ActKind, EndPlan, EndStep

if TYPE_CHECKING:
    from parris.job import Job
    from parris.targets.batch.aws.gateways import BatchGateways
    from parris.targets.batch.batch_job import BatchJob
    from parris.termination.ending import Ending


class BatchJobEnder:
    """Ends Batch jobs. It only touches those with the tags of the job's execution."""

    def __init__(self, aws: BatchGateways) -> None:
        self._aws = aws

    def plan_end(self, job: Job, ending: Ending) -> EndPlan:
        """Return the next step: save, then terminate, then remove the definition.

        Raises:
            NotOursError: if the job does not carry this execution's tag.
        """
        run = ObservedRun(self._aws, job)
        found = run.batch_job(ending.launch_id)
        others = run.others(found)
        terminations = [Act(ActKind.TERMINATE, one.job_id) for one in others]
        if found is not None and not found.is_over:
            if self._may_save(job, found, ending):
                return EndPlan(EndStep.SAVING, (Act(ActKind.STOP, found.job_id), *terminations))
            terminations.insert(0, Act(ActKind.TERMINATE, found.job_id))
            saves_itself = runs_image_command(job) and found.has_begun
            step = EndStep.SAVING if saves_itself else EndStep.DELETING
            return EndPlan(step, tuple(terminations))
        definitions = run.definitions()
        if found is None and not others and not definitions:
            return EndPlan(EndStep.NOTHING_TO_END)
        deletions = [Act(ActKind.DELETE, one.definition_id) for one in definitions]
        return EndPlan(EndStep.DELETING, (*terminations, *deletions))

    def carry_out(self, job: Job, plan: EndPlan) -> None:
        """Make the plan's calls. What is billed comes first, and a failed call stops no other."""
        perform_all(plan.acts, lambda act: self._carry_out(job, act))

    def _carry_out(self, job: Job, act: Act) -> None:
        match act.kind:
            case ActKind.STOP:
                request_stop(self._aws.shared, job)
            case ActKind.TERMINATE:
                self._aws.jobs.terminate(act.resource_id)
            case _:
                self._aws.job_definitions.deregister(act.resource_id)

    def _may_save(self, job: Job, found: BatchJob, ending: Ending) -> bool:
        """Return whether a runner is at work that has not reported its end yet."""
        if runs_image_command(job) or not found.has_begun:
            return False
        if ending.step is EndStep.SAVING and saves_until(job, ending) <= timedelta(0):
            return False
        reports = RunnerReports(self._aws.bucket, job)
        report = reports.exit_report()
        return reports.holds_unsaved_results() if report is None else not report.is_final
