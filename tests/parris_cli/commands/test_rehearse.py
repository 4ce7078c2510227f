"""What `parris rehearse` understands, and how it refuses what it does not."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.fault_injection.fault import FaultKind
from parris_cli.command_line import make_parser
from parris_cli.commands.rehearse import rehearse_options
from parris_cli.main import main
from parris_cli.rehearsal import rehearse as rehearse_module
from parris_cli.rehearsal import run_rehearsal
from parris_cli.rehearsal.durations import parse_duration, parse_range, short
from parris_cli.rehearsal.options import (
    FAULT_KINDS,
    SCRIPT_HANGS,
    FaultOption,
    RehearseOptions,
)

HOUR = timedelta(hours=1)


@contextmanager
def _no_aws(*_: object) -> Iterator[Any]:
    raise AssertionError("an AWS was started for a rehearsal that was to be refused")
    yield


@pytest.fixture(autouse=True)
def nothing_may_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(run_rehearsal, "embedded_deployment", _no_aws)
    monkeypatch.chdir(tmp_path)


def options(*arguments: str) -> RehearseOptions:
    found = rehearse_options(make_parser().parse_args(["rehearse", *arguments]))
    assert isinstance(found, RehearseOptions)
    return found


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("45s", timedelta(seconds=45)),
        ("90m", timedelta(minutes=90)),
        ("2h30m", timedelta(hours=2, minutes=30)),
        ("3d", timedelta(days=3)),
        ("1.5h", timedelta(minutes=90)),
        (" 36H ", 36 * HOUR),
        ("0s", timedelta(0)),
    ],
)
def test_a_length_of_time_is_read_as_people_write_it(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["", "36", "h", "-2h", "2  h", "2h..", "1w", "1e3h", "nan", "²h"])
def test_what_is_not_a_length_of_time_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match="expected a number and a unit"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["366d", "99999999999999999999d"])
def test_nothing_takes_longer_than_an_execution_may(text: str) -> None:
    with pytest.raises(ValueError, match="at most 365d"):
        parse_duration(text)


def test_a_range_has_two_ends_and_a_plain_length_one() -> None:
    assert parse_range("2h..4h") == (2 * HOUR, 4 * HOUR)
    assert parse_range("2h") == (2 * HOUR, 2 * HOUR)


@pytest.mark.parametrize("text", ["4h..2h", "..2h", "2h..", "2h..3h..4h", "0s", "0s..0s"])
def test_a_range_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="found"):
        parse_range(text)


@pytest.mark.parametrize("text", ["45s", "1h30m", "3d", "1d12h", "0s"])
def test_a_length_of_time_is_shown_as_it_is_read(text: str) -> None:
    assert short(parse_duration(text)) == text


def test_the_command_line_says_everything_about_a_rehearsal() -> None:
    asked = ["my.json", "--training-takes", "20h..3d", "--exit-code", "3", "--price", "3.06"]
    asked += ["--fault", "throttled@90m", "--fault", "lost-event@2h", "--set", "a.b=1", "--json"]
    asked += ["--upload-takes", "15m"]
    assert options(*asked) == RehearseOptions(
        source=Path("my.json"),
        shortest=20 * HOUR,
        longest=72 * HOUR,
        exit_code=3,
        faults=(FaultOption("throttled", 1.5 * HOUR), FaultOption("lost-event", 2 * HOUR)),
        usd_per_hour=Decimal("3.06"),
        settings=("a.b=1",),
        is_json=True,
        upload_takes=timedelta(minutes=15),
    )


def test_both_ends_of_a_range_are_rehearsed_and_a_plain_length_once() -> None:
    assert options("--training-takes", "2h..4h").lengths == (2 * HOUR, 4 * HOUR)
    assert options("--training-takes", "2h").lengths == (2 * HOUR,)


@pytest.mark.parametrize("kind", ["never-boots", "no-capacity", "no-s3-rights"])
def test_a_lasting_fault_without_a_time_begins_with_the_submission(
    kind: str,
) -> None:
    found = options("--training-takes", "2h", "--fault", kind)
    assert found.faults == (FaultOption(kind, timedelta(0)),)


def test_the_kinds_of_faults_are_those_of_the_embedded_aws() -> None:
    assert set(FAULT_KINDS) - {SCRIPT_HANGS} == set(FaultKind)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--training-takes"),
        (["--training-takes", "soon"], "expected a number and a unit"),
        (["--training-takes", "2h", "--exit-code", "256"], "from 0 to 255"),
        (["--training-takes", "2h", "--exit-code", "-1"], "from 0 to 255"),
        (["--training-takes", "2h", "--price", "0"], "greater than 0"),
        (["--training-takes", "2h", "--price", "Infinity"], "greater than 0"),
        (["--training-takes", "2h", "--price", "cheap"], "greater than 0"),
        (["--training-takes", "2h", "--fault", "flood@2h"], "instance-killed"),
        (["--training-takes", "2h", "--metric-values", "0.5,low"], "0.9,0.5,0.3"),
        (["--training-takes", "2h", "--fault", "throttled"], "throttled@2h"),
        (["--training-takes", "2h", "--fault", "throttled@noon"], "expected a number and a unit"),
    ],
)
def test_an_invalid_command_line_says_what_was_expected_and_exits_with_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["rehearse", *arguments])
    assert ended.value.code == 2
    assert words in " ".join(capsys.readouterr().err.split())


def test_help_names_every_kind_of_fault_every_exit_code_and_gives_examples(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["rehearse", "--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    for word in (*FaultKind, "examples:", "exit codes:", "--training-takes", "--set", "COMPLETED"):
        assert word in said
    assert all(line == line.rstrip() for line in said.splitlines())


@pytest.mark.parametrize(
    "arguments",
    [
        ["missing.json", "--training-takes", "2h"],
        ["--training-takes", "2h", "--set", "nothing"],
        ["--training-takes", "2h", "--set", "training-script-filename=missing.sh"],
        ["--training-takes", "2h", "--fault", "spot-interruption@1h"],
        ["--training-takes", "2h", "--set", "target=sagemaker", "--fault", "never-boots"],
        ["--training-takes", "2h", "--set", "target=batch", "--fault", "never-boots"],
    ],
)
def test_a_refused_rehearsal_starts_nothing_and_ends_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rehearse", *arguments, "--json"]) == 2
    said = capsys.readouterr()
    assert json.loads(said.out)["reason"] == "CONFIG_REJECTED"
    assert "not rehearsed: " in said.err


def test_ctrl_c_takes_effect_once_and_the_handlers_are_restored(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(signal.SIGINT)
    seen: list[object] = []

    def interrupted(*_: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.raise_signal(signal.SIGINT)  # while it clears up
            seen.append(signal.getsignal(signal.SIGTERM))

    monkeypatch.setattr(rehearse_module, "_rehearse", interrupted)
    assert main(["rehearse", "--training-takes", "2h"]) == 1
    assert "nothing is left of it" in capsys.readouterr().err
    assert seen == [signal.SIG_IGN]
    assert signal.getsignal(signal.SIGINT) is before
