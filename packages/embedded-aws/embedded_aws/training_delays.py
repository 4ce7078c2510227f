"""How long SageMaker takes for the parts of a training job that are not the training."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrainingDelays:
    """In seconds of the clock; AWS does not document any of them.

    `start`: until there are instances. A job that reuses a warm pool does not wait for them.
    `capacity`: how long a job waits for capacity that never comes, unless it says so itself.
    `download`: image and input data. `upload`: the results. `restart`: until a job whose spot
    instances were interrupted starts again.
    """

    start: float = 1.0
    capacity: float = 0.0
    download: float = 0.0
    upload: float = 0.0
    restart: float = 1.0
