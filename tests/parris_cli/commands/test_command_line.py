import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from parris_cli.account import connect
from parris_cli.command_line import make_parser
from parris_cli.errors import RefusedError
from parris_cli.main import main
from parris_cli.project_files import PROJECT
from parris_cli.terminal.screen import Screen


@contextmanager
def _no_account(screen: Screen) -> Iterator[None]:
    raise AssertionError("an account was reached for a job that was to be refused")
    yield


@pytest.fixture(autouse=True)
def nothing_may_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(connect, "embedded_account", _no_account)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["estimate", "--help"]])
def test_help_teaches_the_command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "--embedded" in said
    assert all(line == line.rstrip() for line in said.splitlines())


def test_help_of_stop_names_every_exit_code_and_gives_examples(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["stop", "--help"])
    said = capsys.readouterr().out
    assert "exit codes:" in said and "examples:" in said
    for word in ("JOB", "--no-wait", "--json", "--results", "--deployment", "ABORTED", "Ctrl-C"):
        assert word in said


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("watch", ("JOB", "--json", "--results", "--deployment", "Ctrl-C", "parris aws env")),
        ("results", ("JOB", "DIR", "--json", "--deployment", ".part", "log.txt", "record.json")),
    ],
)
def test_help_of_watch_and_results_names_every_exit_code_and_gives_examples(
    command: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    said = capsys.readouterr().out
    for word in ("exit codes", "examples:", *words):
        assert word in said


@pytest.mark.parametrize("command", ["watch", "results", "stop"])
def test_an_unreachable_job_is_not_reported_as_ended(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobodys")
    monkeypatch.setenv("HOME", "/nonexistent")
    assert main([command, "iris", "--deployment", "team", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert "nobodys" in said["cause"]
    assert said.get("goes_on") is None


def test_help_of_run_names_every_exit_code_and_gives_examples(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    said = capsys.readouterr().out
    assert "exit codes:" in said and "examples:" in said
    for word in ("--set", "--json", "--results", "--deployment", "COMPLETED"):
        assert word in said


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["aws"],
        ["completion", "tcsh"],
        ["run", "--wings"],
        ["run", "--embedded", "--deployment", "x"],
        ["stop"],
    ],
)
def test_a_command_line_that_means_nothing_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "missing.json", "--embedded"],
        ["run", "--embedded", "--set", "nothing"],
        ["run", "--embedded", "--set", "training-script-filename=missing.sh"],
    ],
)
def test_a_refused_job_starts_nothing_and_ends_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "not started: " in said.err


def test_an_account_that_cannot_be_reached_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreachable(name: str) -> None:
        raise RefusedError(f"no deployment {name}", reason=None)

    monkeypatch.setattr(connect, "real_account", unreachable)
    assert main(["run", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["reason"] is None
    assert said["cause"] == "no deployment parris"


def test_a_results_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "results.txt"
    place.write_text("mine")
    assert main(["run", "--embedded", "--results", str(place)]) == 2
    assert place.read_text() == "mine"


def test_a_refusal_is_one_json_object_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "missing.json", "--embedded", "--json"]) == 2
    said = json.loads(capsys.readouterr().out)
    assert said["reason"] == "CONFIG_REJECTED"
    assert "missing.json" in said["cause"]
    assert said["left_running"] == []
    assert said["estimated_cost_usd"] == "0.0000"


def test_ctrl_c_before_the_start_says_so_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(connect, "embedded_account", interrupted)
    assert main(["run", "--embedded"]) == 1
    assert "no job was started" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["parris_cli", "parris_cli.main"])
def test_the_command_can_be_run_as_a_module(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, "fly"], cwd=PROJECT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "there is no 'fly'" in done.stderr


def process(body: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process in which `body` is what it does."""
    program = f"""
import atexit, sys
from parris_cli import main
def command():
    {body}
main.main = command
sys.exit(main.run())
"""
    # Without a buffer, nothing that was not flushed could be lost.
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )


def test_a_process_ends_with_its_exit_code_after_everything_is_printed_and_tidied_up() -> None:
    done = process("atexit.register(print, 'tidied up'); print('x' * 100_000); return 7")
    assert done.returncode == 7
    assert done.stdout == "x" * 100_000 + "\ntidied up\n"


def test_a_process_that_an_error_ends_shows_it() -> None:
    done = process("print('begun'); raise ValueError('no such thing')")
    assert done.returncode == 1
    assert done.stdout == "begun\n"
    assert "ValueError: no such thing" in done.stderr


HEAVY = ("boto3", "botocore", "jsonschema", "moto", "embedded_aws", "rich")


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["run", "--help"], ["rehearse", "--help"], ["completion", "bash"]],
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    program = f"""
import sys
from parris_cli.main import main
try:
    main({arguments!r})
except SystemExit:
    pass
print(sorted({set(HEAVY)!r} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_image_is_run_only_with_an_engine_an_image_and_an_embedded_aws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    config = tmp_path / "job.json"
    config.write_text(json.dumps({"image": "digits:1"}))

    assert main(["run", str(config), "--embedded", "--in-container"]) == 2
    assert "neither docker nor podman is on the PATH" in capsys.readouterr().err
    assert main(["run", str(config), "--in-container"]) == 2
    assert "--in-container is for --embedded only" in capsys.readouterr().err
    config.write_text("{}")
    assert main(["run", str(config), "--embedded", "--in-container"]) == 2
    assert "has none" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["statsu"], "there is no 'statsu'; did you mean status?"),
        (["schedule", "ad"], "there is no 'ad'; did you mean add?"),
        (["run", "train.py", "--time-limt=1h"], "--time-limt=1h; did you mean --time-limit?"),
        (["list", "--sort", "size"], "expected one of started, cost, time, name, who"),
    ],
)
def test_what_was_mistyped_is_named_with_what_was_meant(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    said = capsys.readouterr().err
    assert words in " ".join(said.split())
    assert said.startswith("parris  ") and "--help says more" in said


def test_a_command_line_without_a_command_shows_all_commands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "follow a started job until it ends" in capsys.readouterr().err


def test_a_parser_of_one_command_says_the_same_of_it() -> None:
    (verbs,) = [one.choices for one in make_parser()._actions if isinstance(one.choices, dict)]
    for name, parser in verbs.items():
        (alone,) = [
            one.choices for one in make_parser(name)._actions if isinstance(one.choices, dict)
        ]
        assert list(alone) == [name]
        assert alone[name].format_help() == parser.format_help()
    assert make_parser("nothing").format_help() == make_parser().format_help()


def test_help_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    parsers = [make_parser()]
    for parser in parsers:
        # argparse has no public way to list the commands of a parser.
        inner = [one.choices for one in parser._actions if isinstance(one.choices, dict)]
        parsers += [one for choices in inner for one in choices.values()]
        lines = parser.format_help().splitlines()
        # A command that is broken cannot be copied.
        long = [one for one in lines if len(one) >= 80 and not one.startswith("  ")]
        assert long == [], parser.prog
    assert len(parsers) > 24
