"""A deployment into an empty account is kept, and restored where nothing has changed."""

import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from moto.cloudformation.models import cloudformation_backends

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.clock.virtual_clock import VirtualClock
from embedded_aws.context import Context
from embedded_aws.metering.meter import meter_of
from embedded_aws.snapshots import snapshot_folder
from embedded_aws.snapshots.deployment_key import deployment_key
from embedded_aws.snapshots.file_digests import FileDigests
from embedded_aws.snapshots.snapshot_folder import Snapshot, read_snapshot, write_snapshot
from embedded_aws_helpers.inputs import inputs

START = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
SETTINGS = Settings(stack_create_seconds=20, stack_delete_seconds=5)
TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Word: {Type: String, Default: hello}
Resources:
  Say:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      CodeUri: code/
      Handler: say.handle
      Layers: [!Ref Data]
      Environment: {Variables: {WORD: !Ref Word}}
  Data:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: data/}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: machine.asl.json
      DefinitionSubstitutions: {SayArn: !GetAtt Say.Arn}
      Policies:
        - Version: "2012-10-17"
          Statement: [{Effect: Allow, Action: lambda:InvokeFunction, Resource: !GetAtt Say.Arn}]
      Events:
        Hourly: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}
Outputs:
  Machine: {Value: !Ref Machine}
  Say: {Value: !Ref Say}
