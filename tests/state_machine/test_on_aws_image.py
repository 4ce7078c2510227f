"""What `make test-sfn-local` starts, as far as it can be checked without Docker."""

import os
import subprocess
from pathlib import Path

import yaml

from tests.architecture.definition import CLONE
from tests.state_machine.expected_ends import DIFFERENCES
from tests.state_machine.mocks import CASES, MOCK_FILE, answers_of

HERE = Path(__file__).parent
SCRIPT = HERE / "on_aws_image.sh"


def run_script(
    folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the script without Docker."""
    path = f"{folder}:/usr/bin:/bin"
    (folder / "docker").write_text("#!/bin/sh\nexit 1\n")
    (folder / "docker").chmod(0o755)
    return subprocess.run(
        [str(SCRIPT), *arguments],
        env={"PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_compose_file_mounts_the_mock_file_where_the_image_reads_it() -> None:
    (service,) = yaml.safe_load((HERE / "compose.yaml").read_text())["services"].values()
    assert service["image"] == "amazon/aws-stepfunctions-local"
    assert service["ports"] == ["127.0.0.1:8083:8083"]
    source, target, _ = service["volumes"][0].split(":")
    assert (HERE / source).resolve() == MOCK_FILE.resolve()
    assert target == service["environment"]["SFN_MOCK_CONFIG"]


def test_it_says_what_is_missing_where_there_is_neither_docker_nor_an_endpoint(
    tmp_path: Path,
) -> None:
    done = run_script(tmp_path, "check")
    assert done.returncode == 2
    assert "Docker" in done.stderr
    assert "SFN_ENDPOINT=http://" in done.stderr


def test_a_server_elsewhere_needs_no_docker(tmp_path: Path) -> None:
    done = run_script(
        tmp_path, "run", "sh", "-c", "echo at $SFN_ENDPOINT", SFN_ENDPOINT="http://elsewhere:8083"
    )
    assert (done.returncode, done.stdout) == (0, "at http://elsewhere:8083\n")


def test_each_case_that_may_look_otherwise_on_the_image_has_its_row_in_the_documentation() -> None:
    text = (CLONE / "docs" / "stepfunctions-local.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("|")]
    for case in DIFFERENCES:
        assert any(f"`{case}`" in row for row in rows), case


def test_the_cases_in_which_a_state_times_out_are_those_that_may_look_otherwise() -> None:
    timed_out = {
        case
        for case, mocked in CASES.items()
        for state, response in mocked.items()
        for one in answers_of(state, response)
        if one.answer.get("Throw", {}).get("Error") == "States.Timeout"
    }
    assert timed_out == set(DIFFERENCES)


def test_the_script_can_be_run() -> None:
    assert os.access(SCRIPT, os.X_OK)
