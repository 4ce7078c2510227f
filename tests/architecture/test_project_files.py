"""What the hosting platform reads: workflows, templates, licence and the like."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.definition import CLONE
from tests.architecture.test_requirements import PYTHONS

GITHUB = CLONE / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
PROJECT: dict[str, Any] = tomllib.loads((CLONE / "pyproject.toml").read_text())["project"]
MAKEFILE = (CLONE / "Makefile").read_text()
PAGES = ["CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]


def read(path: Path) -> dict[Any, Any]:
    found = yaml.safe_load(path.read_text())
    assert isinstance(found, dict)
    return found


def steps_of(workflow: dict[Any, Any], job: str) -> list[dict[str, Any]]:
    steps = workflow["jobs"][job]["steps"]
    assert isinstance(steps, list)
    return steps


def commands_of(workflow: dict[Any, Any], job: str) -> str:
    return "\n".join(step.get("run", "") for step in steps_of(workflow, job))


CI = read(GITHUB / "workflows" / "ci.yml")
RELEASE = read(GITHUB / "workflows" / "release.yml")


def test_hosted_ci_runs_what_every_machine_runs_on_linux_and_macos() -> None:
    assert commands_of(CI, "test").split() == [".ci/run"]
    systems = CI["jobs"]["test"]["strategy"]["matrix"]["os"]
    assert [system.partition("-")[0] for system in systems] == ["ubuntu", "macos"]


def test_hosted_ci_uses_the_python_of_its_matrix() -> None:
    (setup,) = [step for step in steps_of(CI, "test") if "setup-python" in step.get("uses", "")]
    assert setup["with"]["python-version"] == "${{ matrix.python }}"
    (run,) = [step for step in steps_of(CI, "test") if "run" in step]
    assert run["env"] == {"PYTHON": "python"}
    assert "PYTHON ?= " in MAKEFILE


def test_hosted_ci_tries_every_python_that_the_project_supports() -> None:
    pythons = CI["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert PROJECT["requires-python"] == f">={pythons[0]}"
    versions = re.findall(r"Python :: (3\.\d+)$", "\n".join(PROJECT["classifiers"]), re.M)
    assert pythons == versions == list(PYTHONS)


def test_a_release_follows_a_tag_and_passes_the_same_checks() -> None:
    # YAML 1.1 reads the key `on` as a boolean.
    assert RELEASE[True] == {"push": {"tags": ["v*"]}}
    assert RELEASE["jobs"]["test"] == {"uses": "./.github/workflows/ci.yml"}
    assert "workflow_call" in CI[True]
    assert set(RELEASE["jobs"]["publish"]["needs"]) == {"test", "build"}


def test_a_release_builds_and_tries_both_packages() -> None:
    commands = commands_of(RELEASE, "build")
    built = re.findall(r"-m build --outdir dist (\S+)", commands)
    assert [(CLONE / path / "pyproject.toml").is_file() for path in built] == [True, True]
    assert 'pip" install dist/*.whl' in commands


def test_a_release_is_published_without_a_stored_token() -> None:
    assert RELEASE["jobs"]["publish"]["permissions"] == {"id-token": "write"}
    assert "secrets." not in "".join(path.read_text() for path in WORKFLOWS)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_only_read_the_repository(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert all("uses" in job or job["timeout-minutes"] for job in workflow["jobs"].values())


@pytest.mark.parametrize("path", sorted(GITHUB.glob("ISSUE_TEMPLATE/[!c]*.yml")))
def test_an_issue_template_asks_questions_with_unique_ids(path: Path) -> None:
    template = read(path)
    assert template["name"] and template["description"]
    ids = [part["id"] for part in template["body"] if part["type"] != "markdown"]
    assert ids and len(set(ids)) == len(ids)
    assert all(part["attributes"] for part in template["body"])


def test_pre_commit_runs_targets_of_the_makefile() -> None:
    (local,) = read(CLONE / ".pre-commit-config.yaml")["repos"]
    entries = [hook["entry"].split() for hook in local["hooks"]]
    assert [make for make, _ in entries] == ["make"] * len(entries)
    assert [target for _, target in entries if f"\n{target}:" not in MAKEFILE] == []


def test_dependency_updates_find_requirements_where_they_look() -> None:
    (pip,) = [
        update
        for update in read(GITHUB / "dependabot.yml")["updates"]
        if update["package-ecosystem"] == "pip"
    ]
    for folder in pip["directories"]:
        assert list((CLONE / folder.lstrip("/")).glob("*.txt")), folder


def test_both_packages_carry_the_licence() -> None:
    text = (CLONE / "LICENSE").read_text()
    assert "Apache License" in text and "END OF TERMS AND CONDITIONS" in text
    assert "Copyright 2026 The Parris contributors" in text
    assert (CLONE / "packages" / "embedded-aws" / "LICENSE").read_text() == text


@pytest.mark.parametrize("page", PAGES)
def test_a_link_of_a_project_page_leads_somewhere(page: str) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", (CLONE / page).read_text())
    assert [target for target in targets if not (CLONE / target).exists()] == []


def test_the_commands_of_contributing_exist() -> None:
    text = (CLONE / "CONTRIBUTING.md").read_text()
    targets = re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)
    assert len(targets) > 5
    assert [target for target in targets if f"\n{target}:" not in MAKEFILE] == []
