"""The driver that simulates Parris's user data, bootstrap and runner on an instance."""

import base64
from collections.abc import Callable
from typing import Any

from parris_cli.rehearsal.simulation.simulated_instance import SimulatedInstance
from parris_cli.rehearsal.simulation.simulated_server import SimulatedServer
from parris_cli.rehearsal.simulation.simulated_training import SimulatedTraining
from parris_cli.rehearsal.simulation.user_data import joined_bucket, read_user_data


class SimulatedInstances:
    """Makes instances that train in the time of the embedded AWS, for `Settings.instances`.

    Args:
        training: what the trainer of each instance does, and the next job of each server.
    """

    runs_processes = False

    def __init__(self, training: SimulatedTraining) -> None:
        """Simulate this training."""
        self.training = training
        self.when_off: Callable[[], None] = lambda: None
        """Called whenever one of the machines is off."""

    def make_system(self, instance: Any) -> SimulatedInstance | SimulatedServer:
        """Return the simulated system of an instance, or of a training server, switched off."""
        text = base64.b64decode(str(instance.user_data)).decode("utf-8", "replace")
        bucket = joined_bucket(text)
        if bucket is not None:
            return SimulatedServer(instance, bucket, self)
        return SimulatedInstance(
            instance, read_user_data(text), self.training, lambda: self.when_off()
        )
