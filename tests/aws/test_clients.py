"""What clients are made of."""

import json
from pathlib import Path

import botocore.loaders
import pytest
from botocore.exceptions import NoCredentialsError, UnknownServiceError

from parris.aws.clients import Clients
from parris.aws.models.pick_models import FOLDER

SERVICES = sorted(folder.parent.name for folder in FOLDER.glob("*/*") if folder.is_dir())


@pytest.mark.parametrize("service", SERVICES)
def test_a_client_is_made_of_our_model(service: str) -> None:
    (path,) = FOLDER.glob(f"{service}/*/service-2.json")
    client = Clients().client(service)
    assert set(client.meta.service_model.operation_names) == set(
        json.loads(path.read_text("utf-8"))["operations"]
    )


@pytest.mark.parametrize("service", SERVICES)
def test_our_model_is_in_the_folder_in_which_botocore_has_its_latest(service: str) -> None:
    (path,) = FOLDER.glob(f"{service}/*/service-2.json")
    theirs = botocore.loaders.Loader().determine_latest_version(service, "service-2")
    assert path.parent.name == theirs


def test_a_service_has_one_client() -> None:
    clients = Clients()
    assert clients.client("ec2") is clients.client("ec2")


def test_a_service_without_a_model_is_refused() -> None:
    with pytest.raises(UnknownServiceError):
        Clients().client("sqs")


def test_the_endpoint_rules_are_those_of_the_runtime() -> None:
    kept = {path.name for path in Path(FOLDER).rglob("*.json")}
    assert kept == {"service-2.json", "endpoints.json"}
    assert Clients().client("pricing", "eu-central-1").meta.endpoint_url == (
        "https://api.pricing.eu-central-1.amazonaws.com"
    )


def test_a_region_that_is_newer_than_our_endpoints_has_one() -> None:
    assert Clients().client("ec2", "eu-newest-7").meta.endpoint_url == (
        "https://ec2.eu-newest-7.amazonaws.com"
    )


def test_credentials_are_those_of_the_environment_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shared = tmp_path / "credentials"
    shared.write_text("[default]\naws_access_key_id = shared\naws_secret_access_key = key\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(shared))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(NoCredentialsError):
        Clients().client("ec2", "us-east-1").describe_instances()
