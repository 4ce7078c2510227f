"""With two targets, each target's keys and what it requires hold for its own jobs only."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from docs.config_schema import LIBRARY, whole_schema
from docs.generate import configuration_page
from parris.validation.schema import find_shape_violations

PART: dict[str, Any] = {
    "title": "toy",
    "description": "one parameter.",
    "required": ["colour"],
    "properties": {
        "colour": {"title": "Colour", "description": "Its colour.", "enum": ["red", "blue"]},
        "on-termination": {
            "title": "What becomes of it",
            "description": "keep or delete.",
            "enum": ["keep", "delete"],
            "default": "delete",
        },
    },
}
JOB = {
    "training-job-name": "iris",
    "termination-method": "on-complete",
    "training-script-filename": "train.sh",
}
TOY = {**JOB, "target": "toy", "colour": "red"}
EC2 = {**JOB, "instance-type": "t3.micro"}


@pytest.fixture
def schema(tmp_path: Path) -> dict[str, Any]:
    parts = shutil.ignore_patterns("*.py", "aws")
    shutil.copytree(LIBRARY, tmp_path / "parris", ignore=parts)
    toy = tmp_path / "parris" / "targets" / "toy"
    toy.mkdir()
    (toy / "config.schema.json").write_text(json.dumps(PART))
    return whole_schema(tmp_path / "parris")


def violations_of(config: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    found = [str(one) for one in find_shape_violations(config, schema)]
    # Editors and other validators come to the same.
    assert (found == []) is Draft202012Validator(schema).is_valid(config)
    return found


@pytest.mark.parametrize(
    "config",
    [
        EC2,
        {**EC2, "target": "ec2-stack", "on-termination": "stop-instance"},
        TOY,
        {**TOY, "on-termination": "keep"},
    ],
)
def test_a_job_has_the_keys_of_its_own_target(
    config: dict[str, Any], schema: dict[str, Any]
) -> None:
    assert violations_of(config, schema) == []


@pytest.mark.parametrize("target", [{}, {"target": "ec2-stack"}])
def test_a_missing_instance_type_is_named_as_with_one_target(
    target: dict[str, str], schema: dict[str, Any]
) -> None:
    expected = (
        "/instance-type: found nothing, expected a value (The EC2 instance type to train on, for"
        " example g5.xlarge, or a list of types: the first with available capacity and quota is"
        " used.)"
    )
    assert violations_of({**JOB, **target}, schema) == [expected]
    assert violations_of({**JOB, **target}, whole_schema()) == [expected]


def test_a_key_of_another_target_is_refused_with_the_name_of_the_jobs_target(
    schema: dict[str, Any],
) -> None:
    (found,) = violations_of({**TOY, "instance-type": "t3.micro"}, schema)
    assert found == (
        '/instance-type: found "t3.micro", expected no such key, because the target is toy'
    )
    (found,) = violations_of({**EC2, "colour": "red"}, schema)
    assert found == '/colour: found "red", expected no such key, because the target is ec2-stack'


def test_a_misspelt_key_is_compared_with_the_keys_of_its_target_only(
    schema: dict[str, Any],
) -> None:
    (found,) = violations_of({**TOY, "instance-typ": "t3.micro"}, schema)
    assert "no such key; known keys are " in found
    assert "colour" in found
    assert "instance-type" not in found


def test_a_key_of_both_is_checked_as_its_target_means_it(schema: dict[str, Any]) -> None:
    (found,) = violations_of({**TOY, "on-termination": "stop-instance"}, schema)
    assert found.endswith('expected one of "keep", "delete"')
    (found,) = violations_of({**EC2, "on-termination": "keep"}, schema)
    assert found.endswith('expected one of "delete-stack", "stop-instance"')


def test_an_unknown_target_is_the_only_violation(schema: dict[str, Any]) -> None:
    (found,) = violations_of({**TOY, "target": "tyo"}, schema)
    assert found.startswith('/target: found "tyo", expected one of "batch", "ec2-server", ')


def test_the_page_says_which_target_a_key_is_for(schema: dict[str, Any]) -> None:
    page = configuration_page(schema)
    assert "| [`instance-type`](#instance-type) | Instance type | with `ec2-stack` |" in page
    assert "| [`colour`](#colour) | Colour | with `toy` |" in page
    assert "- Only with target `toy`\n- Value: `red` or `blue`" in page
    assert "- With `toy`: Value: `keep` or `delete`. Default: `delete`" in page


def test_two_definitions_of_one_name_are_an_error(tmp_path: Path) -> None:
    shutil.copytree(LIBRARY, tmp_path / "parris", ignore=shutil.ignore_patterns("*.py", "aws"))
    toy = tmp_path / "parris" / "targets" / "toy"
    toy.mkdir()
    part = {**PART, "$defs": {"instance-type": {"type": "string"}}}
    (toy / "config.schema.json").write_text(json.dumps(part))
    with pytest.raises(ValueError, match=r"\$defs/instance-type"):
        whole_schema(tmp_path / "parris")
