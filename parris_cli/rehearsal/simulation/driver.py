"""The driver that simulates Parris's user data, bootstrap and runner on an instance."""

from collections.abc import Callable
from typing import Any

from parris_cli.rehearsal.simulation.simulated_instance import SimulatedInstance
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining


class SimulatedInstances:
    """Makes instances that train in the time of the embedded AWS, for `Settings.instances`.

    Args:
        training: what the trainer of each instance does.
    """

    runs_processes = False

    def __init__(self, training: SimulatedTraining) -> None:
        """Simulate this training."""
        self.training = training
        self.when_off: Callable[[], None] = lambda: None
        """Called whenever one of the machines is off."""

    def make_system(self, instance: Any) -> SimulatedInstance:
        """Return the simulated system of an instance, switched off."""
        return SimulatedInstance(instance, self.training, lambda: self.when_off())
