"""As many jobs run as processes of this machine as it has places; the others are pending."""

from pathlib import Path

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.training_delays import TrainingDelays
from embedded_aws_helpers.builders import until
from embedded_aws_helpers.idle_containers import IdleContainers
from embedded_aws_helpers.training_jobs import BUCKET, create, describe, request_of, statuses


class ProcessLikeContainers(IdleContainers):
    """Count as processes."""

    runs_processes = True


def test_a_job_waits_until_another_one_has_ended(tmp_path: Path) -> None:
    containers = ProcessLikeContainers()
    settings = Settings(
        enforce_roles=False,
        machines_at_once=1,
        training_containers=containers,
        training_delays=TrainingDelays(start=0),
    )

    def await_status(name: str, status: str) -> None:
        until(lambda: describe(aws, name)["SecondaryStatus"] == status)

    with EmbeddedAws(settings, folder=tmp_path) as aws:
        stop = aws.client("sagemaker").stop_training_job
        aws.client("s3").create_bucket(Bucket=BUCKET)
        create(aws)
        await_status("job", "Training")
        for name in ("second", "third"):
            create(aws, request_of(name))
            await_status(name, "Pending")
        stop(TrainingJobName="second")
        await_status("second", "Stopped")
        stop(TrainingJobName="job")
        await_status("third", "Training")
        waited = statuses(describe(aws, "third"))
        until(lambda: len(containers.started) == 2)
        names = [one.request["TrainingJobName"] for one in containers.started]
    assert waited == ["Starting", "Pending", "Downloading", "Training"]
    assert names == ["job", "third"]
