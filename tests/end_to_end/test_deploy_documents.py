"""The commands to paste from README.md and docs/deploying.md work, with the real programs."""

import re
import time
from collections.abc import Iterator

import pytest

from embedded_aws import EmbeddedAws, Settings
from parris_cli.project_files import PROJECT
from tests.end_to_end.clone_copy import CloneCopy
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.long

README = (PROJECT / "README.md").read_text()
DEPLOYING = (PROJECT / "docs" / "deploying.md").read_text()
SECTION = re.compile(r"^## Deploy it to your account\n(.*?)^## ", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    settings = Settings(stack_create_seconds=0.5, stack_delete_seconds=0.5)
    with EmbeddedAws(settings, folder=tmp_path_factory.mktemp("embedded-aws")) as running:
        yield running


def ends_of_all_executions(aws: EmbeddedAws) -> list[str]:
    client = aws.client("stepfunctions")
    machines = client.list_state_machines()["stateMachines"]
    (machine,) = [one for one in machines if one["name"].endswith("-training")]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = client.list_executions(stateMachineArn=machine["stateMachineArn"])
        ends = [one["status"] for one in answer["executions"]]
        if "RUNNING" not in ends:
            return ends
        assert time.monotonic() < deadline, ends
        time.sleep(0.3)


def paste(text: str, copy: CloneCopy, aws: EmbeddedAws) -> str:
    """Run every shell block of a text in one shell, each line echoed and none of them failing."""
    blocks = BLOCK.findall(text)
    assert blocks
    # Two builds, two deployments and two jobs.
    script = "set -euvo pipefail\n" + "".join(blocks)
    done = copy.run(script, aws.environment(), 6 * PATIENCE_SECONDS)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-5000:]
    return done.stdout


def test_the_deploy_section_of_the_readme_can_be_pasted(copy: CloneCopy, aws: EmbeddedAws) -> None:
    section = SECTION.search(README)
    assert section is not None
    said = paste(section[1], copy, aws)
    assert "Successfully created/updated stack - parris" in said
    assert "COMPLETED" in said
    assert ends_of_all_executions(aws) == ["SUCCEEDED", "SUCCEEDED"]


def test_docs_deploying_leads_from_an_account_to_the_first_job(
    copy: CloneCopy, aws: EmbeddedAws
) -> None:
    said = paste(DEPLOYING, copy, aws)
    assert "sam deploy --stack-name parris" in said
    assert "Start the default job and follow it:" in said
    assert '"reason":"COMPLETED"' in said.replace(" ", "")
    assert "loss" in said
    assert "/results/model.json" in said
    assert '"was_notified": false' in said
    assert set(ends_of_all_executions(aws)) == {"SUCCEEDED"}
    assert {
        instance["State"]["Name"]
        for group in aws.client("ec2").describe_instances()["Reservations"]
        for instance in group["Instances"]
    } == {"terminated"}
