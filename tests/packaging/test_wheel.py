"""The wheels, installed into an empty environment and used in an empty folder."""

import json
import re
import zipfile
from pathlib import Path

import pytest

from parris_cli import __version__
from tests.architecture.definition import CLONE
from tests.packaging.installed import Installed
from tests.served_aws import served_aws


def test_a_wheel_carries_all_that_is_deployed_and_nothing_twice_in_the_clone(wheels: Path) -> None:
    (wheel,) = wheels.glob("parris-*.whl")
    names = {
        name.removeprefix("parris_cli/project/")
        for name in zipfile.ZipFile(wheel).namelist()
        if name.startswith("parris_cli/project/")
    }
    expected = {"template.yaml", "samconfig.toml"}
    for folder in ("config", "lambdas", "state_machine", "templates"):
        for path in (CLONE / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                expected.add(path.relative_to(CLONE).as_posix())
    assert names == {name for name in expected if ".egg-info" not in name}
    assert not (CLONE / "parris_cli" / "project").exists()


def test_a_wheel_carries_the_templates_of_pages(wheels: Path) -> None:
    (wheel,) = wheels.glob("parris-*.whl")
    expected = {path.relative_to(CLONE).as_posix() for path in CLONE.glob("parris_cli/**/*.jinja")}
    assert expected
    assert expected <= set(zipfile.ZipFile(wheel).namelist())


def test_its_metadata_names_licence_versions_and_dependencies(wheels: Path) -> None:
    (wheel,) = wheels.glob("parris-*.whl")
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = archive.read(name).decode()
    assert f"\nVersion: {__version__}\n" in metadata
    assert "\nLicense-Expression: Apache-2.0\n" in metadata
    needed = set(re.findall(r"^Requires-Dist: ([\w-]+)(?!.*extra ==)", metadata, re.M))
    assert needed == {
        *("aws-lambda-powertools", "boto3", "embedded-aws", "jinja2", "jsonschema", "pathspec"),
        "pyyaml",
    }


def test_the_installed_command_says_its_version_and_helps(
    installed: Installed, tmp_path: Path
) -> None:
    assert installed.run(tmp_path, "--version").stdout == f"parris {__version__}\n"
    shown = installed.run(tmp_path, "--help")
    assert shown.returncode == 0
    assert "rehearse" in shown.stdout


@pytest.mark.long
def test_the_installed_command_rehearses_the_default_job(
    installed: Installed, tmp_path: Path
) -> None:
    done = installed.run(tmp_path, "rehearse", "--training-takes", "2m", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["reason"] == "COMPLETED"
    assert "rehearsing   the default config with a training of 2m" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_of_its_deployment_names_commands_that_write_nothing_installed(
    installed: Installed, tmp_path: Path
) -> None:
    done = installed.run(tmp_path, "deploy", "--dry-run")
    assert done.stdout.splitlines() == [
        f"cp -R {installed.packages}/parris_cli/project parris-project",
        "cd parris-project",
        "sam build",
        "sam deploy --stack-name parris",
    ]


@pytest.mark.long
def test_the_installed_command_runs_the_default_job(installed: Installed, tmp_path: Path) -> None:
    done = installed.run(tmp_path, "run", "--embedded", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["reason"] == "COMPLETED"
    assert report["left_running"] == []
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
    assert list((tmp_path / report["results"]).rglob("*"))


@pytest.mark.long
def test_the_installed_command_deploys_itself(installed: Installed, tmp_path: Path) -> None:
    before = {path for path in installed.packages.rglob("*") if "__pycache__" not in path.parts}
    with served_aws(tmp_path / "served") as aws:
        work = tmp_path / "work"
        work.mkdir()
        done = installed.run(work, "deploy", more=aws.variables)
        assert done.returncode == 0, done.stderr
        assert "StateMachineConsoleUrl" in done.stdout
        assert list(work.iterdir()) == []
    after = {path for path in installed.packages.rglob("*") if "__pycache__" not in path.parts}
    assert after == before
