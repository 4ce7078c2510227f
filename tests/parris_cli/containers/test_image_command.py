"""Tests of `parris image` with a stand-in engine, and with the ECR of the embedded AWS."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from embedded_aws import EmbeddedAws, Settings
from embedded_aws.packaging.read_template import read_template
from embedded_aws_helpers.builders import create_stack, settled
from embedded_aws_helpers.roles import make_role
from parris_cli.account.connect import real_account
from parris_cli.containers.engine import find_engine
from parris_cli.containers.images import push
from parris_cli.containers.repository import Repository
from parris_cli.errors import CommandError
from parris_cli.main import main
from parris_cli.terminal.screen import Screen
from tests.architecture.definition import CLONE
from tests.end_to_end.person import Person
from tests.parris_cli.containers.stand_in_engine import StandInEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PUSHER = json.loads((CLONE / "docs" / "policies" / "image-pusher.json").read_text())
_MEDIA_TYPE = "application/vnd.docker.distribution.manifest.v2+json"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandInEngine:
    """An engine that has built nothing yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    made = StandInEngine(folder)
    made.results_in("image", "inspect", exit_status=1)
    return made


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "container"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY . /opt\n")
    return folder


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    """An AWS with a deployment of nothing but the repository, and an older one without it."""
    resource = read_template(CLONE / "template.yaml")["Resources"]["ImageRepository"]
    names = (
        *("StateMachineArn", "TrainingBucketName", "TrainerLogGroupName", "WakeFunctionName"),
        *("ValidateConfigFunctionName", "DeploymentName"),
    )
    outputs: dict[str, Any] = {name: {"Value": "unused"} for name in names}
    outputs["ImageRepositoryUri"] = {"Value": {"Fn::GetAtt": ["ImageRepository", "RepositoryUri"]}}
    with EmbeddedAws(Settings(), folder=tmp_path_factory.mktemp("aws") / "aws") as running:
        deploy(running, "parris", {"ImageRepository": resource}, outputs)
        # Without a DeploymentName it is no candidate where the command line names none.
        older = {name: outputs[name] for name in names if name != "DeploymentName"}
        deploy(running, "older", {"Topic": {"Type": "AWS::SNS::Topic"}}, older)
        make_role(running, "pusher", *_PUSHER["Statement"])
        yield running


def deploy(aws: EmbeddedAws, name: str, resources: dict[str, Any], outputs: dict[str, Any]) -> None:
    stack = create_stack(aws, resources, outputs=outputs, StackName=name)
    assert settled(aws, stack)["StackStatus"] == "CREATE_COMPLETE"


