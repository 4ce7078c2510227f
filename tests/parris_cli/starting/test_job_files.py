import json
from pathlib import Path

import pytest

from parris_cli.errors import RefusedError
from parris_cli.project_files import PROJECT
from parris_cli.starting.job_files import DEFAULT_CONFIG, find_job_files


def a_config(folder: Path, text: str) -> Path:
    path = folder / "job.json"
    path.write_text(text)
    return path


def test_without_a_config_the_default_job_is_taken() -> None:
    files = find_job_files(None, {})
    assert files.config == DEFAULT_CONFIG
    assert files.script == PROJECT / "config" / "trainer-script.sh"
    assert files.training_job_name == "stack"


def test_a_script_beside_the_config_goes_before_the_one_in_the_clone(tmp_path: Path) -> None:
    script = tmp_path / "trainer-script.sh"
    script.write_text("exit 0")
    config = a_config(tmp_path, '{"training-script-filename": "trainer-script.sh"}')
    assert find_job_files(config, {}).script == script


def test_a_script_that_is_not_beside_the_config_is_taken_from_the_clone(tmp_path: Path) -> None:
    config = a_config(tmp_path, '{"training-script-filename": "trainer-script.sh"}')
    assert find_job_files(config, {}).script == PROJECT / "config" / "trainer-script.sh"


def test_a_setting_can_name_another_script(tmp_path: Path) -> None:
    other = tmp_path / "other.sh"
    other.write_text("exit 0")
    config = a_config(tmp_path, "{}")
    assert find_job_files(config, {"training-script-filename": "other.sh"}).script == other


def test_a_script_name_that_is_no_text_is_left_to_be_told_with_all_other_violations(
    tmp_path: Path,
) -> None:
    config = a_config(tmp_path, '{"training-script-filename": 3}')
    assert find_job_files(config, {}).script is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1,\n  "b" 2}', "not valid JSON at line 2, column 7"),
        ("", "not valid JSON at line 1, column 1"),
        ("[1]", "is not a JSON object"),
        ('{"training-script-filename": "missing.sh"}', "is 'missing.sh', but there is no"),
    ],
)
def test_a_broken_config_is_refused_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    config = a_config(tmp_path, text)
    with pytest.raises(RefusedError, match=message) as raised:
        find_job_files(config, {})
    assert str(config) in str(raised.value)


def test_a_missing_config_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="no such config file"):
        find_job_files(tmp_path / "none.json", {})


def test_a_folder_and_a_binary_file_are_no_configs(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="a folder"):
        find_job_files(tmp_path, {})
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(RefusedError, match="not UTF-8"):
        find_job_files(binary, {})


@pytest.mark.parametrize("value", ["team/exp-7.json", None, 5])
def test_a_config_key_is_refused_in_a_config_and_on_the_command_line(
    tmp_path: Path, value: str | int | None
) -> None:
    config = tmp_path / "job.json"
    config.write_text(json.dumps({"config-key": value}))
    with pytest.raises(RefusedError, match=r"job\.json: config-key is not allowed here"):
        find_job_files(config, {})
    with pytest.raises(RefusedError, match="--set: config-key is not allowed here"):
        find_job_files(None, {"config-key": value})
