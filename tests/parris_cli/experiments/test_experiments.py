"""`parris experiments`: every run below a location, from nothing but its bucket."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from parris.experiment import experiment_record, files_before_the_launch
from parris.job import UserFile
from parris.payloads import Payload
from parris_cli.experiments.compare import flattened
from parris_cli.experiments.location import Location
from parris_cli.experiments.read_experiments import find_experiments, read_experiments
from parris_cli.main import main
from tests.builders import a_job

BUCKET = "our-experiments"
URI = f"s3://{BUCKET}/vision/"
OUTCOME: Payload = {
    "reason": "COMPLETED",
    "runtime_seconds": 720,
    "estimated_cost_usd": "0.02401",
    "metrics": {"accuracy": {"value": 0.95, "step": 3}},
}


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


def store(
    s3: Any,
    name: str,
    training_config: str | None = None,
    outcome: Payload | None = OUTCOME,
    *,
    filename: str = "training.yaml",
    **changes: Any,
) -> None:
    """Store a run as the functions do."""
    file = UserFile(filename, "s3://x/y", "1" * 64) if training_config is not None else None
    uri = f"{URI}{name}/"
    job = a_job(experiment_uri=uri, training_config=file, **changes)
    files = files_before_the_launch(job, (training_config or "").encode())
    if outcome is not None:
        files["record.json"] = experiment_record(job, {"outcome": outcome})
    for key, body in files.items():
        s3.put_object(Bucket=BUCKET, Key=f"vision/{name}/{key}", Body=body)


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["experiments", *arguments, "--uri", URI]) == 0
    return capsys.readouterr().out


def test_who_ran_what_and_how_it_ended_is_shown(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    store(s3, "iris-1", "epochs: 5\n")
    store(s3, "iris-2", outcome=None, started_by="nightly")
    lines = shown(capsys).splitlines()
    heads = {line.split("  ")[0]: line for line in lines if not line.startswith("  ")}
    assert "  COMPLETED  " in heads["iris-1"]
    assert heads["iris-1"].endswith("  ada@example.com")
    assert "  running  " in heads["iris-2"]
    assert heads["iris-2"].endswith("  nightly")
    assert "  train.sh with training.yaml on t3.micro; 12 min; 0.0241 USD; accuracy 0.95" in lines
    assert lines[-1] == f"2 experiments in {URI}"


def test_programs_get_everything(s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    store(s3, "iris-1", "epochs: 5\n", config={"volume-size-gib": 50})
    value = json.loads(shown(capsys, "--json"))
    assert (value["uri"], value["count"]) == (URI, 1)
    (one,) = value["experiments"]
    assert one["experiment"] == "iris-1"
    assert one["state"] == "ended"
    assert one["config"] == {"volume-size-gib": 50}
    assert one["training_config_uri"] == f"{URI}iris-1/config/training.yaml"
    assert one["metrics"]["accuracy"]["value"] == 0.95


def test_a_location_without_experiments_is_no_error(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(capsys).splitlines() == [f"no experiments in {URI}"]


def test_a_file_of_a_script_that_has_one_of_our_names_is_no_experiment(s3: Any) -> None:
    store(s3, "iris-1", "{}", filename="experiment.json")
    found = find_experiments(Location.at(s3, URI))
    assert [one.key for one in found] == ["vision/iris-1/"]


def test_runs_in_folders_of_a_location_are_among_its_runs(s3: Any) -> None:
    store(s3, "iris-1")
    location = Location.at(s3, f"s3://{BUCKET}")
    (one,) = read_experiments(location, find_experiments(location))
    assert one.name == "vision/iris-1"


def test_an_object_that_is_no_record_hides_nothing(s3: Any) -> None:
    store(s3, "iris-1")
    s3.put_object(Bucket=BUCKET, Key="vision/iris-1/record.json", Body=b"{")
    location = Location.at(s3, URI)
    (one,) = read_experiments(location, find_experiments(location))
    assert one.is_running


def test_many_runs_take_a_request_for_each_thousand_objects_and_one_for_each_shown(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(520):
        for name in ("experiment.json", "record.json"):
            key = f"vision/iris-{number:03}/{name}"
            # As PutObject does it, without a request for each.
            s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object(BUCKET, key, b'{"started_by": "ada"}')
    calls: list[str] = []
    s3.meta.events.register("before-call", lambda model, **kwargs: calls.append(model.name))
    location = Location.at(s3, URI)
    found = find_experiments(location)
    assert len(found) == 520
    assert len(read_experiments(location, found[:20])) == 20
    assert calls.count("ListObjectsV2") == 2
    assert calls.count("GetObject") == 20
    assert len(calls) == 22
    text = shown(capsys, "--last", "3")
    assert text.splitlines()[-1] == f"the latest 3 of 520 experiments in {URI}"


@pytest.mark.parametrize(
    ("uri", "code"), [("http://x", 2), ("s3://", 2), ("s3://gone-by-now/x", 1)]
)
def test_what_cannot_be_read_is_said(
    s3: Any, uri: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["experiments", "--uri", uri, "--json"]) == code
    assert json.loads(capsys.readouterr().out)["cause"]


def test_a_comparison_shows_what_differs_in_both_configs(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    own = {"training-script-filename": "uploads/1/train.sh", "instance-type": "a", "x": [1, 2]}
    store(s3, "one", "optimizer:\n  rate: 0.1\nepochs: 5\n", config=own)
    other = {**own, "training-script-filename": "uploads/2/train.sh", "x": [1, 3]}
    store(s3, "two", "optimizer:\n  rate: 0.01\nepochs: 5\nseed: 1\n", config=other)
    value = json.loads(shown(capsys, "diff", "one", "two", "--json"))
    assert value["differences"] == [
        {"file": "job", "path": "x[1]", "a": 2, "b": 3},
        {"file": "training", "path": "optimizer.rate", "a": 0.1, "b": 0.01},
        {"file": "training", "path": "seed", "b": 1},
    ]
    lines = shown(capsys, "diff", "one", f"{URI}two/").splitlines()
    assert lines[:2] == ["a  one", "b  two"]
    assert lines[-3:] == ["training: seed", "  a  -", "  b  1"]


def test_another_script_is_a_difference_and_the_same_one_uploaded_again_is_none(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    store(s3, "one", config={"training-script-filename": "uploads/1/train.sh"})
    store(s3, "two", config={"training-script-filename": "uploads/2/train.sh"})
    changed = UserFile("train.sh", "s3://x/train.sh", "2" * 64)
    store(s3, "three", script=changed, config={})
    assert shown(capsys, "diff", "one", "two") == "one and two have the same parameters\n"
    (found,) = json.loads(shown(capsys, "diff", "one", "three", "--json"))["differences"]
    assert found["path"] == "training-script-filename"
    assert found["b"] == "train.sh (222222222222)"


def test_json_and_yaml_compare_by_what_they_say(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    store(s3, "one", "rate: 1e-3\n")
    store(s3, "two", '{"rate": 0.001}', filename="training.json")
    assert "the same parameters" in shown(capsys, "diff", "one", "two")


def test_a_config_that_cannot_be_read_compares_as_a_whole(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    store(s3, "one", "- a list\n")
    store(s3, "two", "rate: 1\n")
    found = json.loads(shown(capsys, "diff", "one", "two", "--json"))["differences"]
    assert found[0] == {"file": "training", "path": "", "a": "training.yaml (111111111111)"}


def test_a_name_that_nobody_has_is_refused(s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    store(s3, "one")
    assert main(["experiments", "diff", "one", "two", "--uri", URI]) == 2
    assert f"there is no experiment {URI}two/" in capsys.readouterr().err


def test_values_have_the_paths_that_lead_to_them() -> None:
    assert flattened({"a": {"b": [1, {"c": None}]}, "d": {}, "e": []}) == {
        "a.b[0]": 1,
        "a.b[1].c": None,
        "d": {},
        "e": [],
    }
