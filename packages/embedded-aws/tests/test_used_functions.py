"""After a restoration, the functions that were used before start without waiting for an event."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.checked_files import write_checked
from embedded_aws.metering.meter import meter_of
from embedded_aws.snapshots import snapshot_folder
from embedded_aws.speed.forking.fork_server import can_fork
from embedded_aws_helpers.builders import until

pytestmark = pytest.mark.skipif(not can_fork(), reason="processes start afresh on this system")

SETTINGS = Settings(stack_create_seconds=0, stack_delete_seconds=0)
TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Started: {Type: String}
Globals:
  Function:
    Runtime: python3.13
    CodeUri: code/
    Environment: {Variables: {STARTED: !Ref Started}}
Resources:
  One: {Type: AWS::Serverless::Function, Properties: {Handler: one.handle}}
  Other: {Type: AWS::Serverless::Function, Properties: {Handler: other.handle}}
Outputs:
  One: {Value: !Ref One}
"""
CODE = """\
import os
from pathlib import Path
Path(os.environ["STARTED"], __name__).touch()
def handle(event, context): return os.getpid()
"""


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """A folder in which each process of a function makes a file, named after its module."""
    folder = tmp_path / "started"
    folder.mkdir()
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


@pytest.fixture
def template(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    for name in ("one", "other"):
        (tmp_path / "code" / f"{name}.py").write_text(CODE)
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE)
    return file


@contextmanager
def deployed(template: Path, folder: Path, started: Path) -> Iterator[tuple[EmbeddedAws, str]]:
    with EmbeddedAws(SETTINGS, snapshots=folder) as aws:
        yield aws, aws.deploy(template, "demo", {"Started": str(started)})["One"]


def say(aws: EmbeddedAws, name: str) -> int:
    answer = aws.client("lambda").invoke(FunctionName=name)
    return int(json.loads(answer["Payload"].read()))


def started_by_a_restoration(template: Path, folder: Path, started: Path) -> list[Path]:
    """Restore the account, use nothing, and return what has started meanwhile."""
    with deployed(template, folder, started):
        pass
    return list(started.iterdir())


@pytest.fixture
def used(template: Path, folder: Path, started: Path) -> Path:
    """The note of an embedded AWS that restored the account and used one function."""
    with deployed(template, folder, started):
        pass
    with deployed(template, folder, started) as (aws, one):
        say(aws, one)
    assert [file.name for file in started.iterdir()] == ["one"]
    (started / "one").unlink()
    (note,) = folder.glob("*.used")
    return note


@pytest.mark.usefixtures("used")
def test_only_the_functions_that_were_used_start_before_their_first_event(
    template: Path, folder: Path, started: Path
) -> None:
    with deployed(template, folder, started) as (aws, _):
        until((started / "one").exists)
        assert not meter_of(aws.context).invocations
    assert [file.name for file in started.iterdir()] == ["one"]


@pytest.mark.usefixtures("used")
def test_the_first_event_is_run_by_that_process_and_is_a_cold_start(
    template: Path, folder: Path, started: Path
) -> None:
    with deployed(template, folder, started) as (aws, one):
        until((started / "one").exists)
        (started / "one").unlink()
        assert say(aws, one) == say(aws, one)
        assert [call.is_cold for call in meter_of(aws.context).invocations] == [True, False]
    assert not list(started.iterdir())


@pytest.mark.parametrize("content", ["", "{}", "no JSON", '["arn:of:no:function", 7]'])
def test_a_note_that_names_no_function_starts_none(
    content: str, used: Path, template: Path, folder: Path, started: Path
) -> None:
    write_checked(used, content.encode())
    assert not started_by_a_restoration(template, folder, started)


def test_a_note_that_others_can_write_is_not_read(
    used: Path, template: Path, folder: Path, started: Path
) -> None:
    used.chmod(0o666)
    assert not started_by_a_restoration(template, folder, started)


def test_a_note_is_deleted_with_its_snapshot(
    used: Path, template: Path, folder: Path, started: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_folder, "MOST_SNAPSHOTS", 1)
    template.write_text(f"{TEMPLATE}  Further: {{Value: nothing}}\n")
    with deployed(template, folder, started):
        pass
    assert not used.exists()
    assert len(list(folder.glob("*.account"))) == 1
