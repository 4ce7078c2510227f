"""requirements.txt beside the script: installed before it starts, within the job's limits."""

import time
from pathlib import Path

import pytest
from runner_install_failures import likely_cause

from embedded_aws_helpers.waiting import wait_until
from tests.runner.test_code_archive import an_archive, entry, give
from tests.runner.trainer import Trainer
from tests.runner.wheels import write_wheel


def with_requirements(trainer: Trainer, text: str, folder: str = "") -> None:
    name = f"{folder}/requirements.txt" if folder else "requirements.txt"
    give(trainer, an_archive(entry(name, text.encode())), folder)
    wheels = trainer.folder / "wheels"
    write_wheel(wheels, "digits_of_pi", "DIGITS = '314'\n")
    trainer.job["environment"] = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}


@pytest.mark.parametrize(
    "first_line",
    [
        "",
        "#! /usr/bin/python3 -u\n",
        pytest.param("#!/usr/bin/env python3\n", marks=pytest.mark.long),
    ],
)
def test_a_script_imports_what_its_requirements_name(trainer: Trainer, first_line: str) -> None:
    with_requirements(trainer, "digits-of-pi==1.0\n")

    end = trainer.run(
        f"{first_line}import digits_of_pi, os\n"
        "print(digits_of_pi.DIGITS, os.environ['PATH'].startswith(os.environ['VIRTUAL_ENV']))\n",
        "train.py",
    )

    assert end["last_log_lines"] == ["314 True"]
    assert 0 < end["requirements_seconds"] < 60
    lines = trainer.log_lines()
    (said,) = [line for line in lines if line.startswith("parris: requirements.txt installed in ")]
    assert float(said.split()[-2]) <= end["requirements_seconds"]
    assert lines.index("parris: installing requirements.txt") < lines.index(
        "parris: starting train.py"
    )


def test_a_shell_script_finds_their_python_first(trainer: Trainer) -> None:
    with_requirements(trainer, "digits_of_pi\n", folder="src")

    end = trainer.run(
        "#!/bin/bash\npython -c 'import digits_of_pi; print(1)'\npython3 -m pip --version\n"
    )

    assert end["last_log_lines"][0] == "1"
    assert end["exit_status"] == 0


def test_requirements_that_cannot_be_installed_end_the_job_with_pips_words(
    trainer: Trainer,
) -> None:
    with_requirements(trainer, "no-such-package==9\n")

    end = trainer.run("echo never\n")

    assert (end["ended_by"], end["exit_status"], end["started_at"]) == ("requirements", None, None)
    assert end["last_log_lines"][-1] == "parris: requirements.txt could not be installed (status 1)"
    assert any("no-such-package" in line for line in end["last_log_lines"])
    assert b"no-such-package" in trainer.saved("log.txt")


def test_a_package_that_must_be_compiled_without_a_compiler_is_the_cause(trainer: Trainer) -> None:
    source = trainer.folder / "source"
    source.mkdir()
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "back"\nbackend-path = ["."]\n'
    )
    (source / "back.py").write_text(
        """raise SystemExit("error: command 'gcc' failed: No such file or directory")\n"""
    )
    with_requirements(trainer, f"{source}\n")

    end = trainer.run("echo never\n")

    assert "must be compiled, but the machine has no compiler" in end["last_log_lines"][-1]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "error: command '/usr/bin/x86_64-linux-gnu-gcc' failed: No such file or directory",
            "comp",
        ),
        ("unable to execute 'g++': No such file or directory", "compiler"),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'cmake'", "compiler"),
        ("error: can't find Rust compiler", "compiler"),
        ("fatal error: Python.h: No such file or directory", "compiler"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left", "disk"),
        ("NewConnectionError: [Errno -3] Temporary failure in name resolution", "not reached"),
    ],
)
def test_the_likely_cause_is_said(line: str, words: str) -> None:
    assert words in likely_cause(["Collecting x", line, "note: not a problem with pip"])


@pytest.mark.parametrize(
    "line", ["ERROR: No matching distribution found for x", "no such file: 'accord'", ""]
)
def test_what_is_not_known_has_no_cause(line: str) -> None:
    assert likely_cause([line]) == ""


def test_the_requirements_of_a_job_without_code_are_none(trainer: Trainer) -> None:
    end = trainer.run("echo ran\n")

    assert end["requirements_seconds"] is None


@pytest.mark.parametrize("text", ["", "# nothing yet\n\n", "\ufeff# with a mark\n"])
def test_requirements_without_a_line_install_nothing(trainer: Trainer, text: str) -> None:
    with_requirements(trainer, text)

    end = trainer.run("echo ${VIRTUAL_ENV:-none}\n")

    assert (end["last_log_lines"], end["requirements_seconds"]) == (["none"], None)


def slow_package(trainer: Trainer) -> Path:
    """Make a package whose build takes minutes, and return a file that is there once it builds."""
    source, begun = trainer.folder / "slow", trainer.folder / "begun"
    source.mkdir()
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "slow"\nbackend-path = ["."]\n'
    )
    (source / "slow.py").write_text(
        f"import pathlib, time\npathlib.Path({str(begun)!r}).touch()\ntime.sleep(600)\n"
    )
    with_requirements(trainer, f"{source}\n")
    return begun


def test_a_limit_ends_an_installation(trainer: Trainer) -> None:
    slow_package(trainer)
    limit = {"time_limit_seconds": 6, "cost_limit_seconds": None}
    trainer.job["limits"] = {**limit, "ends_at_seconds": 4, "gone_at_seconds": 6}

    started_at = time.monotonic()
    end = trainer.run("echo never\n")

    assert (end["ended_by"], end["started_at"]) == ("time-limit", None)
    assert end["last_log_lines"][-1] == "parris: the time-limit passed before the script started"
    assert time.monotonic() - started_at < 100  # the build takes 600 s


def test_a_stop_ends_an_installation(trainer: Trainer) -> None:
    begun = slow_package(trainer)
    trainer.start("echo never\n")
    wait_until(begun.exists)

    end = trainer.tell_to_stop().finish()

    assert (end["ended_by"], end["started_at"]) == ("signal", None)
