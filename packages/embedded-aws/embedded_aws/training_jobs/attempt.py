"""The work of the instances of a training job: its data, its containers, its results."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from embedded_aws.training_container import TrainingContainerDriver
from embedded_aws.training_hosts import hosts_of
from embedded_aws.training_jobs.channels import download_channels
from embedded_aws.training_jobs.control import JobControl
from embedded_aws.training_jobs.errors import algorithm_error
from embedded_aws.training_jobs.hosts_at_work import HostsAtWork
from embedded_aws.training_jobs.job import IN_PROGRESS
from embedded_aws.training_jobs.results import CheckpointSync, restore_checkpoints, upload_results
from embedded_aws.training_jobs.role_access import make_s3_client

STOP_SECONDS = 120
"""Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html"""
_SYNC_SECONDS = 1.0
# On a virtual clock logs and checkpoints are sent ever more rarely: some 65 times in a month.
_SYNC_SHARE = 0.25

_PARTS = ("input/data", "model", "output/data", "checkpoints")


class InstancesGoneError(Exception):
    """The instances of the attempt are gone: `JobControl` says why."""


class Attempt:
    """One set of instances.

    Args:
        control: the job's.
        driver: makes the containers.
        number: 1 for the first attempt.
    """

    def __init__(self, control: JobControl, driver: TrainingContainerDriver, number: int) -> None:
        """Prepare; nothing happens before `run`."""
        self._control = control
        self._request = control.job.request
        self._driver = driver
        self._number = number
        self._folder = control.context.folder / "training-jobs" / control.job.name / str(number)
        self._folders = self._make_folders()
        self._s3: Any = None
        self._hosts: HostsAtWork | None = None

    @property
    def has_containers(self) -> bool:
        """Whether its containers have been started."""
        return self._hosts is not None

    def run(self) -> None:
        """Do all of it; return early if the job stops, after the upload of its results.

        Raises:
            InstancesGoneError: when the instances are gone.
            JobFailedError: when the job fails.
        """
        control = self._control
        control.change(IN_PROGRESS, "Downloading")
        self._s3 = make_s3_client(str(self._request["RoleArn"]))
        download_channels(self._s3, self._request, self._folders)
        restore_checkpoints(self._s3, self._request, self._folders)
        control.pause(control.context.settings.training_delays.download)
        if not control.stop_as:
            self._train()

    def hang(self) -> None:
        """Make simulated containers hang."""
        if self._hosts is not None:
            self._hosts.hang()

    def close(self) -> None:
        """End the containers, and remove what the hosts have stored."""
        if self._hosts is not None:
            self._hosts.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _train(self) -> None:
        control = self._control
        suffix = str(int(control.now().timestamp()) + self._number - 1)
        checkpoints = CheckpointSync(self._s3, self._request, self._folders)
        hosts = HostsAtWork(
            self._request,
            self._folders,
            self._driver,
            suffix,
            control.wake,
            control.metrics.read_line,
        )
        self._hosts = hosts
        control.require_open()  # else nobody would close them
        control.change(IN_PROGRESS, "Training")
        hosts.start()
        self._watch(hosts, checkpoints)
        self._finish(hosts, checkpoints)

    def _watch(self, hosts: HostsAtWork, checkpoints: CheckpointSync) -> None:
        """Return when all containers have exited."""
        control = self._control
        began_at, kill_at = control.now(), None
        while not hosts.are_over():
            if control.is_interrupted or control.is_lost:
                hosts.kill()
                hosts.send_logs(is_over=True)
                checkpoints.upload_changes()
                raise InstancesGoneError
            if hosts.failed() is not None and not control.stop_as:
                hosts.kill()
                return
            control.stop_when_time_is_over()
            if control.stop_as and kill_at is None:
                kill_at = control.now() + timedelta(seconds=STOP_SECONDS)
                hosts.ask_stop()
            if kill_at is not None and control.now() >= kill_at:
                hosts.kill()
                return
            sync_seconds = _SYNC_SECONDS
            if control.context.clock.is_virtual:
                elapsed_seconds = (control.now() - began_at).total_seconds()
                sync_seconds = max(sync_seconds, elapsed_seconds * _SYNC_SHARE)
            ends = [kill_at] if kill_at else [control.runs_until(), control.waits_until()]
            left = [(end - control.now()).total_seconds() for end in ends if end is not None]
            control.wait(min([sync_seconds, *left]))
            hosts.send_logs()
            checkpoints.upload_changes()

    def _finish(self, hosts: HostsAtWork, checkpoints: CheckpointSync) -> None:
        control = self._control
        hosts.send_logs(is_over=True)
        control.job.final_metrics = control.metrics.values()
        checkpoints.upload_changes()
        failed = None if control.stop_as else hosts.failed()
        if failed is not None:
            text = hosts.failure_text(failed[0])
            upload_results(self._s3, self._request, self._folders, has_model=False)
            raise algorithm_error(text, failed[1])
        control.change(IN_PROGRESS, "Uploading")
        upload_results(self._s3, self._request, self._folders, has_model=True)
        control.context.sleep(control.context.settings.training_delays.upload)
        control.require_open()

    def _make_folders(self) -> dict[str, Path]:
        hosts = hosts_of(self._request)
        folders = {host.name: self._folder / host.name / "ml" for host in hosts}
        for folder in folders.values():
            for part in _PARTS:
                (folder / part).mkdir(parents=True, exist_ok=True)
        return folders
