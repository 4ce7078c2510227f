"""The default driver of Batch: the command of each container runs as a local process."""

from pathlib import Path

from embedded_aws.batch_container import BatchTask
from embedded_aws.local_task.local_task import LocalTask


class LocalTasks:
    """Makes `LocalTask`s of the `current()` embedded AWS."""

    runs_processes = True

    def make_container(self, task: BatchTask, folder: Path) -> LocalTask:
        """Return the container of one attempt; its endpoints are already running."""
        return LocalTask(task, folder)


LOCAL_TASKS = LocalTasks()
