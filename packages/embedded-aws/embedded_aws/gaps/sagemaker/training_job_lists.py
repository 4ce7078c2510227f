"""ListTrainingJobs filters before it cuts pages, sorts, and lists warm pools.

moto cuts a page before it filters, does not sort, and returns all of each job.
"""

from datetime import UTC, datetime
from typing import Any

from embedded_aws.context import current
from embedded_aws.patching import patch_on_use, wrap
from embedded_aws.training_jobs.description import summarise
from embedded_aws.training_jobs.job import TrainingJob

_USUAL_PAGE = 10
_SORT_KEYS = {
    "Name": lambda job: job.name,
    "CreationTime": lambda job: job.created_at,
    "Status": lambda job: job.status,
}


def install() -> None:
    """Patch the operation as soon as SageMaker is used."""
    patch_on_use("sagemaker", _patch)


def _patch() -> None:
    from moto.sagemaker.responses import SageMakerResponse

    wrap(SageMakerResponse, "list_training_jobs", _make_list)


def _make_list(original: Any) -> Any:
    from moto.core.responses import ActionResult
    from moto.sagemaker.exceptions import ValidationError

    from embedded_aws.training_jobs.store import jobs_of_account

    def list_training_jobs(self: Any) -> ActionResult:
        found = [job for job in list(jobs_of_account().values()) if _is_listed(job, self)]
        found.sort(
            key=_SORT_KEYS[self._get_param("SortBy", "CreationTime")],
            reverse=self._get_param("SortOrder", "Ascending") == "Descending",
        )
        try:
            start = int(self._get_param("NextToken") or 0)
        except ValueError:
            raise ValidationError(message="Invalid pagination token.") from None
        end = start + (self._get_int_param("MaxResults") or _USUAL_PAGE)
        now = current().clock.now()
        page: dict[str, Any] = {
            "TrainingJobSummaries": [summarise(job, now) for job in found[start:end]]
        }
        if end < len(found):
            page["NextToken"] = str(end)
        return ActionResult(page)

    return list_training_jobs


def _is_listed(job: TrainingJob, request: Any) -> bool:
    exact = {"StatusEquals": job.status, "WarmPoolStatusEquals": job.warm_pool_status}
    if any(request._get_param(name) not in (None, value) for name, value in exact.items()):
        return False
    if (request._get_param("NameContains") or "") not in job.name:
        return False
    times = {"CreationTime": job.created_at, "LastModifiedTime": job.modified_at}
    for name, value in times.items():
        after, before = (_time_in(request, f"{name}{end}") for end in ("After", "Before"))
        if (after is not None and value <= after) or (before is not None and value >= before):
            return False
    return True


def _time_in(request: Any, name: str) -> datetime | None:
    value = request._get_param(name)
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else None
