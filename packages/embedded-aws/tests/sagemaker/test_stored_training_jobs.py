"""A stored account keeps its training jobs; those that were running have failed."""

from datetime import timedelta
from pathlib import Path

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws_helpers.idle_containers import IdleContainers
from embedded_aws_helpers.training_jobs import (
    BEGIN,
    BUCKET,
    create,
    describe,
    request_of,
    run_to_end,
    run_until_status,
    spot_request,
)


def test_jobs_outlive_their_embedded_aws(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o700)
    kept = request_of()
    kept["ResourceConfig"]["KeepAlivePeriodInSeconds"] = 600
    clock = VirtualClock(BEGIN)
    settings = Settings(
        enforce_roles=False, training_containers=IdleContainers(exits_after_seconds=60)
    )
    with EmbeddedAws(settings, clock=clock, state=tmp_path / "state") as aws:
        aws.client("s3").create_bucket(Bucket=BUCKET)
        create(aws, kept)
        ended = run_to_end(aws, clock)
        create(aws, spot_request("running"))
        run_until_status(clock, "Training", "running")
    later = VirtualClock(BEGIN + timedelta(days=1))
    with EmbeddedAws(settings, clock=later, state=tmp_path / "state") as aws:
        again, interrupted = describe(aws), describe(aws, "running")

    assert again["SecondaryStatusTransitions"] == ended["SecondaryStatusTransitions"]
    assert again["WarmPoolStatus"]["Status"] == "Terminated"
    assert interrupted["TrainingJobStatus"] == "Failed"
    assert interrupted["FailureReason"].startswith("InternalServerError: ")
