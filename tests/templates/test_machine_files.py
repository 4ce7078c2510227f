"""What goes to the instance fits where it goes and runs on any image's tools."""

import ast
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest
from samtranslator.yaml_helper import yaml_parse

CLONE = Path(__file__).parents[2]
STACK = CLONE / "templates" / "ec2-stack" / "training-stack.yaml"
MACHINE_FILES = sorted(p for p in (CLONE / "templates" / "runner").iterdir() if p.is_file())
PYTHON_FILES = [path for path in MACHINE_FILES if path.suffix == ".py"]
SHELL_FILES = [CLONE / "templates/runner/bootstrap.sh", CLONE / "config/trainer-script.sh"]
USER_DATA_LIMIT_BYTES = 16 * 1024


def user_data() -> str:
    instance = yaml_parse(STACK.read_text())["Resources"]["TrainingInstance"]
    text = instance["Properties"]["UserData"]["Fn::Base64"]["Fn::Sub"]
    return str(text).replace("${!", "${")


def names_in(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_user_data_fits_with_room_for_the_longest_parameters() -> None:
    assert len(user_data().encode()) + 2000 < USER_DATA_LIMIT_BYTES


def test_the_deadline_is_armed_before_anything_touches_the_network() -> None:
    text = user_data()

    assert text.index("enable --now parris-deadline.timer") < text.index("aws s3 cp")


def test_every_way_through_user_data_that_trains_nothing_ends_the_machine() -> None:
    assert user_data().rstrip().endswith("systemctl poweroff")


@pytest.mark.parametrize("path", SHELL_FILES, ids=lambda path: path.name)
def test_a_shell_script_is_one(path: Path) -> None:
    assert subprocess.run(["bash", "-n", str(path)], check=False).returncode == 0


def test_user_data_is_a_shell_script() -> None:
    text = user_data().encode()

    assert text.startswith(b"#!/bin/bash\n")
    assert subprocess.run(["bash", "-n"], input=text, check=False).returncode == 0


@pytest.mark.skipif(which("shellcheck") is None, reason="shellcheck is not on this computer")
@pytest.mark.parametrize("path", SHELL_FILES, ids=lambda path: path.name)
def test_shellcheck_finds_nothing(path: Path) -> None:
    assert subprocess.run(["shellcheck", str(path)], check=False).returncode == 0


@pytest.mark.parametrize("path", PYTHON_FILES, ids=lambda path: path.name)
def test_the_runner_is_python_3_9(path: Path) -> None:
    ast.parse(path.read_text(), feature_version=(3, 9))


@pytest.mark.parametrize("path", PYTHON_FILES, ids=lambda path: path.name)
def test_the_runner_needs_nothing_but_the_standard_library(path: Path) -> None:
    own = {other.stem for other in PYTHON_FILES}
    assert names_in(path) <= set(sys.stdlib_module_names) | own


def test_the_example_script_trains_with_python_3_9_alone() -> None:
    text = SHELL_FILES[1].read_text()
    program = text.partition("<<'TRAINING'\n")[2].partition("\nTRAINING\n")[0]

    ast.parse(program, feature_version=(3, 9))
    assert "YOUR TRAINING GOES BELOW" in text.partition("<<'TRAINING'")[0]
