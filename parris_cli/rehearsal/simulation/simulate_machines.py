"""Has every kind of machine of an embedded AWS train in its time."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from parris_cli.rehearsal.simulation.driver import SimulatedInstances
from parris_cli.rehearsal.simulation.simulated_container import SimulatedContainers
from parris_cli.rehearsal.simulation.simulated_task import SimulatedTasks

if TYPE_CHECKING:
    from embedded_aws.context import Context
    from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining

Machines = tuple[SimulatedInstances, SimulatedContainers, SimulatedTasks]


def simulate_machines(context: Context, training: SimulatedTraining) -> Machines:
    """Let all machines that start from now on do this training, and return their drivers.

    A server that exists already does it with its next job, since its driver stays the same.
    """
    before = context.settings.instances
    machines = (
        _with_training(before, training)
        if isinstance(before, SimulatedInstances)
        else SimulatedInstances(training),
        SimulatedContainers(training),
        SimulatedTasks(training),
    )
    instances, containers, tasks = machines
    context.settings = dataclasses.replace(
        context.settings,
        instances=instances,
        training_containers=containers,
        batch_containers=tasks,
    )
    return machines


def _with_training(driver: SimulatedInstances, training: SimulatedTraining) -> SimulatedInstances:
    driver.training = training
    return driver
