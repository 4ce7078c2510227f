"""Where a job's files lie in the training bucket. docs/bootstrap-contract.md describes them.

Functions alone write `jobs/` and `steering/`; a machine writes below `machines/`, and there only
where its own name is. docs/decisions/0015 says why.
"""

from dataclasses import dataclass

UPLOADS = "uploads"
"""Where the command puts the files of the jobs that it starts."""

CONTROLLED_FOLDERS = frozenset({"jobs", "machines", "steering", UPLOADS})
"""Folders of the training bucket that cannot be shared with every job."""


@dataclass(frozen=True, slots=True)
class JobFolder:
    """The places of one job: its folder in `jobs/`, and what its machine writes.

    `machine_prefix` is empty where no machine is known. Then what a machine would have written is
    looked for in the job's folder, which no machine can write, so it is never found.
    """

    bucket: str
    training_job_name: str
    job_id: str
    machine_prefix: str = ""

    @property
    def prefix(self) -> str:
        """Return the key of `jobs/<training-job-name>/<job-id>`, without a slash at its end."""
        return f"jobs/{self.training_job_name}/{self.job_id}"

    @property
    def output_prefix(self) -> str:
        """Return where the machine writes, without a slash at its end."""
        return self.machine_prefix or self.prefix

    @property
    def machine_note_key(self) -> str:
        """Return the key of machine.json: which machine the job has, and where that one writes."""
        return f"{self.prefix}/machine.json"

    @property
    def record_key(self) -> str:
        """Return the key of the run record."""
        return f"{self.prefix}/record.json"

    @property
    def started_key(self) -> str:
        """Return the key of the runner's first word: the script starts, there is what to lose."""
        return f"{self.output_prefix}/started.json"

    @property
    def heartbeat_key(self) -> str:
        """Return the key of the file that the runner writes again and again while it lives."""
        return f"{self.output_prefix}/heartbeat.json"

    @property
    def exit_key(self) -> str:
        """Return the key of the runner's last word."""
        return f"{self.output_prefix}/exit.json"

    @property
    def log_key(self) -> str:
        """Return the key of the whole log, which the runner writes at the end."""
        return f"{self.output_prefix}/log.txt"

    @property
    def results_prefix(self) -> str:
        """Return where the results lie, with a slash at its end."""
        return f"{self.output_prefix}/results/"

    @property
    def results_uri(self) -> str:
        """Return where the results lie."""
        return f"s3://{self.bucket}/{self.results_prefix}"

    @property
    def record_uri(self) -> str:
        """Return where the run record lies."""
        return f"s3://{self.bucket}/{self.record_key}"


MACHINE_OF_CALLER, STEERING_OF_CALLER = "machines/${aws:userid}", "steering/${aws:userid}"
"""The places of whichever machine asks, as a policy writes them."""


@dataclass(frozen=True, slots=True)
class MachineFolder:
    """The places of one machine, by the `aws:userid` of its role's session.

    That is `<unique id of the role>:<instance id>`. Policies name it as `${aws:userid}`, so it
    cannot be chosen.
    """

    user_id: str

    @property
    def prefix(self) -> str:
        """Return where the machine writes, and nobody else, without a slash at its end."""
        return f"machines/{self.user_id}"

    def steering_key(self, filename: str) -> str:
        """Return the key of a file that the machine reads when it boots, and cannot write."""
        return f"steering/{self.user_id}/{filename}"
