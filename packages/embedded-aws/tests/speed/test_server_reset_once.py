from pathlib import Path

import pytest
from moto.ec2.models import EC2Backend, ec2_backends

from embedded_aws import EmbeddedAws, Settings


def test_a_new_account_has_nothing_of_the_one_before(tmp_path: Path) -> None:
    settings = Settings(enforce_roles=False)
    with EmbeddedAws(settings, folder=tmp_path / "first") as aws:
        aws.client("s3").create_bucket(Bucket="a-bucket")
        aws.client("ec2").create_key_pair(KeyName="a-key")
    with EmbeddedAws(settings, folder=tmp_path / "second") as aws:
        assert aws.client("s3").list_buckets()["Buckets"] == []
        assert aws.client("ec2").describe_key_pairs()["KeyPairs"] == []


def test_a_backend_is_not_made_anew_only_to_be_dropped(
    aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.client("ec2").describe_key_pairs()
    accounts = list(ec2_backends.values())
    assert accounts

    def refuse(*_: object) -> None:
        raise AssertionError("made anew")

    monkeypatch.setattr(EC2Backend, "__init__", refuse)
    for account in accounts:
        account.reset()
