"""How long AWS Batch takes for the parts of a job that are not the job."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BatchDelays:
    """In seconds of the clock; AWS does not document any of them.

    `submitted`: until a job is RUNNABLE. `instance`: until an instance that Batch starts has joined
    the cluster. `start`: STARTING, in which the image is pulled. `idle`: how long an instance stays
    after its last job. `list_lag`: until ListJobs shows a new job or its new status. `environment`:
    until a new or changed compute environment or job queue is valid, or a deleted one is gone.
    """

    submitted: float = 0.2
    instance: float = 0.5
    start: float = 0.2
    idle: float = 2.0
    list_lag: float = 0.0
    environment: float = 0.2
