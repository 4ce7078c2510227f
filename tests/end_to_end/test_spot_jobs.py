"""Jobs on spot instances, whole: at the market's price, and taken back by EC2."""

from collections.abc import Iterator

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.instances.interruption import interrupt_spot_instance
from parris_cli.account.clients import Account, Deployment
from parris_cli.project_files import PROJECT, snapshots_folder
from tests.end_to_end.deployment import Deployed

pytestmark = pytest.mark.long

LAUNCH_SECONDS = 150
SAVES_WHEN_TOLD = """
trap 'echo half > "$PARRIS_RESULTS_DIR/checkpoint"; exit 0' TERM
while true; do sleep 0.2; done
"""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("spot")
    settings = Settings(stack_create_seconds=0.5, stack_delete_seconds=0.5)
    with EmbeddedAws(settings, folder=folder / "aws", snapshots=snapshots_folder()) as aws:
        outputs = aws.deploy(PROJECT / "template.yaml", "parris", {})
        account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
        jobs = folder / "jobs"
        jobs.mkdir()
        yield Deployed(account, jobs)


def test_a_job_trains_on_a_spot_instance_and_leaves_nothing(deployed: Deployed) -> None:
    script = 'echo 1 > "$PARRIS_RESULTS_DIR/loss"\n'
    started = deployed.start("cheap", script, purchase_option="spot")

    ended = deployed.end_of(started, LAUNCH_SECONDS)

    assert ended.reason == "COMPLETED", ended.cause
    assert deployed.results_of(started) == {"loss": "1\n"}
    assert ended.left == []


def test_a_job_whose_instance_ec2_takes_back_saves_and_says_so(deployed: Deployed) -> None:
    started = deployed.start("taken", SAVES_WHEN_TOLD, purchase_option="spot")
    deployed.wait_for_file(started, "started.json", LAUNCH_SECONDS)
    instance_id = the_instance_of(deployed, started.execution_arn)

    interrupt_spot_instance(instance_id)

    ended = deployed.end_of(started, LAUNCH_SECONDS)
    assert ended.reason == "INSTANCE_LOST", ended.cause
    assert ended.cause.startswith("spot interruption")
    assert deployed.results_of(started) == {"checkpoint": "half\n"}
    assert ended.left == []


def the_instance_of(deployed: Deployed, execution_arn: str) -> str:
    (group,) = deployed.account.client("ec2").describe_instances(
        Filters=[{"Name": "tag:parris:execution", "Values": [execution_arn]}]
    )["Reservations"]
    instance = group["Instances"][0]
    assert instance["InstanceLifecycle"] == "spot"
    return str(instance["InstanceId"])
