"""`parris init`: a config that validates, from a few questions."""

import io
import json
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto import mock_aws

from parris_cli.main import main
from parris_cli.starting.job_files import find_job_files


class Typing(io.StringIO):
    """Standard input at which somebody types these lines."""

    def __init__(self, *lines: str) -> None:
        super().__init__("".join(f"{line}\n" for line in lines))

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    (tmp_path / "train.py").write_text("print(1)\n")
    return tmp_path


def types(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", Typing(*lines))


def written(name: str = "job.yaml") -> Any:
    return yaml.safe_load(Path(name).read_text())


def test_without_a_terminal_the_defaults_are_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["init"]) == 0
    assert "parris run job.yaml --embedded" in capsys.readouterr().out
    assert written() == {
        "training-job-name": "train",
        "training-script-filename": "train.py",
        "instance-type": "c5.large",
        "termination-method": ["on-complete", "at-fixed-time"],
        "termination-options": {"time-limit": "1h"},
    }
    # What `parris run job.yaml` begins with.
    assert find_job_files(Path("job.yaml"), {}).script == Path("train.py")


def test_what_is_typed_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    types(monkeypatch, "", "iris", "g5.xlarge, g5.2xlarge", "10h", "20", "y")
    assert main(["init", "--offline", "--to", "gpu.json"]) == 0
    config = json.loads(Path("gpu.json").read_text())
    assert config["training-job-name"] == "iris"
    assert config["instance-type"] == ["g5.xlarge", "g5.2xlarge"]
    assert config["termination-options"] == {"time-limit": "10h", "cost-limit": 20}
    assert (config["purchase-option"], config["max-attempts"]) == ("spot", 3)


@pytest.mark.parametrize(("typed", "data"), [("y", ["data"]), ("", None)])
def test_a_folder_of_data_is_input_data_if_that_is_wanted(
    typed: str, data: list[str] | None, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    (folder / "data").mkdir()
    types(monkeypatch, "", "", "", "", "", typed, "")
    assert main(["init", "--offline"]) == 0
    assert written().get("input-data") == data


def test_what_cannot_be_used_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    types(monkeypatch, "nowhere.py", "train.py", "", "", "tomorrow", "2h", "much", "-", "n")
    assert main(["init", "--offline"]) == 0
    said = capsys.readouterr().err
    assert "found 'nowhere.py', expected the path of a file" in said
    assert "found 'tomorrow'" in said and "found 'much'" in said
    assert written()["termination-options"] == {"time-limit": "2h"}


@mock_aws
def test_what_the_account_has_is_offered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ec2 = boto3.client("ec2", region_name="us-east-1")
    ec2.create_key_pair(KeyName="ada")
    types(monkeypatch, "", "", "", "", "", "n", "2", "", "1", *[""] * 3)
    assert main(["init"]) == 0
    config = written()
    subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]]
    assert config["subnet-id"] == subnets[1]
    assert config["ec2-keypair-name"] == "ada"
    assert "security-group-id" not in config
    assert "us-east-1" in capsys.readouterr().err


@mock_aws
def test_a_misspelled_type_is_asked_again_with_what_may_be_meant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    types(monkeypatch, "", "", "c5.larg", "c5.xlarge", *[""] * 9)
    assert main(["init"]) == 0
    assert "did you mean c5.large?" in " ".join(capsys.readouterr().err.split())
    assert written()["instance-type"] == "c5.xlarge"
    types(monkeypatch)
    assert main(["init", "train.py", "--instance-type", "c5.larg", "--to", "other.yaml"]) == 2
    assert "did you mean c5.large?" in " ".join(capsys.readouterr().err.split())
    assert not Path("other.yaml").exists()


def test_nothing_is_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    Path("job.yaml").write_text("mine: 1\n")
    assert main(["init"]) == 2
    assert "was not touched" in capsys.readouterr().err
    assert written() == {"mine": 1}


@pytest.mark.parametrize("lines", [(), ("",), ("", "not valid!", *[""] * 4)])
def test_input_that_ends_or_is_invalid_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lines: tuple[str, ...]
) -> None:
    types(monkeypatch, *lines)
    assert main(["init", "--offline"]) == 2
    assert "nothing was written" in capsys.readouterr().err
    assert not Path("job.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["other.py"], "found 'other.py', expected the path of a file"),
        (["--to", "job.toml"], "ends in .yaml, .yml or .json"),
        (["--to", "no/job.yaml"], "there is no folder no"),
        (["/bin/sh"], "is outside"),
    ],
)
def test_a_place_that_cannot_be_is_refused(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", *arguments]) == 2
    assert words in capsys.readouterr().err
