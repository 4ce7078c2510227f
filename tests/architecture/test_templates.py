"""The templates pass the tools that AWS's own people use."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from parris.targets.ec2_stack.job_role import with_own_role
from tests.architecture.definition import CLONE

BIN = Path(sys.executable).parent
JOB_TEMPLATES = sorted((CLONE / "templates").rglob("*.yaml"))
WITH_ALL_OF_ONES_OWN = {
    "TrainingBucketName": "my.own-bucket",
    "SubnetId": "subnet-0123456789abcdef0",
    "SecurityGroupId": "sg-0123456789abcdef0",
    "LambdaRoleArn": "arn:aws:iam::123456789012:role/ours/for-parris",
    "RolePerJob": "true",
    "ScheduleExpression": "cron(0 4 * * ? *)",
    "ScheduleTimezone": "Europe/Berlin",
    "ScheduleInput": '{"config-key": "team/nightly.json"}',
    "IotTopicFilter": "iotbutton/+",
    "IotInput": '{"config-key": "team/button.json"}',
}


def run_tool(name: str, *arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "SAM_CLI_TELEMETRY": "0",
        "AWS_DEFAULT_REGION": "us-east-1",
        "LANG": "C.UTF-8",
    }
    return subprocess.run(
        [str(BIN / name), *arguments],
        capture_output=True,
        text=True,
        cwd=CLONE,
        env=environment,
        timeout=120,
    )


@pytest.mark.long
def test_sam_validate_is_clean(tmp_path: Path) -> None:
    found = run_tool("sam", "validate", "--lint", "--template", "template.yaml", home=tmp_path)
    assert found.returncode == 0, found.stdout + found.stderr


# `sam validate --lint` checks the same by its own copy of the transform.
@pytest.mark.long
def test_cfn_lint_is_clean_on_what_the_transform_makes_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transformed = _transformed({}, tmp_path, monkeypatch)
    # The transform writes a parameter's value in its place, so an empty one lands in branches that
    # its condition never takes; that one check is made where the parameters are given.
    found = run_tool("cfn-lint", transformed, "--ignore-checks", "E3031", home=tmp_path)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.long
def test_cfn_lint_is_clean_on_what_the_transform_makes_with_all_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transformed = _transformed(WITH_ALL_OF_ONES_OWN, tmp_path, monkeypatch)
    found = run_tool("cfn-lint", transformed, home=tmp_path)
    assert found.returncode == 0, found.stdout + found.stderr


def test_cfn_lint_is_clean_on_the_templates_of_jobs(tmp_path: Path) -> None:
    assert JOB_TEMPLATES
    found = run_tool("cfn-lint", *map(str, JOB_TEMPLATES), home=tmp_path)
    assert found.returncode == 0, found.stdout + found.stderr


def test_cfn_lint_is_clean_on_the_template_of_a_job_with_a_role_of_its_own(tmp_path: Path) -> None:
    stack, role = (
        CLONE / "templates" / "ec2-stack" / name
        for name in ("training-stack.yaml", "job-role.yaml")
    )
    merged = tmp_path / "merged.yaml"
    merged.write_text(with_own_role(stack.read_text(), role.read_text()))
    # It also receives the deployment's profile, and does not need it.
    found = run_tool("cfn-lint", str(merged), "--ignore-checks", "W2001", home=tmp_path)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("path", JOB_TEMPLATES, ids=lambda path: path.name)
def test_a_job_template_is_small_enough_to_be_sent_with_the_call(path: Path) -> None:
    assert len(path.read_bytes()) <= 51_200


def test_samconfig_names_the_stack_that_the_command_looks_for() -> None:
    assert 'stack_name = "parris"' in (CLONE / "samconfig.toml").read_text()


def _transformed(parameters: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    template = yaml_parse((CLONE / "template.yaml").read_text())
    _packaged(template)
    file = folder / "transformed.json"
    file.write_text(json.dumps(transform(template, parameters, _NoManagedPolicies())))
    return str(file)


class _NoManagedPolicies:
    def load(self) -> dict[str, str]:
        return {}


def _packaged(template: dict[str, dict[str, dict[str, dict[str, object]]]]) -> None:
    # What `sam package` does to local paths; the transform takes no others.
    template["Globals"]["Function"]["CodeUri"] = "s3://bucket/lambdas.zip"  # type: ignore[assignment]
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        for key in ("CodeUri", "ContentUri", "DefinitionUri"):
            if key in properties:
                properties[key] = f"s3://bucket/{key}"


@pytest.mark.parametrize(
    "path",
    [*sorted((CLONE / "state_machine").glob("*.asl.json")), CLONE / "template.yaml"],
    ids=lambda path: path.name,
)
def test_no_arn_names_one_partition_of_aws(path: Path) -> None:
    assert "arn:aws:" not in path.read_text()
