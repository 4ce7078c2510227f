"""The runs of a rehearsed sweep: some run the whole workflow, the others in their reduced form."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from embedded_aws.execution_stand_ins import StandIn
from parris.folder import JobFolder
from parris.payloads import part_of
from parris.sweeps.names import TRIAL_KEY, parse_trial_name
from parris_cli.rehearsal.simulation.runner_files import iso
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining

if TYPE_CHECKING:
    from datetime import datetime

    from embedded_aws.clock.virtual_clock import VirtualClock
    from parris.payloads import Payload
    from parris.sweeps.names import TrialName
    from parris_cli.account.clients import Account
    from parris_cli.rehearsal.sweeps.objective import Objective, TrialRun
    from parris_cli.rehearsal.sweeps.reduced_run import ReducedForm, RunFigures

_DEFINITION = json.dumps(
    {
        "StartAt": "WaitForEnd",
        "States": {
            "WaitForEnd": {
                "Type": "Wait",
                "Comment": "From the start of the run to the end of its cleanup.",
                "SecondsPath": "$.seconds",
                "End": True,
            }
        },
    }
)


class SimulatedTrials:
    """Simulates each run of the sweep: `embedded_aws.execution_stand_ins.ExecutionStandIns`.

    `trainings` has the simulated training of each run by the name of its job, `full` and `reduced`
    what runs of either kind take according to the reduced form.

    Args:
        account: where records of reduced runs are written.
        clock: the clock of the embedded AWS.
        objective: what the runs do.
        metric: the goal metric, None without a goal.
        form: the reduced form.
        full_trials: the numbers of the trials that run the whole workflow.
    """

    def __init__(
        self,
        account: Account,
        clock: VirtualClock,
        objective: Objective,
        metric: str | None,
        form: ReducedForm,
        full_trials: frozenset[int],
    ) -> None:
        self.trainings: dict[str, SimulatedTraining] = {}
        self.full: dict[str, RunFigures] = {}
        self.reduced: dict[str, RunFigures] = {}
        self._account, self._clock = account, clock
        self._objective, self._metric, self._form = objective, metric, form
        self._full_trials = full_trials

    def stand_in_for(self, execution_arn: str, execution_input: str) -> StandIn | None:
        """Return what a run does instead of the training workflow; None for a full run."""
        config = json.loads(execution_input)
        name = parse_trial_name(str(config.get(TRIAL_KEY, "")))
        if name is None:
            return None
        job_name = name.training_job_name
        run = self._objective.run_of(job_name, part_of(config, "hyperparameters"))
        metrics = {} if self._metric is None else {self._metric: run.value}
        self.trainings[job_name] = SimulatedTraining(
            run.takes_seconds, exit_code=run.exit_code, metrics=metrics
        )
        figures = self._form.figures_of(run.takes_seconds, run.exit_code)
        if name.number in self._full_trials:
            self.full[job_name] = figures
            return None
        self.reduced[job_name] = figures
        # Step Functions waits whole seconds, and the record is there when the run ends.
        seconds = round(figures.total_seconds)
        self._plan_record(name, run, figures, seconds)
        return StandIn(_DEFINITION, json.dumps({"seconds": seconds}))

    def _plan_record(
        self, name: TrialName, run: TrialRun, figures: RunFigures, after_seconds: int
    ) -> None:
        """Have the record of a reduced run written after so long."""
        now = self._clock.now()
        bucket = self._account.deployment.bucket
        folder = JobFolder(bucket, name.training_job_name, name.execution_name)
        body = json.dumps({"outcome": self._outcome(now, run, figures)}).encode()

        def write() -> None:
            self._account.s3.put_object(Bucket=bucket, Key=folder.record_key, Body=body)

        self._clock.call_at(now + timedelta(seconds=after_seconds), write)

    def _outcome(self, started_at: datetime, run: TrialRun, figures: RunFigures) -> Payload:
        launched_at = started_at + timedelta(seconds=figures.launch_seconds)
        ended_at = iso(launched_at + timedelta(seconds=figures.runtime_seconds))
        value: Payload = {"value": run.value, "step": 1, "at": ended_at}
        return {
            "reason": figures.reason,
            "started_at": iso(launched_at),
            "ended_at": ended_at,
            "runtime_seconds": figures.runtime_seconds,
            "estimated_cost_usd": str(figures.usd),
            "metrics": {} if self._metric is None else {self._metric: value},
        }


def spread(count: int, total: int) -> frozenset[int]:
    """Return the numbers of so many of all trials, evenly spread from the first one on."""
    if count >= total:
        return frozenset(range(total))
    return frozenset(number * total // count for number in range(count))
