"""The driver that simulates what Parris's user data, bootstrap and runner do on an instance."""

from typing import Any

from parris_cli.rehearsal.simulation.simulated_instance import SimulatedInstance
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining


class SimulatedInstances:
    """Makes instances that train on the clock of the embedded AWS, for `Settings.instances`.

    Args:
        training: what the trainer of each instance does.
    """

    runs_processes = False

    def __init__(self, training: SimulatedTraining) -> None:
        """Simulate that training."""
        self.training = training

    def make_system(self, instance: Any) -> SimulatedInstance:
        """Return the simulated system of an instance, off."""
        return SimulatedInstance(instance, self.training)
