import json
from decimal import Decimal
from pathlib import Path

import pytest

from parris.payloads import Json
from parris_cli.errors import RefusedError
from parris_cli.project_files import PROJECT
from parris_cli.starting.job_files import DEFAULT_CONFIG, find_job_files
from parris_cli.starting.job_options import JobOptions, parse_time_limit
from parris_cli.sweeps.sweep_files import find_sweep_files


def a_config(folder: Path, text: str) -> Path:
    path = folder / "job.json"
    path.write_text(text)
    return path


def test_without_a_config_the_default_job_is_taken() -> None:
    files = find_job_files(None, {})
    assert files.source == DEFAULT_CONFIG
    assert files.config == json.loads(DEFAULT_CONFIG.read_text())
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


def test_a_script_name_that_is_not_text_is_left_to_validate_config(
    tmp_path: Path,
) -> None:
    config = a_config(tmp_path, '{"training-script-filename": 3}')
    assert find_job_files(config, {}).script is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1,\n  "b" 2}', "not valid JSON: line 2, column 7: a colon is missing"),
        ("", "not valid JSON: empty"),
        ("[1]", "not a JSON object"),
        ('{"training-script-filename": "missing.sh"}', "is 'missing.sh', but there is no"),
    ],
)
def test_a_broken_config_is_refused_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    config = a_config(tmp_path, text)
    with pytest.raises(RefusedError, match=message) as raised:
        find_job_files(config, {})
    assert str(config) in str(raised.value)


