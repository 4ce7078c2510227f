"""Where a job keeps its files in the training bucket. docs/bootstrap-contract.md describes them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JobFolder:
    """`jobs/<training-job-name>/<job-id>/` in the training bucket."""

    bucket: str
    training_job_name: str
    job_id: str

    @property
    def prefix(self) -> str:
        """Return the folder's key, without a slash at its end."""
        return f"jobs/{self.training_job_name}/{self.job_id}"

    def machine_key(self, filename: str) -> str:
        """Return the key of a file that the instance fetches when it boots."""
        return f"{self.prefix}/machine/{filename}"

    @property
    def started_key(self) -> str:
        """Return the key of the runner's first word: the script starts, there is what to lose."""
        return f"{self.prefix}/started.json"

    @property
    def heartbeat_key(self) -> str:
        """Return the key of what the runner writes every five minutes from its start on."""
        return f"{self.prefix}/heartbeat.json"

    @property
    def exit_key(self) -> str:
        """Return the key of the runner's last word."""
        return f"{self.prefix}/exit.json"

    @property
    def record_key(self) -> str:
        """Return the key of the run record."""
        return f"{self.prefix}/record.json"

    @property
    def results_uri(self) -> str:
        """Return where the results lie."""
        return f"s3://{self.bucket}/{self.prefix}/results/"

    @property
    def record_uri(self) -> str:
        """Return where the run record lies."""
        return f"s3://{self.bucket}/{self.record_key}"
