"""Where a job's files are in the training bucket. docs/bootstrap-contract.md describes them.

Only functions write to `jobs/` and `steering/`. A machine writes only to its own folder in
`machines/`. docs/decisions/0015 says why.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

UPLOADS = "uploads"
"""Where the command puts the files of the jobs that it starts."""

INPUTS_FOLDER = "inputs"
"""Where the command puts local data. A deployment shares it with every job by default."""

CONTROLLED_FOLDERS = frozenset({"jobs", "machines", "steering", UPLOADS})
"""Folders of the training bucket that cannot be shared with all jobs."""


JOB_FILE = "job.json"
EXIT_FILE, RUNGS_FILE, DECISION_FILE = "exit.json", "rungs.json", "decision.json"
WAKING_REPORTS = frozenset({RUNGS_FILE, DECISION_FILE})
"""What a runner writes to have its run decide now whether the training goes on."""


@dataclass(frozen=True, slots=True)
class JobFolder:
    """The keys of one job: its folder in `jobs/`, and the files that its machine writes.

    `machine_prefix` is empty if no machine is known. The machine's files are then looked up in the
    job's folder, where no machine can write, so they are never found.
    """

    bucket: str
    training_job_name: str
    job_id: str
    machine_prefix: str = ""

    @property
    def prefix(self) -> str:
        """Return `jobs/<training-job-name>/<job-id>`, without a trailing slash."""
        return f"jobs/{self.training_job_name}/{self.job_id}"

    @property
    def output_prefix(self) -> str:
        """Return the prefix that the machine writes to, without a trailing slash."""
        return self.machine_prefix or self.prefix

    @property
    def machine_note_key(self) -> str:
        """Return the key of machine.json, which names the job's machine and its prefix."""
        return f"{self.prefix}/machine.json"

    @property
    def record_key(self) -> str:
        """Return the key of the run record."""
        return f"{self.prefix}/record.json"

    @property
    def started_key(self) -> str:
        """Return the key of the file that the runner writes before it starts the script."""
        return f"{self.output_prefix}/started.json"

    @property
    def heartbeat_key(self) -> str:
        """Return the key of the heartbeat that the runner writes every five minutes."""
        return f"{self.output_prefix}/heartbeat.json"

    @property
    def exit_key(self) -> str:
        """Return the key of the exit report."""
        return f"{self.output_prefix}/{EXIT_FILE}"

    @property
    def rungs_key(self) -> str:
        """Return the key of the file with what a trial of a sweep had reached at each rung."""
        return f"{self.output_prefix}/{RUNGS_FILE}"

    @property
    def decision_key(self) -> str:
        """Return the key of the file with the end that the runner has decided on."""
        return f"{self.output_prefix}/{DECISION_FILE}"

    @property
    def log_key(self) -> str:
        """Return the key of the complete log, which the runner writes at the end."""
        return f"{self.output_prefix}/log.txt"

    @property
    def results_prefix(self) -> str:
        """Return the prefix of the results, with a trailing slash."""
        return f"{self.output_prefix}/results/"

    @property
    def results_uri(self) -> str:
        """Return the S3 URI of the results."""
        return f"s3://{self.bucket}/{self.results_prefix}"

    @property
    def record_uri(self) -> str:
        """Return the S3 URI of the run record."""
        return f"s3://{self.bucket}/{self.record_key}"


MACHINE_OF_CALLER, STEERING_OF_CALLER = "machines/${aws:userid}", "steering/${aws:userid}"
"""The folders of the calling machine, as IAM policies name them."""


@dataclass(frozen=True, slots=True)
class MachineFolder:
    """The folders of one machine, named after the `aws:userid` of its role session.

    That is `<unique id of the role>:<instance id>`. AWS sets it, so a machine cannot choose it.
    """

    user_id: str

    @classmethod
    def of_file(cls, key: str, names: Collection[str]) -> Self | None:
        """Return the folder of the machine whose file has this key, if it is one of the names."""
        top, _, rest = key.partition("/")
        user_id, _, name = rest.partition("/")
        return cls(user_id) if top == "machines" and user_id and name in names else None

    @property
    def prefix(self) -> str:
        """Return the prefix that only this machine writes to, without a trailing slash."""
        return f"machines/{self.user_id}"

    def steering_key(self, filename: str) -> str:
        """Return the key of a file that the machine reads at boot and cannot write."""
        return f"steering/{self.user_id}/{filename}"
