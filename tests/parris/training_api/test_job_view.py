"""What the training API shows of a job."""

from parris.payloads import Payload
from parris.training_api.job_view import JobView


def test_the_limits_of_an_ended_job_are_still_shown() -> None:
    entry: Payload = {"job_id": "a-1", "time_limit_seconds": 3600, "cost_limit_usd": "2.5"}
    view = JobView.of_ended(entry)
    assert (view.time_limit_seconds, view.cost_limit_usd) == (3600, "2.5")
