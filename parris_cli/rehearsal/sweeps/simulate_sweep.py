"""Makes the simulated trials of a sweep from its config."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris_cli.rehearsal.sweeps.objective import Objective
from parris_cli.rehearsal.sweeps.plan_sweep import plan_sweep
from parris_cli.rehearsal.sweeps.simulated_trials import SimulatedTrials, spread

if TYPE_CHECKING:
    from parris_cli.rehearsal.run_rehearsal import VirtualDeployment
    from parris_cli.rehearsal.sweeps.options import SweepRehearsalOptions
    from parris_cli.rehearsal.sweeps.reduced_run import ReducedForm
    from parris_cli.sweeps.sweep_files import SweepFiles


def simulate_sweep(
    deployment: VirtualDeployment,
    options: SweepRehearsalOptions,
    files: SweepFiles,
    form: ReducedForm,
) -> SimulatedTrials | None:
    """Return the simulated trials of a sweep; None if its config is invalid."""
    plan = plan_sweep(files)
    if plan is None:
        return None
    goal = plan.config.goal
    objective = Objective(
        kind=options.objective,
        space=plan.space,
        shortest=options.shortest,
        longest=options.longest,
        noise=options.noise,
        failing_share=options.failing_share,
        seed=options.seed,
        is_maximized=goal is not None and goal.is_maximized,
    )
    return SimulatedTrials(
        deployment.account,
        deployment.clock,
        objective,
        None if goal is None else goal.metric,
        form,
        spread(options.full_trials, plan.trials),
    )
