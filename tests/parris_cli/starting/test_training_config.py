"""The second file: found beside the config, checked, uploaded unchanged, and not packed as code."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from parris_cli.account.clients import Account, Deployment
from parris_cli.errors import RefusedError
from parris_cli.starting.job_files import JobFiles, find_job_files
from parris_cli.starting.start_job import prepare_job

BODY = b"# kept\nepochs: 5\n"


@pytest.fixture
def job(tmp_path: Path) -> Path:
    config = {"training-script-filename": "train.py", "training-config-filename": "training.yaml"}
    (tmp_path / "job.json").write_text(json.dumps(config))
    (tmp_path / "train.py").write_text("print()\n")
    (tmp_path / "helper.py").write_text("X = 1\n")
    (tmp_path / "training.yaml").write_bytes(BODY)
    return tmp_path / "job.json"


def test_it_is_found_beside_the_config_and_is_no_code(job: Path) -> None:
    files = find_job_files(job, {})
    assert files.training_config == job.parent / "training.yaml"
    code = files.local.code
    assert code is not None
    assert [one.name for one in code.files] == ["helper.py"]


def test_another_can_be_chosen_on_the_command_line(job: Path) -> None:
    (job.parent / "other.json").write_text("{}")
    files = find_job_files(job, {"training-config-filename": "other.json"})
    assert files.training_config == job.parent / "other.json"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("none.yaml", "training-config-filename is 'none.yaml', but there is no"),
        ("folder", "is a folder. Name a file"),
        ("wrong.yaml", "not valid YAML: .* line 2"),
    ],
)
def test_what_no_script_could_read_is_refused_before_anything_starts(
    job: Path, name: str, says: str
) -> None:
    (job.parent / "folder").mkdir()
    (job.parent / "wrong.yaml").write_text("a: [1\nb: 2\n")
    with pytest.raises(RefusedError, match=says):
        find_job_files(job, {"training-config-filename": name})


class SmallAws:
    """What is uploaded, and the answer of STS."""

    def __init__(self, arn: str) -> None:
        self.arn = arn
        self.objects: dict[str, bytes] = {}

    def put_object(self, *, Bucket: str, Key: str, Body: Any) -> None:
        self.objects[Key] = Body if isinstance(Body, bytes) else Body.read()

    def get_caller_identity(self) -> dict[str, str]:
        return {"Arn": self.arn}


def prepared(files: JobFiles, arn: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    aws = SmallAws(arn)
    deployment = Deployment("arn:aws:states:x:1:stateMachine:m", "b", "", "", "")
    account = Account(lambda service: aws, deployment, is_embedded=False)
    ready = prepare_job(account, files, datetime(2031, 5, 1, tzinfo=UTC))
    return dict(ready.execution_input), aws.objects


def test_it_is_uploaded_as_it_is_and_the_starter_is_named(job: Path) -> None:
    (job.parent / "helper.py").unlink()
    given, objects = prepared(find_job_files(job, {}), "arn:aws:iam::1:user/team/ada")
    key = given["training-config-filename"]
    assert key.endswith("/config/training.yaml")
    assert objects[key] == BODY
    assert given["_started-by"] == "ada"


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:sts::1:assumed-role/Trainers/ada@example.com", "ada@example.com"),
        ("arn:aws:iam::1:root", "root"),
    ],
)
def test_the_starter_is_who_aws_says(job: Path, arn: str, name: str) -> None:
    (job.parent / "helper.py").unlink()
    assert prepared(find_job_files(job, {}), arn)[0]["_started-by"] == name


def test_a_starter_that_the_config_names_stays(job: Path) -> None:
    (job.parent / "helper.py").unlink()
    files = find_job_files(job, {"_started-by": "nightly"})
    assert prepared(files, "arn:aws:iam::1:user/ada")[0]["_started-by"] == "nightly"