def test_a_folder_as_the_script_is_refused_as_such(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    config = a_config(tmp_path, '{"training-script-filename": "sub"}')
    with pytest.raises(RefusedError, match=r"is a folder\. Name the script in it"):
        find_job_files(config, {})


def test_a_file_that_is_missing_hides_nothing_that_is_wrong_in_the_config(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("print(1)")
    config = {
        "training-job-name": "two words",
        "termination-method": ["at-clock-time", "at-fixed-time"],
        "termination-options": {"clock-time": "Fryday 18:00 Europe/Berlin"},
        "training-script-filename": "trian.py",
        "instance-type": "t3.micro",
        "input-data": ["nothing"],
    }
    with pytest.raises(RefusedError) as raised:
        find_job_files(a_config(tmp_path, json.dumps(config)), {})
    for words in (
        "did you mean ",
        "train.py?",
        "the config has 3 violations, too:",
        "/training-job-name: ",
        "did you mean Friday?",
        "/termination-options/time-limit: found nothing",
    ):
        assert words in str(raised.value)
    config["training-script-filename"] = "train.py"
    files = find_job_files(a_config(tmp_path, json.dumps(config)), {})
    with pytest.raises(RefusedError, match="the config has 3 violations, too:"):
        _ = files.local


def test_a_config_of_a_sweep_is_one_of_another_command(tmp_path: Path) -> None:
    sweep = a_config(tmp_path, '{"training": {}, "budget": {"cost-limit": 1}}')
    with pytest.raises(RefusedError, match="is the config of a sweep; run it with:\nparris sweep"):
        find_job_files(sweep, {})
    with pytest.raises(RefusedError, match="is the config of a job; run it with:\nparris run "):
        find_sweep_files(a_config(tmp_path, '{"termination-method": "on-complete"}'))


def test_a_missing_config_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="no such config file"):
        find_job_files(tmp_path / "none.json", {})


def test_a_folder_and_a_binary_file_are_not_configs(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="a folder"):
        find_job_files(tmp_path, {})
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xfe\xfa")
    with pytest.raises(RefusedError, match="not UTF-8"):
        find_job_files(binary, {})


def test_a_config_without_a_script_inherits_none(tmp_path: Path) -> None:
    files = find_job_files(a_config(tmp_path, '{"instance-type": "t3.micro"}'), {})
    assert files.script is None
    assert files.config == {"instance-type": "t3.micro"}
    assert files.training_job_name == "stack"


def test_a_script_without_a_config_is_a_job_of_its_name(tmp_path: Path) -> None:
    script = tmp_path / "train_v2.py"
    script.write_text("print(1)")
    options = JobOptions(("g5.xlarge",), "10h", Decimal("7.5"))
    files = find_job_files(script, {"volume-size-gib": 50}, options)
    assert files.script == script
    assert files.training_job_name == "train-v2"
    assert files.merged == {
        "training-job-name": "train-v2",
        "training-script-filename": "train_v2.py",
        "termination-method": ["on-complete", "at-fixed-time", "around-cost-threshold"],
        "termination-options": {"time-limit": "10h", "cost-limit": 7.5},
        "instance-type": "g5.xlarge",
        "volume-size-gib": 50,
    }


@pytest.mark.parametrize("text", ["0h", "0", "0m", "00.0d", "0h0m"])
def test_a_time_limit_of_nothing_is_refused_for_that(text: str) -> None:
    with pytest.raises(ValueError, match="expected a ") as refused:
        parse_time_limit(text)
    assert str(refused.value).startswith(f"found {text!r}, expected")
    assert ("above 0" in str(refused.value)) is (text != "0")


def test_a_script_without_limits_ends_when_it_is_complete(tmp_path: Path) -> None:
    script = tmp_path / "train.sh"
    script.write_text("exit 0")
    assert find_job_files(script, {}).config == {
        "training-job-name": "train",
        "training-script-filename": "train.sh",
        "termination-method": "on-complete",
    }


@pytest.mark.parametrize(
    ("methods", "merged"),
    [
        ("on-complete", ["on-complete", "at-fixed-time"]),
        ("at-fixed-time", ["at-fixed-time"]),
        (["around-cost-threshold"], ["around-cost-threshold", "at-fixed-time"]),
        (None, ["on-complete", "at-fixed-time"]),
    ],
)
def test_a_limit_over_a_config_brings_its_method_with_it(
    tmp_path: Path, methods: Json, merged: Json
) -> None:
    config = a_config(tmp_path, json.dumps({"termination-method": methods}))
    files = find_job_files(config, {}, JobOptions(time_limit="2h"))
    assert files.merged["termination-method"] == merged
    assert files.merged["termination-options"] == {"time-limit": "2h"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("train", "echo 1", "neither a config nor a script"),
        ("notes.txt", "hello", "neither a config nor a script"),
        ("job.toml", "a = 1", "write JSON or YAML"),
        ("train.ipynb", "{}", "a notebook"),
        ("job.json", "#!/bin/bash", "begins as a script does"),
    ],
)
def test_a_file_that_is_neither_config_nor_script_is_refused(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(RefusedError, match=message):
        find_job_files(path, {})


@pytest.mark.parametrize(("name", "text"), [("train", "#!/bin/sh\n"), ("train.py", "{}")])
def test_a_script_is_known_by_its_suffix_or_its_first_line(
    tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert find_job_files(path, {}).script == path


def test_a_config_is_known_by_what_it_holds_too(tmp_path: Path) -> None:
    path = tmp_path / "job"
    path.write_text(' {"training-job-name": "iris"}')
    assert find_job_files(path, {}).training_job_name == "iris"


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


@pytest.mark.parametrize("number", ["1e400", "-1e400"])
def test_a_number_beyond_json_is_refused_before_anything_is_uploaded(
    number: str, tmp_path: Path
) -> None:
    config = a_config(tmp_path, f'{{"hyperparameters": {{"rate": {number}}}}}')
    with pytest.raises(RefusedError, match=r"/hyperparameters/rate: .*expected a finite number"):
        find_job_files(config, {})
    with pytest.raises(RefusedError, match=r"/volume-size-gib: .*expected a finite number"):
        find_job_files(a_config(tmp_path, "{}"), {"volume-size-gib": float(number)})