"""
FILES = {
    "template.yaml": TEMPLATE,
    "code/say.py": "import os\ndef handle(event, context): return os.environ['WORD']\n",
    "data/data.txt": "some data",
    "machine.asl.json": json.dumps(
        {
            "StartAt": "Say",
            "States": {"Say": {"Type": "Task", "Resource": "${SayArn}", "End": True}},
        }
    ),
}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path / "template.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


@contextmanager
def running(folder: Path, start: datetime = START) -> Iterator[tuple[EmbeddedAws, VirtualClock]]:
    clock = VirtualClock(start)
    with EmbeddedAws(SETTINGS, clock=clock, snapshots=folder) as aws:
        yield aws, clock


def test_a_snapshot_has_nothing_of_an_earlier_embedded_aws_of_the_process(
    template: Path, folder: Path
) -> None:
    with running(folder) as (aws, _):
        aws.client("sqs").create_queue(QueueName="own")  # so that no snapshot is kept
        aws.deploy(template, "earlier")
        stacks = list(cloudformation_backends[SETTINGS.account_id][SETTINGS.region].stacks.values())
    with running(folder) as (aws, _):
        aws.deploy(template, "later")
    (file,) = folder.iterdir()
    assert stacks[0].name == "earlier"  # in use, and so not collected
    assert b"earlier" not in file.read_bytes()


def call_count(aws: EmbeddedAws) -> int:
    return len(meter_of(aws.context).calls)


def test_a_deployment_is_restored_by_the_next_embedded_aws(template: Path, folder: Path) -> None:
    with running(folder) as (first, clock):
        outputs = first.deploy(template, "demo", {"Word": "bonjour"})
        deployed_at, former_key = clock.now(), first.environment()
        former = [first.endpoint_url, str(first.context.folder), former_key["AWS_ACCESS_KEY_ID"]]
    (file,) = folder.iterdir()
    assert [word for word in former if word.encode() in file.read_bytes()] == []
    with running(folder) as (second, clock):
        assert second.deploy(template, "demo", {"Word": "bonjour"}) == outputs
        assert call_count(second) == 0
        assert clock.now() == deployed_at  # as if it had been deployed here
        machines = second.client("stepfunctions")
        started = machines.start_execution(stateMachineArn=outputs["Machine"])
        arn = started["executionArn"]
        clock.run_while(
            lambda: machines.describe_execution(executionArn=arn)["status"] == "RUNNING"
        )
        assert machines.describe_execution(executionArn=arn)["output"] == '"bonjour"'
        clock.run_while(lambda: clock.now() < deployed_at + timedelta(hours=2))
        assert clock.now() == deployed_at + timedelta(hours=2)
        assert len(inputs(second, outputs["Machine"])) == 3  # two of them by the schedule
        second.client("cloudformation").delete_stack(StackName="demo")
        clock.run_while(lambda: clock.now() < deployed_at + timedelta(hours=2, seconds=5))
        with pytest.raises(ClientError, match="does not exist"):
            second.client("cloudformation").describe_stacks(StackName="demo")


def test_an_account_with_something_in_it_is_deployed_into(template: Path, folder: Path) -> None:
    for _ in range(2):
        with running(folder) as (aws, _):
            aws.client("sqs").create_queue(QueueName="own")
            aws.deploy(template, "demo")
            assert len(aws.client("sqs").list_queues()["QueueUrls"]) == 1
    assert not folder.exists()


def test_a_clock_that_is_earlier_than_the_snapshot_deploys(template: Path, folder: Path) -> None:
    for start in (START, START - timedelta(days=1), START):
        with running(folder, start) as (aws, _):
            aws.deploy(template, "demo")
            was_deployed = bool(call_count(aws))
    assert not was_deployed  # by the last, from the earlier one


def spoil_by_mode(folder: Path) -> None:
    folder.chmod(0o777)


def spoil_file_mode(folder: Path) -> None:
    (file,) = folder.iterdir()
    file.chmod(0o666)


def spoil_by_link(folder: Path) -> None:
    (file,) = folder.iterdir()
    file.symlink_to(file.rename(folder.parent / "elsewhere"))


def spoil_by_folder_link(folder: Path) -> None:
    folder.symlink_to(folder.rename(folder.parent / "elsewhere"))


def spoil_by_half_a_file(folder: Path) -> None:
    (file,) = folder.iterdir()
    os.truncate(file, file.stat().st_size // 2)


def spoil_by_other_content(folder: Path) -> None:
    (file,) = folder.iterdir()
    file.write_bytes(b"anything")


def spoil_header(folder: Path) -> None:
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes().replace(b'"took_seconds": ', b'"took_seconds": 1e99', 1))


def spoil_output(folder: Path) -> None:
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes().replace(b'"outputs": {"', b'"outputs": {"No', 1))


def spoil_by_a_file_instead(folder: Path) -> None:
    folder.rename(folder.parent / "elsewhere")
    folder.write_text("no folder")


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_by_mode,
        spoil_file_mode,
        spoil_by_link,
        spoil_by_folder_link,
        spoil_by_half_a_file,
        spoil_by_other_content,
        spoil_header,
        spoil_output,
        spoil_by_a_file_instead,
    ],
)
def test_what_cannot_be_trusted_is_deployed_again(
    template: Path, folder: Path, spoil: Callable[[Path], None]
) -> None:
    outputs = []
    for _ in range(2):
        with running(folder) as (aws, _):
            outputs.append(aws.deploy(template, "demo"))
            assert call_count(aws)
        if len(outputs) == 1:
            spoil(folder)
    assert outputs[0].keys() == outputs[1].keys()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
@pytest.mark.parametrize("is_folder", [True, False])
def test_a_snapshot_of_another_user_is_not_read(folder: Path, is_folder: bool) -> None:
    write_snapshot(folder, "key", Snapshot(START, timedelta(), {}, b"account"))
    assert read_snapshot(folder, "key") is not None
    os.chown(folder if is_folder else folder / "key.account", 12345, 12345)
    assert read_snapshot(folder, "key") is None


def test_only_this_user_can_access_a_snapshot(folder: Path) -> None:
    before = os.umask(0)
    try:
        write_snapshot(folder, "key", Snapshot(START, timedelta(), {}, b"account"))
    finally:
        os.umask(before)
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    assert oct((folder / "key.account").stat().st_mode & 0o777) == "0o600"


def test_a_reader_finds_a_whole_snapshot_while_it_is_written(folder: Path) -> None:
    contents = [bytes([number]) * 100_000 for number in range(2)]
    write_snapshot(folder, "key", Snapshot(START, timedelta(), {}, contents[0]))
    is_over = threading.Event()

    def write() -> None:
        for _ in range(50):
            for content in contents:
                write_snapshot(folder, "key", Snapshot(START, timedelta(), {}, content))
        is_over.set()

    writing = threading.Thread(target=write)
    writing.start()
    while not is_over.is_set():
        found = read_snapshot(folder, "key")
        assert found is not None and found.account in contents
    writing.join()
    assert [file.name for file in folder.iterdir()] == ["key.account"]


def test_the_least_recently_used_snapshots_are_deleted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_folder, "MOST_SNAPSHOTS", 3)
    small, big = (Snapshot(START, timedelta(), {}, b"x" * size) for size in (10, 10_000))
    for number in range(3):
        write_snapshot(folder, f"key{number}", small)
        os.utime(folder / f"key{number}.account", (number, number))
    (folder / "dead.new").write_bytes(b"half")
    os.utime(folder / "dead.new", (0, 0))
    assert read_snapshot(folder, "key0") == small  # in use again
    write_snapshot(folder, "key3", small)
    assert sorted(file.stem for file in folder.iterdir()) == ["key0", "key2", "key3"]
    monkeypatch.setattr(snapshot_folder, "MOST_BYTES", 100)
    write_snapshot(folder, "key4", big)
    assert [file.stem for file in folder.iterdir()] == ["key4"]


def key_of(
    template: Path,
    settings: Settings = SETTINGS,
    name: str = "demo",
    parameters: dict[str, str] | None = None,
) -> str:
    context = Context(settings=settings, clock=VirtualClock(START), folder=template.parent)
    folder = template.parent / "kept"
    folder.mkdir(mode=0o700, exist_ok=True)
    digests = FileDigests(folder)
    key = deployment_key(context, template, name, parameters or {}, digests)
    digests.save()
    return key


@pytest.mark.parametrize("name", FILES)
def test_a_change_of_a_file_changes_the_hash(template: Path, name: str) -> None:
    before = key_of(template)
    (template.parent / "unrelated.txt").write_text("x")
    assert key_of(template) == before
    (template.parent / name).write_text(FILES[name] + " ")
    assert key_of(template) != before


def test_a_new_file_and_its_rights_change_the_hash(template: Path) -> None:
    keys = [key_of(template)]
    (template.parent / "code" / "more.py").write_text("")
    keys.append(key_of(template))
    (template.parent / "code" / "more.py").rename(template.parent / "code" / "other.py")
    keys.append(key_of(template))
    (template.parent / "code" / "other.py").chmod(0o755)
    keys.append(key_of(template))
    assert len(set(keys)) == len(keys)


def test_whatever_else_decides_about_a_deployment_changes_the_hash(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [
        key_of(template),
        key_of(template, parameters={"Word": "x"}),
        key_of(template, name="other"),
        key_of(template, Settings(region="eu-west-1")),
        key_of(template, Settings(account_id="210987654321")),
        key_of(template, Settings(enforce_roles=False)),
    ]
    with monkeypatch.context() as changed:
        changed.setattr("sys.version", "3.99")
        keys.append(key_of(template))
    for version in ("1.0", "1.1"):
        installed = tmp_path / version / f"werkzeug-{version}.dist-info"
        installed.mkdir(parents=True)
        with monkeypatch.context() as changed:
            changed.syspath_prepend(installed.parent)
            keys.append(key_of(template))
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    keys.append(key_of(template))
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys)
