"""Where a job's files are in the training bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.aws.bucket import Bucket
from parris.payloads import maybe_text_in, part_of
from parris.saved_places import SavedPlace, log_place_in, saved_places_in
from parris_cli.aws_errors import is_denied

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris.resource import LogPlace
    from parris_cli.account.clients import Account

LOG, RECORD, NAMES = "log.txt", "record.json", "results-names.json"
METRICS = "metrics.jsonl"


@dataclass(frozen=True, slots=True)
class JobPlaces:
    """A job's own folder, and the folder that its machine writes; keys have no trailing slash.

    `elsewhere` has the places of the results if they are not in the machine's folder, and
    `service_log` is where the log is if no runner has written it there.
    """

    bucket: str
    job_prefix: str
    machine_prefix: str
    elsewhere: tuple[SavedPlace, ...] = ()
    service_log: LogPlace | None = None

    @property
    def saved(self) -> tuple[SavedPlace, ...]:
        """Return where the results are."""
        own = SavedPlace("", f"s3://{self.bucket}/{self.machine_prefix}/results/")
        return self.elsewhere or (own,)

    @property
    def results_uri(self) -> str:
        """Return the S3 URI of the results, without what is saved beside them."""
        return self.saved[0].uri

    @property
    def log_key(self) -> str:
        """Return the key of the script's complete log."""
        return f"{self.machine_prefix}/{LOG}"

    @property
    def metrics_key(self) -> str:
        """Return the key of the values of the script's metrics."""
        return f"{self.machine_prefix}/{METRICS}"

    @property
    def names_key(self) -> str:
        """Return the key of the list of result names that S3 could not store unchanged."""
        return f"{self.machine_prefix}/{NAMES}"

    @property
    def record_key(self) -> str:
        """Return the key of the run record."""
        return f"{self.job_prefix}/{RECORD}"


def find_places(account: Account, job_prefix: str, outcome: Payload) -> JobPlaces:
    """Return where a job's files are.

    Args:
        account: the account that it runs or ran in.
        job_prefix: the job's folder, `jobs/<training-job-name>/<job-id>`.
        outcome: the contents of its record; empty if there is none yet.
    """
    bucket = account.deployment.bucket
    machine_prefix = _recorded_prefix(bucket, outcome) or _noted_prefix(account, job_prefix)
    details = part_of(outcome, "target_details")
    return JobPlaces(
        bucket,
        job_prefix,
        machine_prefix or job_prefix,
        elsewhere=saved_places_in(details),
        service_log=log_place_in(details),
    )


def _recorded_prefix(bucket: str, outcome: Payload) -> str | None:
    uri = maybe_text_in(outcome, "results_uri") or ""
    start, end = f"s3://{bucket}/", "/results/"
    is_here = uri.startswith(start) and uri.endswith(end)
    return uri.removeprefix(start).removesuffix(end) if is_here else None


def _noted_prefix(account: Account, job_prefix: str) -> str | None:
    """Return the prefix that the run has noted for its machine, None before there is one."""
    bucket = Bucket(account.s3, account.deployment.bucket)
    try:
        noted = bucket.read_json(f"{job_prefix}/machine.json") or {}
        return maybe_text_in(noted, "prefix")
    except (ValueError, TypeError):
        return None
    except Exception as err:
        if is_denied(err):
            return None
        raise
