"""A stored account keeps its queues and jobs; those that were running have failed."""

from datetime import timedelta
from pathlib import Path

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws_helpers.batch import (
    BEGIN,
    DELAYS,
    IdleTasks,
    describe,
    make_queue,
    queue_of,
    register,
    run_to_end,
    run_until_status,
    submit,
)
from embedded_aws_helpers.idle_containers import IdleContainers


def test_jobs_outlive_their_embedded_aws(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o700)
    clock = VirtualClock(BEGIN)
    settings = Settings(
        enforce_roles=False,
        batch_delays=DELAYS,
        batch_containers=IdleTasks(IdleContainers(exits_after_seconds=60)),
    )
    with EmbeddedAws(settings, clock=clock, state=tmp_path / "state") as aws:
        make_queue(aws)
        register(aws)
        ended = run_to_end(aws, clock, submit(aws))
        running = submit(aws, tags={"a": "b"})
        host = run_until_status(aws, clock, running, "RUNNING")["container"]["containerInstanceArn"]
    later = VirtualClock(BEGIN + timedelta(days=1))
    with EmbeddedAws(settings, clock=later, state=tmp_path / "state") as aws:
        again, interrupted = describe(aws, ended["jobId"]), describe(aws, running)
        cluster = host.split("/")[1]
        left = aws.client("ecs").list_container_instances(cluster=cluster)
        queue = queue_of(aws)
        renewed = run_to_end(aws, later, submit(aws))
    much_later = VirtualClock(BEGIN + timedelta(days=9))
    with EmbeddedAws(settings, clock=much_later, state=tmp_path / "state") as aws:
        forgotten = aws.client("batch").describe_jobs(jobs=[ended["jobId"]])["jobs"]

    assert again == {**ended, "tags": again["tags"]}
    assert (interrupted["status"], interrupted["tags"]) == ("FAILED", {"a": "b"})
    assert left["containerInstanceArns"] == []
    assert (queue["status"], renewed["status"]) == ("VALID", "SUCCEEDED")
    assert forgotten == []