@pytest.fixture
def pusher(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shell of a user who has image-pusher.json and nothing else."""
    role = "arn:aws:iam::123456789012:role/pusher"
    found = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="pusher")["Credentials"]
    for variable, value in aws.environment().items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", found["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", found["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", found["SessionToken"])


def put_image(aws: EmbeddedAws, uri: str) -> None:
    """Do what the engine's push does."""
    name, _, tag = uri.partition("/")[2].partition(":")
    manifest = {"schemaVersion": 2, "mediaType": _MEDIA_TYPE, "config": {}, "layers": []}
    text = json.dumps({**manifest, "annotations": {"tag": tag}})
    aws.client("ecr").put_image(repositoryName=name, imageManifest=text, imageTag=tag)


def test_build_builds_for_the_platform_and_prints_the_local_name(
    engine: StandInEngine, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["image", "build", str(root)]) == 0

    name = capsys.readouterr().out.strip()
    assert name.startswith("parris-image:content-")
    inspected, built = engine.calls
    assert inspected.arguments == ("image", "inspect", name)
    options = ("build", "--platform", "linux/amd64", "--tag", name, "--file")
    assert built.arguments[: len(options)] == options
    dockerfile, context = built.arguments[len(options) :]
    assert os.path.dirname(dockerfile) == os.path.dirname(context)
    assert not os.path.exists(context)


@pytest.mark.parametrize(
    ("words", "code"),
    [(("build", "container"), 0), (("run", "container"), 0), (("build", "nowhere"), 2)],
)
@pytest.mark.usefixtures("engine", "root", "a_modern_terminal")
def test_each_terminal_shows_what_was_done_with_an_image(
    words: tuple[str, ...], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    person = Person(monkeypatch)
    wide, piped = person.sees("image", *words, columns=120), person.pipes("image", *words)
    monkeypatch.setenv("NO_COLOR", "1")
    narrow = person.sees("image", *words)
    for shown in (wide, piped, narrow):
        assert shown.code == code, shown
        assert shown.out or shown.err


def test_podman_builds_in_the_format_of_docker(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    podman = StandInEngine(tmp_path, "podman")
    podman.results_in("image", "inspect", exit_status=1)
    assert main(["image", "build", str(root)]) == 0
    assert podman.calls[-1].arguments[5:7] == ("--format", "docker")


def test_what_was_built_is_not_built_again(engine: StandInEngine, root: Path) -> None:
    engine.results_in("image", "inspect")
    assert main(["image", "build", str(root)]) == 0
    assert [one.arguments[0] for one in engine.calls] == ["image"]


def test_a_failed_build_is_exit_code_1(
    engine: StandInEngine, root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    engine.results_in("build", error="no space left on device\n", exit_status=3)
    assert main(["image", "build", str(root), "--json"]) == 1
    output = capfd.readouterr()
    assert "no space left on device" in output.err
    assert json.loads(output.out) == {
        "image": None,
        "cause": "`docker build` exited with 3; its output is above",
    }


@pytest.mark.parametrize("command", ["build", "push", "run"])
def test_without_an_engine_the_exit_code_is_2(
    command: str,
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["image", command, str(root)]) == 2
    assert "neither docker nor podman" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["build", "push", "run"])
def test_a_folder_that_is_missing_is_exit_code_2(
    command: str, engine: StandInEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["image", command, "nowhere"]) == 2
    assert "nowhere: there is no such folder" in capsys.readouterr().err


@pytest.mark.usefixtures("pusher")
def test_push_pushes_to_the_repository_of_the_deployment_once(
    aws: EmbeddedAws, engine: StandInEngine, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["image", "push", str(root)]) == 0

    line = capsys.readouterr().out.strip()
    uri = line.removeprefix("image: ")
    registry, _, place = uri.partition("/")
    assert registry == "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    assert place.startswith("parris-imagerepository-")
    local = f"parris-image:{place.partition(':')[2]}"
    _, _, login, tag, push = engine.calls
    assert login.arguments == ("login", "--username", "AWS", "--password-stdin", registry)
    assert login.stdin and not any(login.stdin in one.arguments for one in engine.calls)
    assert tag.arguments == ("tag", local, uri)
    assert push.arguments == ("push", uri)

    put_image(aws, uri)
    calls = len(engine.calls)
    assert main(["image", "push", str(root), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {"image": uri, "was_pushed": False}
    assert len(engine.calls) == calls


@pytest.mark.usefixtures("pusher")
def test_a_refused_login_pushes_nothing(
    engine: StandInEngine, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.results_in("login", error="401 Unauthorized\n", exit_status=1)
    (root / "train.py").write_text("refused")
    assert main(["image", "push", str(root)]) == 1
    assert "could not log in to 123456789012.dkr" in capsys.readouterr().err
    assert [one.arguments[0] for one in engine.calls] == ["image", "build", "login"]


@pytest.mark.usefixtures("pusher")
def test_a_failed_push_is_a_success_if_somebody_else_has_pushed_the_content_meanwhile(
    aws: EmbeddedAws, engine: StandInEngine
) -> None:
    engine.results_in("push", error="tag invalid: the tag is immutable\n", exit_status=1)
    repository, found = Repository(real_account("parris")), find_engine()
    with pytest.raises(CommandError, match="`docker push` exited with 1"):
        push(found, "parris-image:two", repository, "two", Screen(None))

    put_image(aws, repository.uri_of("two"))
    push(found, "parris-image:two", repository, "two", Screen(None))


@pytest.mark.usefixtures("pusher", "engine")
def test_a_deployment_without_a_repository_says_to_update_it(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["image", "push", str(root), "--deployment", "older"]) == 2
    assert "update it with `parris deploy`" in capsys.readouterr().err


def test_run_mounts_a_folder_as_opt_ml_and_returns_the_exit_code_of_the_container(
    engine: StandInEngine, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.results_in("run", output="3.14\n", exit_status=7)
    ml_folder = tmp_path / "ml"
    command = ["image", "run", str(root), "--opt-ml", str(ml_folder)]

    assert main([*command, "--", "python3", "-c", "print(3.14)", "--", "x"]) == 7

    running = engine.calls[-1].arguments
    assert running[:6] == (
        *("run", "--rm", "--platform", "linux/amd64"),
        *("--volume", f"{ml_folder}:/opt/ml"),
    )
    assert running[6].startswith("parris-image:content-")
    assert running[7:] == ("python3", "-c", "print(3.14)", "--", "x")
    made = {one.relative_to(ml_folder).as_posix() for one in ml_folder.rglob("*")}
    assert {"input/config", "input/data", "model", "output/data", "checkpoints"} <= made


def test_run_starts_the_image_as_sagemaker_does(
    engine: StandInEngine, root: Path, tmp_path: Path
) -> None:
    command = ["image", "run", str(root), "--opt-ml", str(tmp_path / "ml")]
    assert main(command) == 0
    assert engine.calls[-1].arguments[-1] == "train"
