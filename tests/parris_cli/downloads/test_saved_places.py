"""Results that a target's service has saved outside the machine's own folder."""

import io
import time
from pathlib import Path
from typing import TYPE_CHECKING

from moto import mock_aws

from parris.payloads import Payload
from parris.resource import LogPlace
from parris.saved_places import SavedPlace, saved_payload, saved_places_in
from parris_cli.downloads.download import download_results
from parris_cli.downloads.job_places import find_places
from parris_cli.terminal.screen import Screen
from tests.parris_cli.downloads.bucket import PREFIX, an_account_with, files_in
from tests.parris_cli.sample_account import BUCKET

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import InputLogEventTypeDef

OTHER_BUCKET = "the-teams-bucket"
SAVED = (
    SavedPlace("", f"s3://{OTHER_BUCKET}/models/digits/output/"),
    SavedPlace("checkpoints", f"s3://{BUCKET}/machines/digits/checkpoints/"),
)


@mock_aws
def test_results_come_from_every_place_that_the_record_lists(tmp_path: Path) -> None:
    account = an_account_with(
        {
            f"{PREFIX}/results/other.txt": "not a result of this job",
            f"{PREFIX}/record.json": "record",
            "machines/digits/checkpoints/epoch-3/state": "state",
        }
    )
    account.s3.create_bucket(Bucket=OTHER_BUCKET)
    account.s3.put_object(
        Bucket=OTHER_BUCKET, Key="models/digits/output/model.tar.gz", Body=b"model"
    )
    outcome: Payload = {"target_details": saved_payload(SAVED)}

    found = download_results(
        account, find_places(account, PREFIX, outcome), tmp_path / "out", Screen(io.StringIO())
    )

    assert found.is_complete
    assert found.uri == SAVED[0].uri
    assert files_in(tmp_path / "out") == {
        "model.tar.gz": "model",
        "checkpoints/epoch-3/state": "state",
        "record.json": "record",
    }


def test_a_record_without_places_or_with_other_ones_lists_none() -> None:
    assert saved_places_in({}) == ()
    assert saved_places_in(saved_payload([SavedPlace("", "https://example.com/")])) == ()
    assert saved_places_in(saved_payload(SAVED)) == SAVED


@mock_aws
def test_the_log_of_a_service_comes_as_a_file(tmp_path: Path) -> None:
    account = an_account_with({f"{PREFIX}/record.json": "record"})
    group, logs = "/aws/service/Jobs", account.logs
    logs.create_log_group(logGroupName=group)
    now = int(time.time() * 1000)
    for at, stream in enumerate(("digits/algo-1-17", "digits/algo-2-18")):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        for step in (1, 2):
            event: InputLogEventTypeDef = {
                "timestamp": now + 2 * step + at,
                "message": f"epoch {step}",
            }
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])
    outcome: Payload = {"target_details": saved_payload((), LogPlace(group, "digits/"))}
    places = find_places(account, PREFIX, outcome)

    download_results(account, places, tmp_path / "out", Screen(io.StringIO()))

    lines = files_in(tmp_path / "out")["log.txt"].splitlines()
    assert sorted(lines) == [f"algo-{host}: epoch {step}" for host in (1, 2) for step in (1, 2)]


@mock_aws
def test_a_log_that_cannot_be_read_is_missing_with_its_place(tmp_path: Path) -> None:
    account = an_account_with({f"{PREFIX}/record.json": "record"})
    outcome: Payload = {"target_details": saved_payload((), LogPlace("/none", "digits/"))}

    found = download_results(
        account, find_places(account, PREFIX, outcome), tmp_path / "out", Screen(io.StringIO())
    )

    assert [one.name for one in found.skipped] == ["log.txt"]
    assert "it is in /none" in found.skipped[0].why
    assert set(files_in(tmp_path / "out")) == {"record.json"}
