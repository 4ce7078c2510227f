"""Results that a target's service has saved outside the machine's own folder."""

import io
from pathlib import Path

from moto import mock_aws

from parris.payloads import Payload
from parris.saved_places import SavedPlace, saved_payload, saved_places_in
from parris_cli.downloads.download import download_results
from parris_cli.downloads.job_places import find_places
from parris_cli.terminal.screen import Screen
from tests.parris_cli.downloads.bucket import PREFIX, an_account_with, files_in
from tests.parris_cli.sample_account import BUCKET

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
